import { one, scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { CLOSING_OUT, PASSING, TIME, WHO } from "./common.js";

const BIRD = {
  place:
    "[the ~misty lake|the ~wide marsh|the ~wet meadow] where the <cue:[(mood) frogs sang|(colour) lilies grew|(mood) geese rested|reeds whispered]>",
  did: "[spread two ~enormous wings|stood on one leg and thought|danced (count) steps to the left]",
  ask: '["Why does {crane.it} stand on one leg?" asked {hero!}, and {friend} said that with no legs {crane.it} would fall over.|"Hush," said {friend!}, "{crane.it} {crane.has} flown all the way from [Africa|Spain|India|the ~far south]."]',
  play: "[{hero} stood on one leg as well, until {hero.he} fell into the ~tall grass.|{hero} found (a colour) feather, and {friend} put the feather behind {hero.his} ear.]",
  end: "[When the sun went down, the {crane} flew up, and (a mood) [fisherman|poet|painter|goose] on the shore waved.|That night {hero} dreamed of a ~slow dance on (a colour) lake.]",
};

const MACHINE = {
  place:
    "[the ~noisy harbour|the ~new bridge|the ~tall tower] where the <cue:[(mood) builders worked|(colour) trucks waited|cement dried|engines hummed]>",
  did: "[lifted a ~whole staircase|swung a ~steel beam over (spot)|put a chimney on (a colour) house]",
  ask: '["Who feeds {crane.them}?" asked {hero!}, and {friend} said that {crane.it} drank a ~little oil at lunch.|"From up there one can see tomorrow," said {friend!}, and {hero} believed {friend.him}.]',
  play: "[The driver waved, and the hook came down and bowed to {hero}.|{hero} tied [a teddy bear|a shopping bag|(a colour) boot|(a tasty) (meal)] to a string and pulled [once|twice], (manner).]",
  end: "[At five the engine stopped, and (a mood) pigeon sat down on the very top of the {crane}.|That night {hero} put (a colour) lamp in the window, so that the {crane} would not feel alone.]",
};

/** Crane: the bird or the machine. */
export const crane = scope(
  { hero: ANY_CHILD, friend: otherElder("hero"), crane: meanings("crane", { bird: BIRD, machine: MACHINE }) },
  one(
    `${TIME} {friend} took {hero}${WHO} to {crane.place}.`,
    `[2*${TIME}|Before lunch|After the rain] {hero} and {friend} walked to {crane.place}.`,
  ),
  PASSING,
  one(
    "And there {hero} saw a {crane}, which {crane.did}.",
    "{hero} looked up and saw a [~grey|~tall|~great|~splendid|~lonely|~thin] {crane}, and at that moment {crane.it} {crane.did}.",
  ),
  "{crane.ask}",
  "{crane.play}",
  "{crane.end}",
  CLOSING_OUT,
);
