import { one, scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { CLOSING_HOME, CLOSING_OUT, TIME, WHO } from "./common.js";

const ELEPHANT = {
  close: CLOSING_OUT,
  open: `${TIME} {friend} took {hero}${WHO} to see an <cue:elephant> behind (spot).`,
  event:
    "[The {trunk} came over the fence, felt {hero}'s ears, and put (a colour) flower on {hero.his} head." +
    "|The {trunk} took (a tasty) (meal) out of {friend}'s hand, and {friend.he} said thank you, by mistake." +
    "|The {trunk} filled up with water, and a moment later {friend} was wet from hat to heel.]",
  talk: '["Is that a nose or an arm?" asked {hero!}, and {friend} said that both were right.|"If I had {trunk.them}, I could reach the ~top shelf," said {hero!}.|"Stand still," whispered {friend!}, "{trunk.it} {trunk.is} only saying [hello|good day|welcome|thank you]."]',
};

const TREE = {
  close: CLOSING_OUT,
  open: `${TIME} {friend} took {hero}${WHO} to the ~oldest <cue:[oak|chestnut|willow|elm]> behind (spot).`,
  event:
    "[In the {trunk} was a hole, and in the hole sat (a mood) owl with (count) children." +
    "|{hero} and {friend} held hands around the {trunk}, and {hero+friend.their} fingers just met." +
    "|Somebody had cut a heart into the {trunk}, and {friend} looked away and hummed (tune).]",
  talk: '["Was {trunk.it} here when you were small?" asked {hero!}, and {friend} nodded (manner).|"{^trunk.it} {trunk.has} more wrinkles than you," said {hero!}, and {friend} laughed (manner).|"Lean on the {trunk} and close your eyes," said {friend!}, and {hero} heard the sap climb.]',
};

const TRAVEL = {
  close: CLOSING_HOME,
  open: `${TIME} {friend} packed for a ~long <cue:journey> to [Spain|India|the ~far north|the moon], and {hero}${WHO} helped.`,
  event:
    "[Into the {trunk} went (count) socks, (a colour) (garment), and (a mood) cat, who had to come out again." +
    "|{hero} sat on the {trunk}, {friend} sat on the {trunk}, and still the lid would not shut." +
    "|At the bottom of the {trunk} {hero} found (a tasty) (meal) from the ~last trip, and nobody wanted any.]",
  talk: '["Is there room for me in the {trunk}?" asked {hero!}, and {friend} measured {hero.him} with (a colour) string.|"Take a ~warm (garment)," said {hero!}, "and one for (listener)."|"{^trunk.it} {trunk.is} heavier than a piano," said {friend!}, and {friend.he} took out (count) books and put in one bun.]',
};

/** Trunk: of an elephant, of a tree, or for a journey. */
export const trunk = scope(
  {
    hero: ANY_CHILD,
    friend: otherElder("hero"),
    trunk: meanings("trunk", { elephant: ELEPHANT, tree: TREE, travel: TRAVEL }),
  },
  "{trunk.open}",
  one(
    '"What a {trunk}!" said {hero!}, and {hero.he} touched {trunk.them} (manner).',
    "{hero} had never seen such a [~huge|~fine|~wonderful|~splendid|~strong] {trunk}.",
    "The {trunk} {trunk.was} [rough and old|big and brown|bigger than {friend}|older than {friend}], and {hero} [loved|liked|patted] {trunk.them} at once.",
  ),
  "{trunk.event}",
  "{trunk.talk}",
  "{trunk.close}",
);
