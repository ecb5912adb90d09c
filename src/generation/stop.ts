/**
 * Yields `pieces` up to the stop text that is completed first (the longest of those that end there), without it. Text
 * that could begin a stop text is held back until that is decided, so the result does not depend on how the text is
 * divided into pieces. Returns whether a stop text came.
 */
export async function* untilStop(pieces: AsyncIterable<string>, stop: string[]): AsyncGenerator<string, boolean> {
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    const start = firstStop(held, stop);
    if (start !== undefined) {
      if (start > 0) yield held.slice(0, start);
      return true;
    }
    const free = held.length - longestBeginning(held, stop);
    if (free > 0) yield held.slice(0, free);
    held = held.slice(free);
  }
  if (held !== "") yield held;
  return false;
}

/** Where in `text` the stop text that is completed first begins. */
function firstStop(text: string, stop: string[]): number | undefined {
  const found = stop.map((s) => ({ start: text.indexOf(s), length: s.length })).filter(({ start }) => start >= 0);
  found.sort((a, b) => a.start + a.length - (b.start + b.length) || a.start - b.start);
  return found[0]?.start;
}

/** How many characters at the end of `text` could be the beginning of one of `stop`. */
function longestBeginning(text: string, stop: string[]): number {
  const longest = Math.max(0, ...stop.map((s) => s.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    if (stop.some((s) => s.startsWith(text.slice(-length)))) return length;
  }
  return 0;
}
