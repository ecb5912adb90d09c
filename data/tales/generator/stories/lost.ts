import { fixed, one, scope } from "../grammar.js";
import { cases, suits } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { SMALL_THINGS } from "../words/things.js";
import { CLOSING_HOME, TIME, WHO } from "./common.js";

/** Something small is lost and turns up in a silly place. */
export const lost = scope(
  {
    hero: ANY_CHILD,
    friend: otherChild("hero"),
    toy: fixed(SMALL_THINGS),
    adj: suits("toy"),
    place: cases({
      dog: {
        found: "Then the ~old dog stood up and stretched, and the {adj} {toy} {toy.was} right there on the ~warm rug.",
        end: "{hero} gave the dog (a tasty) biscuit for keeping the {toy} [so warm|so safe|company].",
      },
      pocket: {
        found: '"Look in your own pocket," said {friend!} at last.',
        end: "{hero} looked, found the {adj} {toy}, and turned as red as a [tomato|beetroot|cherry|lobster].",
      },
      nest: {
        found: "At last {friend} pointed to the ~tall tree, where a bird had put the {adj} {toy} in a nest.",
        end: "The bird looked so proud that {hero} traded a [biscuit|cracker|cherry|worm] for the {toy}.",
      },
      teapot: {
        found:
          "At teatime {friend} poured the tea, but nothing came out, for the {adj} {toy} {toy.was} stuck in the teapot.",
        end: '"That is a very ~strange kind of tea," said {hero!}, and {hero.he} dried the {toy} on {hero.his} (garment).',
      },
      hat: {
        found: "{hero} scratched {hero.his} head, and the {adj} {toy} fell out of {hero.his} ~own hat.",
        end: "{friend} laughed so hard that {friend.he} had to sit down [(room)|beside (a mood) cat].",
      },
      cake: {
        found:
          "That evening {friend} bit into a slice of [~plum|~lemon|~birthday|~honey] cake and found the {adj} {toy} in the middle.",
        end: '"So that is why the cake was so heavy," said {hero!}, and {hero.he} licked the {toy} clean.',
      },
    }),
  },
  one(
    `${TIME} {hero}${WHO} could not find {hero.his} {adj} {toy}.`,
    "{hero} never went anywhere without {hero.his} {adj} {toy}, but [one day|one (weather) (day)] {toy.it} {toy.was} gone.",
    "The {adj} {toy} on {hero}'s [shelf|desk|windowsill] {toy.was} gone, and {hero.he} was [sad|upset|puzzled|alarmed].",
  ),
  one(
    "{friend} came to help, and {hero+friend.they} looked [under the ~big bed|behind the ~green sofa|below the stairs|inside the ~blue cupboard] and [in the ~deep drawer|on top of the wardrobe|among the ~muddy boots|between the ~old newspapers].",
    "{hero} and {friend} looked [under the ~big bed|behind the ~green sofa|below the stairs|inside the ~blue cupboard], [in the ~deep drawer|on top of the wardrobe|among the ~muddy boots|between the ~old newspapers], and even [in the ~soup pot|up the chimney|inside the piano].",
    "{friend} looked [under the ~big bed|behind the ~green sofa|below the stairs|inside the ~blue cupboard] while {hero} looked [in the ~deep drawer|on top of the wardrobe|among the ~muddy boots|between the ~old newspapers].",
  ),
  one(
    '"Perhaps {toy.it} {toy.has} gone [on holiday|to sea|to a wedding|to (spot)]," said {friend!}.',
    '"Where did you see {toy.them} last?" asked {friend!}, and {hero} thought and thought.',
    '"I had {toy.them} at [breakfast|lunch|bedtime]," said {hero!}, "and now I have only [crumbs|questions|one ~cold foot]."',
    "[2*{hero} sighed|{hero} nearly cried], but {friend} would not give up.",
  ),
  "{place.found}",
  "{place.end}",
  CLOSING_HOME,
);
