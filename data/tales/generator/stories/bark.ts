import { one, scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { CLOSING_OUT } from "./common.js";

const DOG = {
  open: "Behind (spot) lived a [~large|~tall|~hairy|~friendly] <cue:[dog|poodle|hound|terrier]>, and {hero} and {friend} heard a {bark} there every day.",
  kind: "[deep|short|loud|hoarse|quick] and [cheerful|friendly|rusty|musical]",
  act: "[{hero} answered with a {bark} of {hero.his} own, and {friend} wondered (manner) what {hero.he} had said.|{friend} threw a stick, but nobody went to get the stick, so {hero} had to do that too.|{friend} hid behind {hero}, and {hero} hid behind {friend}, and (a mood) (animal) hid behind {hero+friend.them}.]",
  talk: '["{^bark.it} {bark.is} only one word," said {friend!}, "and the word is [hello|lunch|supper|welcome|again]."|"A {bark} like that needs [a sausage|a bone|a cookie|(a tasty) (meal)]," said {friend!}, and {hero} gave up half of {hero.his} [lunch|sandwich|breakfast].]',
  end: "[From then on the {bark} at the gate meant that {hero} and {friend} were on time for [school|supper|lunch|the parade].|In the end a ~wet tongue washed {hero} from chin to [forehead|ear|eyebrow], (manner).]",
};

const TREE = {
  open: "Behind (spot) stood a [~large|~tall|~crooked|~friendly] <cue:[oak|birch|pine|chestnut tree]>, and {hero} and {friend} loved to touch the {bark}.",
  kind: "[rough|grey|thick|soft|dry] and [warm|wrinkled|cracked|kind|patient]",
  act: "[{hero} laid a paper on the {bark} and rubbed with (a colour) crayon, and out came a map of [rivers|mountains|canyons|roads].|A ~long row of (mood) ants marched up the {bark}, and {friend} counted until {friend.he} fell asleep.|{friend} pressed {friend.his} ear to the {bark} and said that {friend.he} could hear the tree drink.]",
  talk: '["{^bark.it} {bark.is} the coat of the tree," said {friend!}, "so please button up."|"Who lives under the {bark}?" asked {friend!}, and (a mood) [beetle|spider|ant|moth] came out to answer.]',
  end: "[When the wind came, {hero} tied (a colour) scarf around the tree, just to be kind.|That evening there was a ~small piece of {bark} in {hero}'s [pocket|hat|lunchbox], and {bark.it} smelled of [rain|honey|autumn|moss].]",
};

/** Bark: of a dog or of a tree. */
export const bark = scope(
  { hero: ANY_CHILD, friend: otherChild("hero"), bark: meanings("bark", { dog: DOG, tree: TREE }) },
  "{bark.open}",
  one(
    "The {bark} {bark.was} {bark.kind}.",
    "{hero} liked that {bark.it} {bark.was} {bark.kind}.",
    '"No other {bark} is like this one," said {hero!}, for {bark.it} {bark.was} {bark.kind}.',
  ),
  "{bark.act}",
  "{bark.talk}",
  "{bark.end}",
  CLOSING_OUT,
);
