import { one, scope } from "../grammar.js";
import { casesOf, meanings } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { PASSING, TIME, WHO } from "./common.js";

const RIVER = {
  look: "[muddy|green|steep|grassy]",
  sound: "[(a mood) [frog|duck|heron|otter]|(count) [ducks|frogs|geese]|the wind in the reeds|a ~distant waterfall]",
  event:
    "[{hero} sat down in the reeds to wait, and (a mood) [frog|duck|snail|turtle] sat down next to {hero.him} and waited too." +
    "|The [~cold|~clear|~brown|~quick] water tickled {hero.his} toes, and {hero.he} had to laugh." +
    "|A heron in the ~shallow water stared at {hero.him} (manner), like a ~strict teacher.]",
  talk:
    '["Be quiet, or the fish will hear us," whispered {friend!}.' +
    '|"Do fish ever get thirsty?" asked {hero!}, and {friend} had to think about that.' +
    '|"This is better than any palace," said {friend!}, and {friend.he} fell asleep under {friend.his} hat.]',
};

const MONEY = {
  look: "[cool|busy|grand|crowded]",
  sound:
    "[a [~humming|~sleepy|~whispering|~cheerful|~busy] [clerk|teller|guard]|(count) [clerks|tellers|typewriters]|a ~tall clock|the ~heavy door|a ~humming printer]",
  event:
    "[The teller counted everything [twice|three times] and put (a colour) stamp in (a colour) book." +
    "|{hero} was too short for the counter, so {friend} lifted {hero.him} up." +
    "|A [~polite|~proud|~serious|~cheerful] clerk bowed to {hero.him} and said that customers should always be this tall.]",
  talk:
    '["Does the money sleep in here?" asked {hero!}, and {friend} said yes, in ~tiny beds.' +
    '|"One day this will be enough for a [bicycle|pony|castle|trumpet|telescope|boat|balloon ride]," said {hero!}, and {hero.he} signed {hero.his} name.' +
    '|"When I was small, I saved for a [bicycle|pony|castle|trumpet|telescope|boat|balloon ride]," said {friend!}, "and I got a [hamster|goldfish|cold|~left boot]."]',
};

/**
 * Bank: of a river, or for money. What the children carry there settles the meaning, and comes up again on the way
 * home.
 */
export const bank = scope(
  {
    hero: ANY_CHILD,
    friend: otherElder("hero"),
    bank: meanings("bank", { river: RIVER, money: MONEY }),
    pack: casesOf("bank", {
      river: {
        rod: { take: "<cue:fishing rod>", had: "one ~tiny fish" },
        net: { take: "<cue:fishing net>", had: "a ~rubber boot and a snail" },
        boat: { take: "<cue:toy boat>", had: "~wet socks and a ~lily leaf" },
      },
      money: {
        jar: { take: "<cue:jar of coins>", had: "an ~empty jar and a ~paper slip" },
        pig: { take: "<cue:china pig full of pennies>", had: "an ~empty pig and a ~proud smile" },
        purse: { take: "<cue:purse of silver>", had: "a ~flat purse and a ~free pencil" },
      },
    }),
  },
  one(
    `${TIME} {hero}${WHO} took a {pack.take} and walked with {friend} to the {bank}.`,
    `{hero}${WHO} carried a {pack.take} under {hero.his} arm, and {friend} went with {hero.him} to the {bank}.`,
    `${TIME} {friend} woke {hero}, and {hero.he} picked up a {pack.take}, for this was a day for the {bank}.`,
  ),
  PASSING,
  one(
    "The {bank} was {bank.look}, and [all {hero.he} could hear was|{hero.he} stood still and listened to] {bank.sound}.",
    "At the {bank} nobody was in a hurry, and [all {hero.he} could hear was|{friend} pointed out] {bank.sound}.",
  ),
  "{bank.event}",
  "{bank.talk}",
  one(
    "In the evening {hero+friend.they} came home with {pack.had}[.|, (feeling) and late.]",
    "{friend} carried {pack.had} home, and {hero} carried (a tasty) (meal) and told (listener) about the {bank}.",
    "{hero} went home with {pack.had}, and {hero.he} told (listener) all about the {bank}.",
  ),
);
