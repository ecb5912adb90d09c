/** What the grammar could have said instead, by following its derivations along a text that it says. */
import type { Env, Node } from "./nodes.js";
import { explore } from "./parse.js";

/** Along the text, or beside it: a word that began at `start`, of which `said` is known. */
type Place = { at: number } | { start: number; said: string };

/**
 * For the places of `text`, a text of the grammar, where it could have gone on with another word than it did: every such
 * word, by the offset at which it would begin. Words of letters only.
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
      const beside = "at" in place ? leave(text, place.at, piece) : { ...place, said: place.said + piece };
      return /^[A-Za-z]*$/.test(beside.said) ? beside : note(beside); // a word may go on with the next piece
    },
    end(place) {
      if ("start" in place) note(place);
    },
  });
  return found;
}

/** The word at which a derivation leaves the text, where it says `piece` at `at`. */
function leave(text: string, at: number, piece: string): { start: number; said: string } {
  let end = at;
  while (end - at < piece.length && text[end] === piece[end - at]) end++;
  let start = end;
  while (start > 0 && /[A-Za-z]/.test(text[start - 1]!)) start--;
  return { start, said: text.slice(start, end) + piece.slice(end - at) };
}

/** The word that begins at `start`, or "". */
export function wordAt(text: string, start: number): string {
  return /^[A-Za-z]*/.exec(text.slice(start, start + 40))![0];
}

/** How the node's texts can begin: a quotation mark or none, and the first word. */
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
