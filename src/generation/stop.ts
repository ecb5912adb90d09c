/**
 * `pieces` up to the first of the texts in `stop`, which is left out. What could be the beginning of a stop text is
 * held back until it is clear.
 */
export async function* untilStop(pieces: AsyncIterable<string>, stop: string[]): AsyncGenerator<string> {
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    const ends = stop.map((text) => held.indexOf(text)).filter((at) => at >= 0);
    if (ends.length > 0) {
      const end = Math.min(...ends);
      if (end > 0) yield held.slice(0, end);
      return;
    }
    const free = held.length - longestBeginning(held, stop);
    if (free > 0) yield held.slice(0, free);
    held = held.slice(free);
  }
  if (held !== "") yield held;
}

/** How many characters at the end of `text` could begin one of `stop`. */
function longestBeginning(text: string, stop: string[]): number {
  const longest = Math.max(0, ...stop.map((s) => s.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    if (stop.some((s) => s.startsWith(text.slice(-length)))) return length;
  }
  return 0;
}
