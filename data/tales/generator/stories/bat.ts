import { one, scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { CLOSING_HOME, TIME, WHO } from "./common.js";

const ANIMAL = {
  where:
    "went up to the [dark|dusty|creaky] <cue:attic> to look for [(a colour) (garment)|a map of (spot)|~old books|(a tiny)]",
  seen: "hanging upside down [from a beam|behind the chimney|above an ~old trumpet|beside (a colour) (garment)]",
  next: "[Outside the moon came up, and the {bat} opened two [~thin|~soft|~dark|~silky] wings.|The {bat} yawned with a ~pink mouth and folded up like (a colour) umbrella.]",
  talk: '["Good morning," whispered {friend!}, for {friend.he} knew when such guests have breakfast.|"Does the blood not run to the head?" asked {friend!}, and {hero} stood on {hero.his} hands to find out.]',
  end: "[{hero} left the window open, and every evening a shadow flew out to hunt for [moths|flies|beetles|stars].|{hero} put up a ~small sign that said: [please do not wake the guest|please whisper|sleeping guest, no trumpets].]",
};

const SPORT = {
  where:
    "went down to the [green|dusty|noisy] <cue:ball field> to play with [the neighbours|the ~big children|a team of cousins]",
  seen: "lying in the grass [beside the bench|next to the ~lemonade jug|under (a colour) (garment)|next to (a tasty) (meal)]",
  next: "[{hero} swung the {bat} and hit nothing but [the afternoon|the air|(a mood) bee|(a colour) (garment)].|The {bat} was so heavy that {hero.he} spun around (count) times and sat down.]",
  talk: '["Keep your eye on the ball," called {friend!}, and {hero} asked which eye.|"Imagine that the ball is [a turnip|an onion|a spinach pie|cold porridge]," said {friend!}, for {friend.he} knew what {hero} hated most.]',
  end: "[Then came a ~loud crack, and the ball flew over the fence and into the [soup|tea|hat|bathtub] of the [mayor|baker|teacher|postman].|At the very last throw {hero} hit the ball, and even the ~other team threw up caps and cheered (manner).]",
};

/** Bat: the animal or the thing that hits a ball. */
export const bat = scope(
  { hero: ANY_CHILD, friend: otherChild("hero"), bat: meanings("bat", { animal: ANIMAL, sport: SPORT }) },
  one(
    `[After supper|Late on Friday|Late on Saturday] {hero} and {friend}${WHO} {bat.where}.`,
    `${TIME} {friend} did not want to be alone, so {hero} took {friend.his} hand, and {hero+friend.they} {bat.where}.`,
  ),
  one(
    "The first thing {hero.he} saw was a [~small|~brown|~little|~handsome|~splendid|~fine] {bat} {bat.seen}.",
    '"Look, a {bat}!" said {hero!}, pointing at something {bat.seen}.',
    "{friend} found a [~small|~brown|~little|~handsome|~splendid|~fine] {bat} {bat.seen} and called {hero}.",
  ),
  "{bat.next}",
  "{bat.talk}",
  "{bat.end}",
  CLOSING_HOME,
);
