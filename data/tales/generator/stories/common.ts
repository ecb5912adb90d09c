/** Sentences that every plot can use, for its variables `hero` and `friend`. */

/** A time that suits any plot. */
export const TIME =
  "[One (weather) (day)|One (mild) (day) in (month)|On (a weather) (day)|On the first (mild) (day) of (month)|Early in (month)]";

/** A time for the beach and the garden. */
export const OUTING =
  "[One (mild) (day)|On (a mild) (day)|One (mild) (day) in [May|June|July|August]|On the first (mild) (day) of [May|June|July|August]|Early in [May|June|July|August]]";

/** Follows a name: a clause about the person between commas, which separates the name from its verb. */
export const WHO =
  "[4*|, who wore (a colour) (garment),|, who had (a tiny) in each pocket,|, who was [always|often|never] (feeling),|, who lived near (spot),|, who could sing like (a mood) (animal),]";

/** Something seen on the way. */
export const PASSING =
  "[On the way {hero+friend.they} met (a mood) (animal) and (count) (flock).|{hero} and {friend} walked past (spot), where (a mood) (animal) sat on (a colour) [wall|bench|barrel|cart]." +
  "|Near (spot) {hero} counted (count) (flock), and {friend} counted (count).|{friend} hummed (tune), and {hero} kept time with (a tiny).]";

const END =
  "{hero} told (listener) about everything, and {friend} brought (a tasty) (meal).|{hero} told (listener) the ~true story and put in (a mood) (animal) and (count) (flock)." +
  "|That night {hero} dreamed of (a mood) (animal) in (a colour) (garment).|That night {friend} dreamed of (count) (mood) (flock), and {hero} dreamed of (a tasty) (meal)." +
  "|{friend} laughed (manner), and {hero} drew (a colour) picture of the day, with (a mood) (animal) in the corner." +
  "|In the diary {hero} gave the day (a colour) star, (count) hearts, and a spot of (drink)." +
  "|{friend} said that {friend.he} had not been so (feeling) since (month), and {hero} felt (feeling) too." +
  "|And if (a mood) (animal) tells this story another way, {hero} and {friend} do not mind.";

/** The end of a day at home. */
export const CLOSING_HOME = `[${END}|Then {hero+friend.they} shared (a tasty) (meal) (room), and both were (feeling).|{friend} made (drink), {hero} cut (a tasty) (meal), and (a mood) (animal) got the crumbs.]`;

/** The end of a day outside. */
export const CLOSING_OUT = `[${END}|On the way home {hero} was (feeling), {friend} was (feeling), and {hero+friend.they} sang (tune).|At home {friend} made (drink), {hero} cut (a tasty) (meal), and (a mood) (animal) got the crumbs.]`;
