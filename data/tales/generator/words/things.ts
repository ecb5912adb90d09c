import type { Entry } from "../grammar.js";
import { adjectives, thing, things } from "./entries.js";

const COLOURS = adjectives("red blue green yellow purple orange white brown");
const METALS = adjectives("silver golden copper shiny rusty little");
const SOFT = adjectives("woolly soft stripy red blue green yellow purple");
const PAPER = adjectives("red blue green yellow orange purple stripy spotted");

/** Things that fit in a pocket, a hat or a teapot. */
export const SMALL_THINGS: readonly Entry[] = [
  ...things("key, whistle, bell, spoon, thimble, compass, medal", METALS),
  ...things("marble, button, pencil, feather, crayon", COLOURS),
  ...things("mitten, sock, ribbon", SOFT),
  ...things("keys, spoons, whistles", METALS, true),
  ...things("marbles, buttons, crayons", COLOURS, true),
  ...things("mittens, socks, gloves", SOFT, true),
];

/** Things that fly off in the wind. */
export const FLYING_THINGS: readonly Entry[] = [
  ...things("kite, balloon, paper plane, paper dragon", PAPER),
  thing("umbrella", PAPER),
];

/** Good to give to a friend; each can be used later in its own way. */
export const SHOES: readonly Entry[] = things("shoe, boot, slipper, sandal", COLOURS);

export const CONTAINERS: readonly Entry[] = [
  ...things("box, chest, basket, barrel, suitcase", adjectives("heavy old big strange green mysterious")),
  ...things("boxes, chests, baskets, barrels, suitcases", adjectives("heavy old big strange green mysterious"), true),
];

export const FURNITURE: readonly Entry[] = [
  ...things("piano, clock, mirror, ladder", adjectives("broken tall crooked ancient grand")),
  ...things("chairs, lamps, curtains, paintings", adjectives("broken faded crooked ancient grand"), true),
];

const RIPE = adjectives("sweet juicy round green huge tiny sour perfect spotted");
const BAKED = adjectives("warm crooked burnt huge tiny sticky fresh wonderful lumpy");

export const FRUIT: readonly Entry[] = things(
  "melon, pear, apple, peach, lemon, plum, cabbage, pumpkin, onion, carrot, cucumber",
  RIPE,
);
export const DISHES: readonly Entry[] = things(
  "pie, cake, loaf, pudding, pancake, pizza, omelette, sandwich, waffle, tart",
  BAKED,
);
export const TOOLS: readonly Entry[] = things(
  "broom, ladle, hammer, kettle, bucket, candle, rope, saw, teapot, lantern, sieve",
  adjectives("new cheap strong shiny yellow small big old handsome splendid"),
);

export const ANIMALS: readonly Entry[] = [
  ...things(
    "kitten, puppy, duckling, goat, hedgehog, rabbit, donkey",
    adjectives("small brown grey white hungry muddy fluffy"),
  ),
];

/** Gifts for a friend, all singular. */
export const GIFTS: readonly Entry[] = [
  ...things("drum, puppet, robot, puzzle, flute", adjectives("wooden painted little tiny new")),
  ...things("lantern, teapot, trumpet, music box", adjectives("silver golden copper shiny little")),
  ...things("cushion, notebook, mug, jug", adjectives("red blue green yellow purple spotted")),
];

/** Things to wear, all singular. */
export const WEARABLES: readonly Entry[] = things(
  "scarf, cap, sweater, raincoat, bonnet, cape",
  adjectives("red blue green yellow purple stripy spotted warm"),
);
