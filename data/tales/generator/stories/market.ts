import { fixed, one, scope } from "../grammar.js";
import { cases, suits } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { FRUIT, TOOLS, WEARABLES } from "../words/things.js";
import { CLOSING_HOME, TIME, WHO } from "./common.js";

/** A shopping list of three things: one is forgotten, and the story shows which. */
export const market = scope(
  {
    hero: ANY_CHILD,
    friend: otherElder("hero"),
    fruit: fixed(FRUIT),
    taste: suits("fruit"),
    tool: fixed(TOOLS),
    make: suits("tool"),
    wear: fixed(WEARABLES),
    style: suits("wear"),
    lost: cases({
      fruit: { what: "{taste} {fruit}", kept: "the {tool} and the {wear}" },
      tool: { what: "{make} {tool}", kept: "the {fruit} and the {wear}" },
      wear: { what: "{style} {wear}", kept: "the {fruit} and the {tool}" },
    }),
  },
  `${TIME} {friend} sent {hero}${WHO} to the market for {a taste} {fruit}, {a make} {tool} and {a style} {wear}.`,
  one(
    "All the way {hero} sang the list: {fruit}, {tool}, {wear}, {fruit}, {tool}, {wear}.",
    '"{^taste} {fruit}, {make} {tool}, {style} {wear}," said {hero!} (manner) at every corner.',
    "{hero} counted on three fingers: one for the {fruit}, one for the {tool}, and one for the {wear}.",
  ),
  one(
    "But near (spot) {hero.he} met (a mood) (animal), and one of the three was gone from {hero.his} head.",
    "Then (count) (mood) (flock) crossed the road, and one word fell out of {hero.his} head.",
    "But somebody was playing (tune), and {hero.he} danced until there was a hole in the list.",
  ),
  one(
    '"I see {lost.kept}," said {friend!}, "but where is the {lost.what}?"',
    '"Where is the {lost.what}?" asked {friend!}, when {hero} came home with {lost.kept}.',
    "{hero} came home with {lost.kept}, and {friend} asked (manner) for the {lost.what}.",
  ),
  one(
    "{hero} turned [red|pink|pale|purple] and pulled (a tiny) out of {hero.his} pocket instead.",
    '"I brought you (a tiny) instead," said {hero!}, and {friend} had to laugh.',
    "So {friend} put on (a colour) (garment) and walked back with {hero.him}, hand in hand.",
  ),
  CLOSING_HOME,
);
