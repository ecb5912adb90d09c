import { fixed, one, scope } from "../grammar.js";
import { suits } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { GIFTS, WEARABLES } from "../words/things.js";
import { CLOSING_HOME, TIME, WHO } from "./common.js";

/** Two gifts cross. Later each child uses what the other one gave. */
export const gifts = scope(
  {
    hero: ANY_CHILD,
    friend: otherChild("hero"),
    gift: fixed(GIFTS),
    look: suits("gift"),
    wear: fixed(WEARABLES),
    style: suits("wear"),
  },
  one(
    `{hero}${WHO} gave {friend} {a look} {gift}, and {friend.he} gave {hero.him} {a style} {wear}.`,
    `[For the ~winter feast|For the ~summer party|For no reason at all|${TIME}] {hero} gave {friend} {a look} {gift}, and {hero.he} got {a style} {wear} from {friend.him}.`,
    "{hero} wrapped {a look} {gift} for {friend} in [~old newspaper|(colour) paper|a map of (spot)], and at the same hour {friend} was tying a ~silk ribbon around {a style} {wear} for {hero}.",
  ),
  one(
    '"How did you know?" asked {friend!}, and {friend.he} [hugged|kissed|patted|stroked] the {gift} (manner).',
    '"I will never take {wear.them} off," said {hero!}, and {hero.he} went to bed in the {wear}.',
    "{hero} put on the {wear} and looked [in the mirror|at {hero.his} shadow|into a puddle|into a spoon] for (count) minutes.",
    "{friend} put the {gift} (room) and said good night to {gift.them} first.",
  ),
  one(
    "The next day {hero} wore the {style} {wear} to [school|the dentist|(spot)], and {friend} brought the {look} {gift}.",
    "When the [rain|~first snow|~night train|~big storm|fog] came, {hero} was glad of the {style} {wear}, and {friend} sat by the window with the {look} {gift}.",
    "[A week|A month|A year] later {friend} still carried the {look} {gift} everywhere, and {hero} only took off the {wear} for [soup|swimming|the dentist|photographs].",
  ),
  one(
    "Sometimes {hero.he} asked (manner) how the {gift} was, and {friend.he} asked after the {wear}.",
    "If you ask {hero}, the {wear} is the ~best thing in the world, and if you ask {friend}, the {gift} is.",
    "[Years later|Long after that] the {gift} had a scratch and the {wear} had a hole, and {hero+friend.they} would not have changed a thing.",
    '"You got the better one," said {friend!}, and {hero} shook {hero.his} head so hard that the {wear} flew off and hit (a mood) (animal).',
  ),
  CLOSING_HOME,
);
