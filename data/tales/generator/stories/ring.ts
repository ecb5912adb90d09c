import { scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { CLOSING_HOME, CLOSING_OUT, TIME } from "./common.js";

const JEWEL = {
  close: CLOSING_HOME,
  open: `[Between the [cups|beans|pancakes|sheets] and the [dough|dishes|laundry|roses]|Somewhere in the ~busy house|${TIME}] {friend} lost a ~golden {ring} from {friend.his} <cue:finger>.`,
  look: "{hero} [crawled under the stove|searched every ~green bean|shook out (a colour) (garment)|asked (listener)], and {friend} [looked into the sugar|turned all the pockets out|looked inside (a tasty) (meal)|looked for the {ring} (room)].",
  turn: '["My finger feels quite bare," said {friend!}.|Then the [~white|~brown|~old] hen began to cough, and everybody looked at that hen.|"The {ring} was your present," said {friend!}, "so {ring.it} can not be far from my heart."]',
  end: "[At supper {hero} bit into (a tasty) [pie|cake|loaf|pudding], and there sat the {ring}.|{hero} found the {ring} on {hero.his} ~own thumb, and nobody ever learned how {ring.it} got there.]",
};

const CIRCUS = {
  close: CLOSING_OUT,
  open: `${TIME} {friend} took {hero} to the <cue:circus>, and {hero+friend.they} sat right next to the {ring}, beside (a mood) [lady|boy|uncle|general].`,
  look: "[Some ~white horses|Some (mood) dogs|An elephant and (a mood) (animal)|A clown in (a colour) (garment)] ran around the {ring}, and {hero} [clapped|cheered|forgot to breathe].",
  turn: '["I could do that too," said {friend!}, and {hero} looked at {friend.him} with ~big eyes.|Then the clown pointed at {friend}, and {friend.he} climbed down over the ~wooden fence.|"Do not clap," whispered {friend!}, "or the clown will choose us," but {hero} was clapping already.]',
  end: "[So {friend} rode once around the {ring} on (a mood) pony, and the ~whole tent cheered.|All the way home there was sawdust from the {ring} in {hero.his} shoes, and {hero.he} showed {friend} every [grain|speck|crumb].]",
};

/** Ring: for a finger, or in a circus. */
export const ring = scope(
  { hero: ANY_CHILD, friend: otherElder("hero"), ring: meanings("ring", { jewel: JEWEL, circus: CIRCUS }) },
  "{ring.open}",
  "{ring.look}",
  "{ring.turn}",
  "{ring.end}",
  "{ring.close}",
);
