import type { PagePlace } from "../payload.js";
import type { Engine } from "./engine.js";
import { type WordWalk, wordWalk } from "./wordWalk.js";

/** Where a word's vector goes in a text of the corpus, in one of its meanings. */
export interface KnownPlace {
  sense: string;
  text: string;
  walk: WordWalk[];
}

const known = new WeakMap<PagePlace, KnownPlace>();

/** The word's walk at a place of the corpus; a model reads each place once, and only the vectors are kept. */
export function knownPlace(engine: Engine, model: number, place: PagePlace): KnownPlace {
  const found = known.get(place);
  if (found) return found;
  const look = engine.look(model, place.text, { at: ({ point }) => point === "output" || point === "residual" });
  const walk = wordWalk(look, look.tokens.length - 1, engine.models[model]!);
  const read = { sense: place.sense, text: place.text, walk: walk.map(({ stage, vector }) => ({ stage, vector: vector.slice() })) }; // biome-ignore format: a copy: the rest of the look goes
  known.set(place, read);
  return read;
}

/** A meaning of a word, and the middle of its vectors at one stage. */
export interface SenseCenter {
  sense: string;
  vector: Float64Array;
}

/** The mean vector of each meaning, in the order in which they come. */
export function senseCenters(places: readonly KnownPlace[], stage: number): SenseCenter[] {
  const senses = [...new Set(places.map(({ sense }) => sense))];
  return senses.map((sense) => {
    const vectors = places.filter((place) => place.sense === sense).map(({ walk }) => walk[stage]!.vector);
    const vector = new Float64Array(vectors[0]!.length);
    for (const one of vectors) for (let c = 0; c < vector.length; c++) vector[c]! += one[c]! / vectors.length;
    return { sense, vector };
  });
}
