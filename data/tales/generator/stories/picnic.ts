import { fixed, one, scope } from "../grammar.js";
import { cases, suits } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { ANIMALS, DISHES, FRUIT } from "../words/things.js";
import { CLOSING_OUT, OUTING, WHO } from "./common.js";

/** Each child brings something; a thief eats one of the two; the other is shared. */
export const picnic = scope(
  {
    hero: ANY_CHILD,
    friend: otherChild("hero"),
    fruit: fixed(FRUIT),
    taste: suits("fruit"),
    dish: fixed(DISHES),
    look: suits("dish"),
    thief: fixed(ANIMALS),
    kind: suits("thief"),
    gone: cases({
      fruit: { was: "{fruit}", full: "{taste} {fruit}", left: "{look} {dish}" },
      dish: { was: "{dish}", full: "{look} {dish}", left: "{taste} {fruit}" },
    }),
  },
  `[2*${OUTING}|For once the sun shone on Sunday, so|To forget the dentist,] {hero} and {friend}${WHO} had a picnic behind (spot).`,
  one(
    "{hero} brought {a taste} {fruit} in (a colour) [basket|bag|bucket], and {friend} brought {a look} {dish}.",
    "In {hero}'s basket was {a taste} {fruit}, and in {friend}'s [hat|bag|suitcase] was {a look} {dish}.",
    "{hero} had packed {a taste} {fruit}, and {friend} had made {a look} {dish} with (count) candles.",
  ),
  one(
    "While {hero+friend.they} spread out (a colour) blanket, {a kind} {thief} ate the {gone.full}.",
    "Then {a kind} {thief} came out of the grass, [bowed|sneezed|smiled] (manner), and ate the {gone.full}.",
    "Nobody looked when {a kind} {thief} sat down (manner) on the {gone.full}.",
  ),
  one(
    '"{^thief.it} {thief.has} crumbs all over {thief.its} chin," said {friend!}.',
    '"The {kind} {thief} {thief.is} our guest," said {friend!}, "and a guest may choose."',
    '"Was the {gone.was} good?" asked {hero!}, and the {thief} [nodded|burped|winked] (manner).',
    '"I never liked the {gone.was} anyway," said {hero!}, but {hero.his} lip was trembling.',
  ),
  one(
    "So {hero+friend.they} cut the {gone.left} in [two|three], and the {kind} {thief} looked [hopeful|sorry|innocent|pleased|ashamed] and asked for (drink).",
    "{friend} saved the {gone.left} under (a colour) (garment), and {hero} gave the {thief} (a tiny) to play with.",
    "There was still the {gone.left}, and {hero.he} gave {friend} the ~bigger half.",
  ),
  CLOSING_OUT,
);
