import { requireBoolean, requireInteger, requireOneOf, requirePositive, requireRange } from "../core/checks.js";
import { ConfigError } from "../core/errors.js";

export const positionKinds = ["learned", "sinusoidal", "none"] as const;
export type PositionKind = (typeof positionKinds)[number];

export const activationKinds = ["gelu", "gelu_new", "relu", "silu"] as const;
export type ActivationKind = (typeof activationKinds)[number];

/** The shape of a model: everything that decides which weights it has and what it computes. */
export interface ModelConfig {
  /** Tokens known, `V`; the tokenizer decides it. */
  vocabSize: number;
  /** Tokens the model can see, `T`. @default 128 */
  contextLength: number;
  /** Decoder blocks, `L`. @default 4 */
  numLayers: number;
  /** Attention heads, `H`; divides `hiddenDim`. @default 4 */
  numHeads: number;
  /** Width of the residual stream, `C`. @default 128 */
  hiddenDim: number;
  /** Width inside the feed-forward, `F`. @default 4 * hiddenDim */
  intermediateDim: number;
  /** How the model knows the order of tokens. @default "learned" */
  positions: PositionKind;
  /** The feed-forward's non-linearity. @default "gelu_new" */
  activation: ActivationKind;
  /** Added to the variance before the root, in norms. @default 1e-5 */
  normEpsilon: number;
  /** Whether projections and norms add a bias. @default true */
  bias: boolean;
  /** Whether the output projection is the token embedding, transposed. @default true */
  tie: boolean;
  /** Share of activations zeroed while training. @default 0 */
  dropout: number;
}

export const modelDefaults = {
  contextLength: 128,
  numLayers: 4,
  numHeads: 4,
  hiddenDim: 128,
  positions: "learned",
  activation: "gelu_new",
  normEpsilon: 1e-5,
  bias: true,
  tie: true,
  dropout: 0,
} as const satisfies Partial<ModelConfig>;

/**
 * A complete, checked ModelConfig from the fields given; defaults fill the rest.
 *
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function modelConfig(given: Partial<ModelConfig> & { vocabSize: number }): ModelConfig {
  const hiddenDim = requireInteger("hiddenDim", given.hiddenDim ?? modelDefaults.hiddenDim, 1, 65_536);
  const numHeads = requireInteger("numHeads", given.numHeads ?? modelDefaults.numHeads, 1, 1024);
  if (hiddenDim % numHeads !== 0) {
    const below = Math.floor(hiddenDim / numHeads) * numHeads;
    const remedy = below > 0 ? `${below} or ${below + numHeads}` : `${numHeads}`;
    throw new ConfigError(`hiddenDim must be divisible by numHeads: got ${hiddenDim} and ${numHeads} (try ${remedy})`);
  }
  return {
    vocabSize: requireInteger("vocabSize", given.vocabSize, 2),
    contextLength: requireInteger("contextLength", given.contextLength ?? modelDefaults.contextLength, 1, 1_048_576),
    numLayers: requireInteger("numLayers", given.numLayers ?? modelDefaults.numLayers, 1, 1024),
    numHeads,
    hiddenDim,
    intermediateDim: requireInteger("intermediateDim", given.intermediateDim ?? 4 * hiddenDim, 1, 1_048_576),
    positions: requireOneOf("positions", given.positions ?? modelDefaults.positions, positionKinds),
    activation: requireOneOf("activation", given.activation ?? modelDefaults.activation, activationKinds),
    normEpsilon: requirePositive("normEpsilon", given.normEpsilon ?? modelDefaults.normEpsilon),
    bias: requireBoolean("bias", given.bias ?? modelDefaults.bias),
    tie: requireBoolean("tie", given.tie ?? modelDefaults.tie),
    dropout: requireRange("dropout", given.dropout ?? modelDefaults.dropout, 0, 0.9),
  };
}

/** Every field in which two configs differ, as `"numHeads: 4 there, 8 here"`; empty when they are the same. */
export function modelDifferences(there: ModelConfig, here: ModelConfig): string[] {
  const fields = Object.keys(there) as (keyof ModelConfig)[];
  return fields.filter((f) => there[f] !== here[f]).map((f) => `${f}: ${there[f]} there, ${here[f]} here`);
}
