/** The words that the grammar could have used instead, found by following its derivations along one of its texts. */
import type { Env, Node } from "./nodes.js";
import { explore } from "./parse.js";

/** On the text, at an offset; or off it, inside a word that began at `start` and so far reads `said`. */
type Place = { at: number } | { start: number; said: string };

/**
 * The words with which the grammar could have continued `text`, one of its texts, other than the words that do follow:
 * by the offset at which they would begin. Only words made of letters.
 */
export function otherWords(root: Node, text: string): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  const note = ({ start, said }: { start: number; said: string }): undefined => {
    const word = /^[A-Za-z]*/.exec(said)![0];
    if (word !== "" && word !== wordAt(text, start)) found.set(start, (found.get(start) ?? new Set()).add(word));
  };
  explore<Place>(root, {
    start: { at: 0 },
    say(piece, place) {
      if ("at" in place && text.startsWith(piece, place.at)) return { at: place.at + piece.length };
      const other = "at" in place ? leave(text, place.at, piece) : { ...place, said: place.said + piece };
      return /^[A-Za-z]*$/.test(other.said) ? other : note(other); // the next piece may continue the word
    },
    end(place) {
      if ("start" in place) note(place);
    },
  });
  return found;
}

/** The word at which a derivation departs from the text, if it says `piece` at `at`. */
function leave(text: string, at: number, piece: string): { start: number; said: string } {
  let end = at;
  while (end - at < piece.length && text[end] === piece[end - at]) end++;
  let start = end;
  while (start > 0 && /[A-Za-z]/.test(text[start - 1]!)) start--;
  return { start, said: text.slice(start, end) + piece.slice(end - at) };
}

/** The word that begins at `start`, or "" if there is none. */
export function wordAt(text: string, start: number): string {
  return /^[A-Za-z]*/.exec(text.slice(start, start + 40))![0];
}

/** The possible beginnings of the node's texts: the first word, with any quotation mark before it. */
export function beginnings(node: Node, env: Env): Set<string> {
  const found = new Set<string>();
  const note = (text: string): undefined => {
    found.add(/^"?[A-Za-z]*/.exec(text)![0]);
  };
  explore(node, {
    start: "",
    env,
    say: (said, before) => (/^"?[A-Za-z]*$/.test(before + said) ? before + said : note(before + said)),
    end: note,
  });
  return found;
}
