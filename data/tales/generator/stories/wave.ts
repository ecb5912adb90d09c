import { scope } from "../grammar.js";
import { meanings } from "../words/entries.js";
import { ANY_CHILD, otherChild } from "../words/people.js";
import { CLOSING_OUT, OUTING, TIME, WHO } from "./common.js";

const SEA = {
  open: `${OUTING} {hero} and {friend}${WHO} built a ~sand castle with (count) towers on the <cue:beach>.`,
  word: '[Then a [~huge|~long|~cold|~green|~silver] {wave} came, and {wave.it} {wave.was} higher than {friend}\'s knees.|"Look at that {wave}," said {friend!}, "{wave.it} {wave.is} wearing a ~white hat."|{hero} heard a {wave} coming, and {friend} lifted (a colour) bucket like a shield.]',
  next: "[The {wave} took the castle, (a colour) (garment), and (a tasty) (meal), but gave back a shell.|The {wave} ran up to the wall, looked at the castle, and went home (manner).|The {wave} knocked {hero} over, and {hero.he} stood up with a starfish in {hero.his} hair.]",
  talk: '["Do you think {wave.it} {wave.was} angry?" asked {hero!}, and {friend} said no, only [clumsy|hungry|in love].|"Next time we will build a boat," said {friend!}, and {hero} ran to find (count) planks.|"That was the sea saying hello," said {friend!}, and {hero} said hello back.]',
  end: CLOSING_OUT,
};

const HAND = {
  open: `${TIME} {hero} took {friend}${WHO} to the <cue:train> with (count) suitcases and (a tasty) (meal).`,
  word: "[From the ~last window came a [~huge|~long|~shy|~brave|~slow] {wave}, and {wave.it} {wave.was} for {hero}.|{friend} leaned out and gave {hero} a [~huge|~long|~shy|~brave|~slow] {wave} with (a colour) (garment).|{hero} practised a {wave} in the window, and {friend} laughed behind the glass.]",
  next: "[{hero} answered the {wave} with both arms and hit (a mood) conductor on the nose.|{hero} ran beside the wheels until the platform ended, and sent one ~more {wave} after {friend}.]",
  talk: '["I will write (manner) and often," called {friend!}, and {hero} believed {friend.him}.|"Bring me back a [stone|song|hat|story|spoon|map]," called {hero!}.|"Save me a piece of every birthday cake," called {friend!}, and {hero} promised (manner).]',
  end: "[That evening {hero} set the table for two out of habit, and (a mood) (animal) took the ~empty chair.|On the way home {hero} bought (a colour) stamp and thought of a ~good first sentence.|A week later came a card from [the sea|the mountains|Spain|far away|the ~next village], with (a tasty) (meal) on the front and a kiss on the back.]",
};

/** Wave: of the sea, or of a hand. */
export const wave = scope(
  { hero: ANY_CHILD, friend: otherChild("hero"), wave: meanings("wave", { sea: SEA, hand: HAND }) },
  "{wave.open}",
  "{wave.word}",
  "{wave.next}",
  "{wave.talk}",
  "{wave.end}",
);
