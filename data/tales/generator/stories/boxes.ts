import { fixed, one, scope } from "../grammar.js";
import { cases, suits } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { CONTAINERS, FURNITURE } from "../words/things.js";
import { CLOSING_HOME, TIME, WHO } from "./common.js";

/** The attic: verbs agree with their noun across other nouns in between. */
export const boxes = scope(
  {
    hero: ANY_CHILD,
    friend: otherElder("hero"),
    box: fixed(CONTAINERS),
    size: suits("box"),
    other: fixed(FURNITURE),
    state: suits("other"),
    inside: cases({
      hats: { found: "[~silly|~tall|~feathered] hats", used: "{friend} and {hero} ate dinner in hats" },
      photos: {
        found: "[~yellow|~faded|~old] photographs",
        used: "{hero} learned that {friend} once had a ~curly beard, but only for a play",
      },
      letters: {
        found: "[~secret|~faded|~old] postcards",
        used: "{friend} read every card aloud, and the tea grew cold",
      },
      toys: {
        found: "~tin [soldiers|monkeys|trains]",
        used: "{friend} sat on the floor and would not come down for supper",
      },
      wool: {
        found: "~tangled wool in (count) colours",
        used: "{hero} got a scarf so long that the cat could wear the other end",
      },
      mice: {
        found: "[~sleeping|~tiny] mice and half (a colour) [pillow|sock|scarf]",
        used: "{hero} closed the lid softly, and everyone in the house walked on tiptoe",
      },
    }),
  },
  one(
    `[2*${TIME}|During the storm] {hero} and {friend}${WHO} climbed up to the attic.`,
    "{friend} wanted to tidy the attic, and {hero} wanted to find [treasure|a ghost|a map of (spot)|(a colour) (garment)].",
    "{hero} had a ~free afternoon and {friend} had a ~good idea, so {hero+friend.they} went to explore the attic.",
  ),
  one(
    "The {size} {box} near the {state} {other} {box.was} [shut tight|covered with dust|tied with string].",
    "The {size} {box} that stood behind the {state} {other} {box.was} [shut tight|covered with dust|tied with string].",
  ),
  one(
    '"Be careful, the {box} beside the {other} {box.is} older than I am," said {friend!}.',
    '"[I think|Perhaps|I hope] the {box} by the {other} {box.has} been waiting for us," said {hero!}.',
    '"The {other} next to the {box} {other.looks} like (a mood) [bear|giant|king|camel|elephant]," whispered {hero!}.',
    "{hero} pulled, {friend} pushed, and the {other} beside the {box} {other.was} no help at all.",
  ),
  one(
    "{hero} opened the {box} and found {inside.found}.",
    "{friend} blew off the dust and sneezed, and out of the {box} came {inside.found}.",
    "The {box} {box.was} full of {inside.found}, and {hero} [whistled|laughed|smiled|hummed|danced] (manner).",
  ),
  one("So {inside.used}.", "[In the end|That evening] {inside.used}."),
  CLOSING_HOME,
);
