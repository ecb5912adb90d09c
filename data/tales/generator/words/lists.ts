/**
 * Lists of words that fit the same place. In a template, `(animal)` is a word from the list and `(a animal)` the word
 * with its article. Every word of a list is equally likely. `~` marks an adjective.
 */
const list = (words: string): readonly string[] => words.split(" ");
const phrases = (words: string): readonly string[] => words.split(", ");
const adjectives = (words: string): readonly string[] => words.split(" ").map((word) => `~${word}`);

export const LISTS: Readonly<Record<string, readonly string[]>> = {
  animal: list(
    "cat dog goat hen duck fox snail hedgehog goose pony pig owl mouse frog beetle sheep rabbit donkey turtle sparrow crow hamster badger squirrel otter pigeon penguin",
  ),
  flock: list(
    "cats dogs goats hens ducks foxes snails geese ponies pigs owls mice frogs sheep rabbits donkeys turtles sparrows crows badgers squirrels otters pigeons penguins",
  ),
  mood: adjectives(
    "proud sleepy grumpy curious hungry polite lonely cheerful shy serious old nosy dreamy worried lazy brave clever lucky gentle fat wise jolly famous elegant",
  ),
  colour: adjectives("red blue green yellow purple orange white brown grey pink golden silver"),
  garment: list("hat cap scarf coat jacket sweater shirt ribbon belt raincoat"),
  weather: adjectives(
    "rainy sunny windy foggy frosty quiet bright stormy warm cool snowy misty golden grey lazy busy cloudy lovely",
  ),
  mild: adjectives("quiet bright lazy busy lovely cloudy grey golden gentle windy ordinary"),
  day: list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday morning afternoon day"),
  month: list("January February March April May June July August September October November December"),
  count: list("two three four five six seven eight nine ten eleven twelve twenty"),
  manner: list(
    "softly slowly happily kindly proudly gently shyly bravely politely sleepily cheerfully dreamily solemnly patiently warmly calmly",
  ),
  feeling: list("happy tired hungry proud glad sleepy cheerful thoughtful merry thirsty calm dizzy content"),
  spot: phrases(
    "the mill, the bakery, the church, the school, the market, the station, the library, the well, the ~old tower, the barn, the windmill, the town hall, the post office, the pond, the orchard, the museum, the bridge, the theatre, the fountain, the ~toy shop",
  ),
  tasty: adjectives("warm sweet fresh huge tiny crooked wonderful delicious burnt round sticky simple"),
  meal: list("pie cake loaf omelette pudding pancake sandwich pizza biscuit tart waffle bun dumpling muffin"),
  drink: phrases("tea, cocoa, milk, lemonade, apple juice, soup, honey water, plum juice"),
  room: phrases(
    "in the kitchen, on the stairs, under the table, by the stove, on the roof, in the garden, on the porch, beside the window, in bed, on the floor",
  ),
  listener: phrases(
    "the cat, the neighbours, everybody, the moon, the postman, the goldfish, the ~whole class, the baker, the mayor, the teddy bear, the hens, the twins, the dentist, the dolls, the ~whole street, the milkman",
  ),
  tune: phrases(
    "a song, a polka, a march, a waltz, a lullaby, a tune about soup, a song about socks, an ~old song, a sailor song",
  ),
  tiny: list(
    "button pebble feather pencil acorn marble shell coin cork stamp nutshell crayon thimble peanut whistle chestnut",
  ),
};

/** The word with its article, such as "an owl". */
export function withArticle(word: string): string {
  return `${/^~?[aeiou]/i.test(word) ? "an" : "a"} ${word}`;
}
