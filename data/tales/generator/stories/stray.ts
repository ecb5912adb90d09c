import { fixed, one, scope } from "../grammar.js";
import { cases, suits } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { ANIMALS } from "../words/things.js";
import { CLOSING_HOME, TIME, WHO } from "./common.js";

/** An animal follows a child home and gets a name. */
export const stray = scope(
  {
    hero: ANY_CHILD,
    friend: otherElder("hero"),
    pet: fixed(ANIMALS),
    adj: suits("pet"),
    name: cases(
      Object.fromEntries(
        ["Button", "Pepper", "Pickle", "Waffle", "Captain", "Sunday", "Noodle", "Professor"].map((n) => [n, { is: n }]),
      ),
    ),
  },
  one(
    `[{A adj} {pet} followed|${TIME} {a adj} {pet} followed] {hero}${WHO} home from [2*(spot)|school|the river].`,
    `[3*${TIME}|After the storm|Before breakfast] {hero} found {a adj} {pet} [(room)|on the doorstep|on the ~garden wall].`,
    "There was {a adj} {pet} in the [wheelbarrow|laundry basket|flowerpot|bathtub|bread bin|~left boot], and {hero} [could not stop smiling|knew at once what that meant].",
  ),
  one(
    '"May {pet.it} stay?" asked {hero!}, and {friend} looked at [the ~clean floor|the ceiling|(listener)|the ~muddy footprints].',
    "{friend} said that {pet.it} could stay for one night, and {hero} nodded [very fast|(count) times].",
    '"{^pet.it} {pet.has} no home," said {hero!}, and {friend} put down {friend.his} [newspaper|cup|knitting].',
  ),
  one(
    "The {pet} ate [(a tasty) (meal)|a ~whole cabbage|a shoelace and (a tasty) (meal)] and fell asleep in {friend}'s [hat|slipper|armchair|pocket|suitcase].",
    "The {pet} sat down on {friend}'s [~left|~right|~sore|~best] foot and looked up, and {friend.he} [sighed|coughed|smiled|laughed] (manner).",
    "When {hero} came back with (a colour) blanket, the {adj} {pet} was already in {friend}'s lap.",
  ),
  one(
    '"What is {pet.its} name?" asked {friend!}, and {hero} answered that {pet.it} {pet.was} called {name.is}.',
    "{hero} called the {adj} {pet} {name.is}, and {friend} tried to keep a ~straight face.",
  ),
  one(
    "{name.is} stayed for (count) years.",
    "The one night is still not over, and {friend} cooks for (count) now.",
    "{name.is} snored, and {friend} said that {friend.he} had always wanted a [clock|piano|trumpet|~sailing boat] anyway.",
    "In the morning {friend} was the one who asked if {name.is} had [slept well|eaten enough|dreamed of (a tasty) (meal)].",
  ),
  CLOSING_HOME,
);
