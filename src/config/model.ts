import { ConfigError } from "../core/errors.js";
import { type ConfigOf, choice, completeConfig, integer, number, toggle } from "./fields.js";

export const positionKinds = ["learned", "sinusoidal", "none"] as const;
export type PositionKind = (typeof positionKinds)[number];

export const activationKinds = ["gelu", "gelu_new", "relu", "relu2", "silu"] as const;
export type ActivationKind = (typeof activationKinds)[number];

export const normKinds = ["layernorm", "rmsnorm"] as const;
export type NormKind = (typeof normKinds)[number];

/** The shape of a model: everything that decides which weights it has and what it computes. */
export const modelFields = {
  /** `V`; the tokenizer decides it. */
  vocabSize: integer({ flag: "vocab-size", help: "Tokens known", least: 2 }),
  /** `L` */
  numLayers: integer({ flag: "layers", help: "Decoder blocks", default: 4, most: 1024, sweep: "linear" }),
  /** `H` */
  numHeads: integer({ flag: "heads", help: "Attention heads", default: 4, most: 1024, sweep: "linear" }),
  /** `C` */
  hiddenDim: integer({
    flag: "dim",
    help: "Width of the residual stream",
    default: 128,
    most: 65_536,
    sweep: "linear",
  }),
  /** `F` */
  intermediateDim: integer({
    flag: "ff-dim",
    help: "Width inside the feed-forward",
    default: ({ hiddenDim }) => 4 * hiddenDim,
    defaultText: "4 x dim",
    most: 1_048_576,
    sweep: "linear",
  }),
  /** `T` */
  contextLength: integer({
    flag: "context",
    help: "Tokens the model can see",
    default: 128,
    most: 1_048_576,
    sweep: "linear",
  }),
  positions: choice<PositionKind>({
    flag: "positions",
    help: "How the model knows the order of tokens",
    choices: positionKinds,
    default: "learned",
    sweep: "linear",
  }),
  activation: choice<ActivationKind>({
    flag: "activation",
    help: "The feed-forward's non-linearity",
    choices: activationKinds,
    default: "gelu_new",
    sweep: "linear",
  }),
  norm: choice<NormKind>({
    flag: "norm",
    help: "What scales the values that attention and the feed-forward are given",
    choices: normKinds,
    default: "layernorm",
    sweep: "linear",
  }),
  normEpsilon: number({
    flag: "norm-epsilon",
    help: "Added to the variance in norms, before the root",
    default: 1e-5,
    above: true,
    sweep: "log",
  }),
  bias: toggle({ flag: "bias", help: "Add biases in projections and norms", default: true, sweep: "linear" }),
  tie: toggle({
    flag: "tie",
    help: "Use the token embedding as the output projection",
    default: true,
    sweep: "linear",
  }),
  dropout: number({
    flag: "dropout",
    help: "Share of activations zeroed while training",
    default: 0,
    most: 0.9,
    sweep: "linear",
  }),
};

export type ModelConfig = ConfigOf<typeof modelFields>;

/**
 * A complete, checked ModelConfig from the fields given; defaults fill in the rest.
 *
 * @param where what the fields stand in, for errors
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function modelConfig(given: Partial<ModelConfig> & { vocabSize: number }, where?: string): ModelConfig {
  const config = completeConfig(modelFields, given, { where, what: "model" });
  const { numHeads, hiddenDim } = config;
  if (hiddenDim % numHeads !== 0) {
    throw new ConfigError({
      where,
      field: "numHeads",
      rule: `divide {hiddenDim} ${hiddenDim}`,
      value: numHeads,
      remedy: `try ${list(divisorsNear(hiddenDim, numHeads))}, or {hiddenDim} ${list(multiplesNear(numHeads, hiddenDim))}`,
    });
  }
  return config;
}

/** Up to four divisors of `width`, those nearest to `heads`. */
function divisorsNear(width: number, heads: number): number[] {
  const divisors = Array.from({ length: width }, (_, i) => i + 1).filter((n) => width % n === 0);
  const nearest = divisors.sort((a, b) => Math.abs(a - heads) - Math.abs(b - heads)).slice(0, 4);
  return nearest.sort((a, b) => a - b);
}

/** The multiples of `heads` next to `width`. */
function multiplesNear(heads: number, width: number): number[] {
  const below = Math.floor(width / heads) * heads;
  return below > 0 ? [below, below + heads] : [heads];
}

/** `1, 2 or 4` */
function list(numbers: readonly number[]): string {
  return numbers.length === 1 ? `${numbers[0]}` : `${numbers.slice(0, -1).join(", ")} or ${numbers.at(-1)}`;
}
