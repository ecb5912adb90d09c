import { scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherElder } from "../words/people.js";
import { CLOSING_HOME, CLOSING_OUT } from "./common.js";

const SEASON = {
  close: CLOSING_HOME,
  open: "[One morning|At last|Early in March|On the first (mild) day of [March|April]] the ~deep <cue:snow> was [gone|thin|almost melted], and {hero} found a [bee|crocus|snowdrop|daisy|beetle|butterfly] outside the door.",
  word: '["Come and look, the {spring} is here!" {hero!} called to {friend}.|"That is the {spring}," said {friend!}, "and nobody even rang the bell."|{friend} said that the {spring} smelled of [mud|rain|soap] and [hope|moss|honey|adventure], and {friend.he} took a ~deep breath of {spring.them}.]',
  deed: "[{friend} hung (a colour) coat away, and {hero} hid the mittens (room).|{friend} opened every window in the house, and {hero} let out (a mood) [ladybird|moth|spider|bee].|{hero} took off (a colour) sock, then another, and {friend} pretended not to see.]",
  end: "[By noon {hero} had (count) daisies, a ~wet knee, and no wish to go inside.|That night ~warm rain sang on the roof, and in the morning the ~whole garden was green and full of (mood) (flock).|{hero} wanted to keep the {spring} in a jar, so {hero.he} picked (a colour) flower and gave {hero.his} jar to {friend}.]",
};

const WATER = {
  close: CLOSING_OUT,
  open: "[One ~hot day in [July|August]|After a ~long climb|One (mild) (day)] {hero} and {friend} followed a ~thin <cue:stream> up between the [ferns|stones|roots].",
  word: '["Somewhere up here is the {spring}," said {friend!}, and {friend.he} parted the leaves.|At the top was the {spring}, no bigger than a [soup plate|hat|pillow|pancake|tea cup], and {hero} bent down to hear {spring.them} whisper.|"Is the {spring} far?" asked {hero!}, and {friend} said that {spring.it} {spring.was} never as far as the last time {hero} asked.]',
  deed: "[{hero} knelt down and drank, and the water was so cold that {hero.his} teeth began to sing (tune).|{friend} washed {friend.his} face, and {hero} filled [a bottle|a cap|both boots|(a colour) jug] to take home.|{hero} put (a colour) leaf on the water and told the leaf to greet the sea.]",
  end: "[{friend} said that every ~great river begins as a ~small {spring}, and {hero} stood up (manner), a little taller.|All the way down {hero} walked beside the stream, as one walks beside [a ~new|an ~old|a ~good|a ~quiet] friend.]",
};

const COIL = {
  close: CLOSING_HOME,
  open: "[One (mild) (day)|During breakfast|During a nap] the ~old <cue:[clock|sofa|music box]> went [boing|pling|twang], and something shot across the room and past {hero} and {friend}.",
  word: '["That was the {spring}," said {friend!}, and {friend.he} crawled under the table.|{hero} found a ~small {spring} in the [butter|flowerpot|porridge|salad|fish tank|~left slipper] and held {spring.them} up for {friend}.|"Nobody move, a {spring} is loose!" cried {friend!}, and {hero} stood on one leg.]',
  deed: "[{hero} pulled the {spring} long and let {spring.them} go, and {spring.it} danced down the stairs like (a mood) (animal).|{friend} pushed the {spring} back with (a colour) [fork|spoon|pencil], while {hero} held the screws in {hero.his} mouth and could not speak.|{friend} asked for the ~flat pliers, and {hero} brought {friend.him} [the sugar tongs|a comb|a hairpin|(count) spoons].]",
  end: "[Since then nobody sits down in that room without [smiling|a ~small jump|asking (listener)].|Everything works again, but {hero} still ducks when {hero.he} walks past the {spring}.]",
};

/** Spring: the season, the place where water begins, or a coil of wire. */
export const spring = scope(
  {
    hero: ANY_CHILD,
    friend: otherElder("hero"),
    spring: meanings("spring", { season: SEASON, water: WATER, coil: COIL }),
  },
  "{spring.open}",
  "{spring.word}",
  "{spring.deed}",
  "{spring.end}",
  "{spring.close}",
);
