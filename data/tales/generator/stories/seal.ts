import { one, scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { CLOSING_HOME, CLOSING_OUT, WHO } from "./common.js";

const ANIMAL = {
  close: CLOSING_OUT,
  open: "[At the end of the ~long pier, in|On a ~flat rock in|Between (count) ~fishing boats in|Behind (a colour) sail, in] the <cue:sea>",
  look: "[round|fat|wet|grey|long] and [whiskered|shiny|bored|(feeling)]",
  act: "[{^seal.it} clapped, rolled over, and stole (a tasty) ~fish sandwich out of {hero}'s hand.|{friend} barked at the {seal}, and the {seal} barked back, and nobody knows what was agreed.|{hero} dropped {hero.his} sandwich into the water, and the {seal} said thank you (manner).]",
  talk: '["I think {seal.it} {seal.is} laughing at your (garment)," said {friend!}.|"May we keep {seal.them} in the bath?" asked {friend!}, but {hero} said that the bath was taken.]',
  end: "[Then the {seal} slid under the water, and the sea closed like a ~soft door.|{hero} promised the {seal} the tail of every ~fried fish, and {hero.he} has kept {hero.his} word.]",
};

const WAX = {
  close: CLOSING_HOME,
  open: "[On the ~kitchen table|Under the door|In the ~rusty letterbox|Between (count) newspapers|Behind (a colour) teapot] on a ~thick <cue:letter>",
  look: "[red|dark|golden|thick|waxy] and [round|grand|shiny|cracked|secret]",
  act: "[{friend} held the {seal} up to the window and saw that {seal.it} had the shape of [a crown|a lion|a turnip|(a mood) (animal)].|{hero} wanted to open the letter at once, but {friend} did not want to break the {seal}.|{hero} slid a knife under the {seal}, slowly, slowly, and {seal.it} came off in one piece.]",
  talk: '["Only a king would use so much wax," said {friend!}.|"Perhaps a duke is inviting us to [lunch|tea|a dance|a picnic]," said {friend!}, and {hero} washed {hero.his} neck, just in case.]',
  end: "[In the end the letter was from Grandma, who wanted (a tasty) (meal).|The letter said only this: meet me at the swing, and bring [the ~big umbrella|(a tasty) (meal)|(count) (flock)].]",
};

/** Seal: the animal, or the wax that closes a letter. */
export const seal = scope(
  { hero: ANY_CHILD, friend: otherChild("hero"), seal: meanings("seal", { animal: ANIMAL, wax: WAX }) },
  one(
    `{seal.open} {hero} and {friend}${WHO} saw a {seal}.`,
    "{seal.open} {hero} saw a [~beautiful|~large|~fine|~splendid|~handsome] {seal}, and {hero.he} [called|whistled for|ran to get] {friend}.",
  ),
  one(
    "The {seal} {seal.was} {seal.look}.",
    "{hero} had never been so close to a {seal}, and this one was {seal.look}.",
    '"What a {seal}!" said {friend!}, because {seal.it} {seal.was} {seal.look}.',
  ),
  "{seal.act}",
  "{seal.talk}",
  "{seal.end}",
  "{seal.close}",
);
