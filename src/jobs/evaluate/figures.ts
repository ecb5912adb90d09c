import { ratioError } from "../../core/statistics.js";
import type { Block } from "./blocks.js";

export interface Figures {
  /** Tokens scored: all of the text but its first, which nothing comes before. */
  tokens: number;
  /** Unicode characters of the text after its first token. */
  characters: number;
  /** Words of the text after its first token. */
  words: number;
  /** Mean cross-entropy, in nats per token. */
  loss: number;
  /** `exp(loss)`. */
  perplexity: number;
  bitsPerCharacter: number;
  /** Absent where the text has no words. */
  bitsPerWord?: number;
  /** Standard errors of the figures above, from sums over blocks; absent where the text is a single block. */
  standardError?: StandardError;
}

export interface StandardError {
  loss: number;
  bitsPerCharacter: number;
  bitsPerWord?: number;
  /** How many blocks. */
  blocks: number;
  /** Tokens in each block at least (but the last): the block ends at the next blank line, or at twice as many tokens. */
  leastTokens: number;
}

/** The figures of a text whose blocks lost `nats` in all, a number a block. */
export function figuresOf(blocks: readonly Block[], nats: ArrayLike<number>, leastTokens: number): Figures {
  const sum = (size: (block: Block) => number) => blocks.reduce((total, block) => total + size(block), 0);
  const [tokens, characters, words] = [sum((b) => b.tokens), sum((b) => b.characters), sum((b) => b.words)];
  const total = blocks.reduce((all, _, i) => all + nats[i]!, 0);
  const bits = total / Math.LN2;
  const error = (size: (block: Block) => number) =>
    ratioError(blocks.map((block, i) => ({ amount: nats[i]!, size: size(block) })));
  const errors = [error((b) => b.tokens), error((b) => b.characters), error((b) => b.words)] as const;
  return {
    tokens,
    characters,
    words,
    loss: total / tokens,
    perplexity: Math.exp(total / tokens),
    bitsPerCharacter: bits / characters,
    ...(words > 0 && { bitsPerWord: bits / words }),
    ...(errors[0] !== undefined && {
      standardError: {
        loss: errors[0],
        bitsPerCharacter: errors[1]! / Math.LN2,
        ...(words > 0 && { bitsPerWord: errors[2]! / Math.LN2 }),
        blocks: blocks.length,
        leastTokens,
      },
    }),
  };
}
