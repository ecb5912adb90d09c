import { fixed, one, scope } from "../grammar.js";
import { cases, suits } from "../words/entries.js";
import { ANY_CHILD, HELPER, otherChild } from "../words/people.js";
import { FLYING_THINGS, SHOES } from "../words/things.js";
import { CLOSING_OUT, WHO } from "./common.js";

const rescue = one(
  one(
    "Then a gust of wind shook {tree.the}, and down came the {adj} {toy}. The {shoe} stayed up there, so {hero} hopped home on [one foot|{friend}'s arm].",
    "The {shoe} hit a branch, the branch hit the {adj} {toy}, and everything came down at once. The {shoe} landed on {friend}'s head, and {friend.he} [bowed like a [king|queen|clown|waiter]|wore {shoe.them} home as a hat].",
    "A [~cross|~polite|~busy|~grumpy] squirrel ran out and pushed the {adj} {toy} off the branch. The squirrel kept the {shoe}, though, and slept in {shoe.them} until (month).",
    'The {toy} did not move, and now the {shoe} was stuck too. {friend} climbed up and brought down first the {adj} {toy} and then the {shoe}. "Next time we will fly {hero}," said {friend!}.',
  ),
  scope(
    { helper: HELPER },
    'Then {helper} came by with a ~long ladder and brought down the {adj} {toy}. "Is this your {shoe} as well?" asked {helper!}, and {hero} [nodded (manner)|said that shoes grow on [~tall|~old|~lucky] trees].',
  ),
);

/** Something flies into a tree; a shoe is thrown after it, and the shoe comes up again later. */
export const stuck = scope(
  {
    hero: ANY_CHILD,
    friend: otherChild("hero"),
    toy: fixed(FLYING_THINGS),
    adj: suits("toy"),
    shoe: fixed(SHOES),
    tree: cases({
      oak: { a: "an oak", the: "the oak" },
      pine: { a: "a pine", the: "the pine" },
      birch: { a: "a birch", the: "the birch" },
      plum: { a: "a ~plum tree", the: "the ~plum tree" },
      walnut: { a: "a ~walnut tree", the: "the ~walnut tree" },
    }),
  },
  one(
    `One [~windy|~breezy|~bright|~fresh] (day) {hero} and {friend}${WHO} took {a adj} {toy} to [the hill|the meadow|the beach|(spot)].`,
    "{hero} had {a adj} {toy}, and on the first [~windy|~breezy|~fresh] (day) of (month) {hero.he} took {toy.them} outside to show {friend}.",
  ),
  one(
    "The wind pulled [hard|twice], and the {toy} flew [up, up, up|over the fence|past the chimney|over (count) (flock)] and into {tree.a}.",
    "Up went the {toy}, [higher and higher|round and round|past (a mood) [crow|pigeon|sparrow]], until {toy.it} {toy.was} stuck at the top of {tree.a}.",
    "The {toy} danced above [the roofs|the haystacks|(count) (flock)] and then, with a [flop|rustle|bump], sat down in {tree.a}.",
  ),
  one(
    "{hero} jumped, but {hero.he} was [too short|not a frog], so {hero.he} threw {hero.his} {shoe}.",
    '"I know what to do," said {hero!}, and {hero.he} took off {hero.his} {shoe} and threw {shoe.them} as high as {hero.he} could.',
  ),
  rescue,
  CLOSING_OUT,
);
