import type { TokenStore } from "../../dataset/tokenStore.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";

/** A token that costs a model many bits. */
export interface CostlyToken {
  token: string;
  /** How often it stands in the text. */
  count: number;
  /** Bits that it costs in all. */
  bits: number;
  /** Bits that it costs each time, on average. */
  bitsEach: number;
  /** Where it costs most. */
  example: {
    /** Which token of the text it is, from 0. */
    index: number;
    bits: number;
    /** The text right before it. */
    before: string;
  };
}

/** Times that a token must stand in the text before its mean counts. */
export const leastCount = 5;

/** Characters of text before an example. */
const exampleLength = 60;

/** Adds up what each token of the vocabulary costs. */
export class CostlyTokens {
  private readonly nats: Float64Array;
  private readonly counts: Float64Array;
  private readonly most: Float64Array;
  private readonly mostAt: Float64Array;

  constructor(vocabSize: number) {
    this.nats = new Float64Array(vocabSize);
    this.counts = new Float64Array(vocabSize);
    this.most = new Float64Array(vocabSize).fill(-1);
    this.mostAt = new Float64Array(vocabSize);
  }

  /** The token `id` at `index` of the text cost `loss` nats. */
  add(loss: number, id: number, index: number): void {
    this.nats[id]! += loss;
    this.counts[id]!++;
    if (loss <= this.most[id]!) return;
    this.most[id] = loss;
    this.mostAt[id] = index;
  }

  /** The `count` tokens that cost most in all, and those that cost most each time among the ones met often. */
  worst(
    count: number,
    { store, tokenizer }: { store: TokenStore; tokenizer: Tokenizer },
  ): { inTotal: CostlyToken[]; onAverage: CostlyToken[] } {
    const { nats, counts } = this;
    const met = Array.from(nats.keys()).filter((id) => counts[id]! > 0);
    const top = (ids: number[], cost: (id: number) => number) =>
      ids
        .sort((a, b) => cost(b) - cost(a) || a - b)
        .slice(0, count)
        .map((id) => this.describe(id, store, tokenizer));
    const often = met.filter((id) => counts[id]! >= leastCount);
    return { inTotal: top(met, (id) => nats[id]!), onAverage: top(often, (id) => nats[id]! / counts[id]!) };
  }

  private describe(id: number, store: TokenStore, tokenizer: Tokenizer): CostlyToken {
    const index = this.mostAt[id]!;
    const bits = this.nats[id]! / Math.LN2;
    const count = this.counts[id]!;
    return {
      token: tokenizer.token(id),
      count,
      bits,
      bitsEach: bits / count,
      example: { index, bits: this.most[id]! / Math.LN2, before: textBefore(index, store, tokenizer) },
    };
  }
}

/** The characters before the token at `index`, from as many tokens as they take. */
function textBefore(index: number, store: TokenStore, tokenizer: Tokenizer): string {
  for (let length = exampleLength; ; length *= 2) {
    const ids = new Int32Array(Math.min(index, length));
    store.read(index - ids.length, ids);
    const characters = Array.from(tokenizer.decode(ids));
    if (characters.length >= exampleLength || ids.length === index) return characters.slice(-exampleLength).join("");
  }
}
