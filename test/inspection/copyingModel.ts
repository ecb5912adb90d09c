import { Random } from "../../src/core/random.js";
import type { RelatedText } from "../../src/inspection/relationScores.js";
import { Transformer } from "../../src/model/transformer.js";

type Entry = [row: number, column: number, value: number];

/** Tokens: four names, four that mean nothing, one that asks for the name, and a line break that no text has. */
const [names, fillers, asks] = [[0, 1, 2, 3], [4, 5, 6, 7], 8] as const;
const [vocabSize, width, headDim] = [10, 16, 8] as const;

/** The score of a name in the row of the token that asks; all others have 0. */
export const nameScore = (4 * 4) / Math.sqrt(headDim);

/**
 * A model whose weights we wrote. Head 0 does one thing: the token that asks looks at names, and the head says which one
 * it saw. Head 1 looks at all tokens alike and says nothing.
 */
export function copyingModel(): Transformer {
  const shape = { numLayers: 1, numHeads: 2, hiddenDim: width, intermediateDim: 4, contextLength: 12 };
  const parts = { positions: "none", norm: "rmsnorm", normEpsilon: 1e-12, bias: false, tie: false } as const;
  const model = new Transformer({ vocabSize, ...shape, ...parts });
  const weights = model.read();
  const set = (name: string, entries: Entry[]) => {
    const { shape, data } = weights.get(name)!;
    data.fill(0);
    for (const [row, column, value] of entries) data[row * shape[1]! + column] = value;
  };
  const each = (ids: readonly number[], entry: (id: number) => Entry) => ids.map(entry);
  set(
    "tokens.weight", // the norm makes of each token a 4 in a component of its own
    each([...names, ...fillers, asks], (id) => [id, id, 1]),
  );
  set("blocks.0.attention.qkv.weight", [
    [asks, 0, 1],
    ...each(names, (id) => [id, width, 1]),
    ...each(names, (id) => [id, 2 * width + id, 1]),
  ]);
  set(
    "blocks.0.attention.output.weight",
    each(names, (id) => [id, vocabSize + id, 1]),
  );
  set("blocks.0.feedForward.down.weight", []);
  set(
    "output.weight",
    each(names, (id) => [id, vocabSize + id, 2]),
  );
  model.load(weights);
  return model;
}

/** Texts like `f N f f asks N f`, in which the second `N` belongs to the first. */
export function copyingTexts(count: number): RelatedText[] {
  const random = new Random(1337, "copying");
  return Array.from({ length: count }, () => {
    const filler = () => fillers[random.nextInteger(fillers.length)]!;
    const name = names[random.nextInteger(names.length)]!;
    const [at, between] = [1 + random.nextInteger(4), 1 + random.nextInteger(3)];
    const fill = (n: number) => Array.from({ length: n }, filler);
    const ids = [...fill(at), name, ...fill(between), asks, name, filler()];
    const again = at + between + 2;
    return { ids, pairs: [{ kind: "name", from: [again, again], to: [at, at] }] };
  });
}
