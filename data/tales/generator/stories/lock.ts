import { one, scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { CLOSING_OUT, TIME, WHO } from "./common.js";

const CANAL = {
  start: "a ~slow <cue:boat> with (colour) curtains",
  look: "deep and [dark|green|dripping]",
  event:
    "[The ~great gates closed, the water rose, and (a mood) duck rode up like a queen.|{hero} pushed the ~wooden beam, but at first only {hero.his} ears moved.]",
  talk: '["{^lock.it} {lock.is} just a bath for ships," said {friend!}.|"Who let the water in?" asked {friend!}, and {hero} said that (a mood) [sailor|fish|mermaid|plumber] had left a tap on.]',
  end: "[When the gates opened, the ~whole canal lay before {hero+friend.them}, shiny as a [spoon|mirror|new coin].|{hero} waved to (count) swans, and the boat slid out as softly as [butter|a sigh|a cloud|a secret].]",
};

const DOOR = {
  start: "a ~narrow <cue:door> with (colour) paint",
  look: "old and [rusty|stiff|full of dust]",
  event:
    "[{hero} tried the ~long key, the ~short key, and at last, to be fair, the [cheese knife|tooth brush|letter opener|soup spoon].|{friend} looked through the keyhole and saw another eye, which winked (manner).]",
  talk: '["[Perhaps we should|Let us|First we must] knock," said {friend!}, and the handle turned by itself.|"A ~little [oil|butter|soap|patience] is as good as magic," said {hero!}, and the key turned with a click.]',
  end: "[Behind the door was a ~secret garden, and in the garden stood a table with (a tasty) (meal).|Behind the door sat (a mood) (animal) and waited for (a tasty) (meal).]",
};

const BIKE = {
  start: "a ~fast <cue:bicycle> with (colour) wheels",
  look: "stuck and [rusty|cold|muddy]",
  event:
    "[{hero} had forgotten the number, so {hero.he} tried the birthday of everyone {hero.he} knew.|{friend} sang (tune) to the chain while {hero} turned the ~little numbers.]",
  talk: '["Try the birthday of the [dog|cat|mayor|goldfish]," said {friend!}, and the chain fell open.|"Did you write the number down?" asked {friend!}, and {hero} had, on the sole of {hero.his} [~left|~right] [boot|sock|shoe].]',
  end: "[Then {hero} rode down the lane so fast that {hero.his} (garment) arrived (count) minutes later.|{friend} sat on the back, and {hero+friend.they} rolled home with the wind in {hero+friend.their} hair.]",
};

/** Lock: of a canal, a door or a bicycle. */
export const lock = scope(
  { hero: ANY_CHILD, friend: otherChild("hero"), lock: meanings("lock", { canal: CANAL, door: DOOR, bike: BIKE }) },
  one(
    `${TIME} {hero} and {friend}${WHO} came to {lock.start}, but the {lock} was shut.`,
    `${TIME} {hero}${WHO} showed {friend} {lock.start}, but first {hero+friend.they} had to open the {lock}.`,
  ),
  one(
    "The {lock} was {lock.look}, and {friend} touched {lock.them} (manner).",
    "{friend} looked (manner) at the {lock}, which was {lock.look}.",
  ),
  "{lock.event}",
  "{lock.talk}",
  "{lock.end}",
  CLOSING_OUT,
);
