import type { ActivationKind, ModelConfig } from "../../config/model.js";
import { CheckpointError, show } from "../../core/errors.js";
import type { JsonObject } from "../../core/strictJson.js";
import { sinusoids } from "../../ops/sinusoids.js";
import type { VariableValues } from "../variables.js";
import { weightShapes } from "../weightShapes.js";
import type { Family } from "./family.js";

/** What config.json means where it is silent: the defaults of transformers' GPT2Config. */
const defaults = {
  model_type: undefined,
  vocab_size: 50257,
  n_positions: 1024,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  n_inner: null,
  activation_function: "gelu_new",
  resid_pdrop: 0.1,
  embd_pdrop: 0.1,
  attn_pdrop: 0.1,
  layer_norm_epsilon: 1e-5,
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
  add_cross_attention: false,
  tie_word_embeddings: true,
} as const;

/** Fields with one value that heed can represent. */
const fixed = {
  model_type: "gpt2",
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
  add_cross_attention: false,
} as const;

/** What transformers calls an activation, the name to write first; the others are the same formula. */
const spellings: Partial<Record<ActivationKind, readonly string[]>> = {
  gelu: ["gelu", "gelu_python"],
  gelu_new: ["gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate"],
  relu: ["relu"],
  relu2: ["relu2"],
  silu: ["silu", "swish"],
};

const dropouts = ["resid_pdrop", "embd_pdrop", "attn_pdrop"] as const;

/** How GPT-2's names begin where heed's begin so. */
const starts: readonly (readonly [heed: string, gpt2: string])[] = [
  ["tokens.", "transformer.wte."],
  ["positions.", "transformer.wpe."],
  ["blocks.", "transformer.h."],
  ["finalNorm.", "transformer.ln_f."],
  ["output.weight", "lm_head.weight"],
];

const parts: readonly (readonly [heed: string, gpt2: string])[] = [
  [".attentionNorm.", ".ln_1."],
  [".attention.qkv.", ".attn.c_attn."],
  [".attention.output.", ".attn.c_proj."],
  [".feedForwardNorm.", ".ln_2."],
  [".feedForward.up.", ".mlp.c_fc."],
  [".feedForward.down.", ".mlp.c_proj."],
  [".gain", ".weight"],
];

/**
 * GPT-2, as transformers' GPT2LMHeadModel has it: learned positions, layer norm, biases. A model without biases or
 * with other fixed positions is one whose biases are zeros and whose positions are a table.
 */
export const gpt2: Family = {
  name: "gpt2",
  expresses: {
    vocabSize: "any",
    contextLength: "any",
    numLayers: "any",
    numHeads: "any",
    hiddenDim: "any",
    intermediateDim: "any",
    positions: ["learned", "sinusoidal", "none"],
    activation: Object.keys(spellings) as ActivationKind[],
    norm: ["layernorm"],
    normEpsilon: "any",
    bias: [true, false],
    tie: [true, false],
    dropout: "any",
  },
  configJson: (config) => ({
    ...defaults,
    ...fixed,
    architectures: ["GPT2LMHeadModel"],
    vocab_size: config.vocabSize,
    n_positions: config.contextLength,
    n_embd: config.hiddenDim,
    n_layer: config.numLayers,
    n_head: config.numHeads,
    n_inner: config.intermediateDim,
    activation_function: spellings[config.activation]![0],
    resid_pdrop: config.dropout,
    embd_pdrop: config.dropout,
    attn_pdrop: config.dropout,
    layer_norm_epsilon: config.normEpsilon,
    tie_word_embeddings: config.tie,
    bos_token_id: null,
    eos_token_id: null,
    pad_token_id: null,
    torch_dtype: "float32",
  }),
  complete(json) {
    const stated = Object.entries(defaults).map(([name, usual]) => [
      name,
      json[name] === undefined ? usual : json[name],
    ]);
    const complete = Object.fromEntries(stated) as JsonObject;
    return {
      ...complete,
      n_inner: complete.n_inner ?? 4 * (complete.n_embd as number),
      activation_function: usualSpelling(complete.activation_function),
    };
  },
  trainingFields: dropouts,
  readConfig(json, where) {
    for (const [name, value] of Object.entries(fixed)) {
      if (json[name] !== value) throw cannotLoad(where, name, `be ${show(value)}`, json[name]);
    }
    const { activation_function: spelling, resid_pdrop: dropout } = json;
    const known = Object.entries(spellings) as [ActivationKind, string[]][];
    const activation = known.find(([, names]) => names.includes(spelling as string))?.[0];
    if (!activation) {
      throw cannotLoad(where, "activation_function", `be ${known.flatMap(([, names]) => names).join(", ")}`, spelling);
    }
    const config = {
      vocabSize: json.vocab_size,
      contextLength: json.n_positions,
      numLayers: json.n_layer,
      numHeads: json.n_head,
      hiddenDim: json.n_embd,
      intermediateDim: json.n_inner,
      positions: "learned",
      activation,
      normEpsilon: json.layer_norm_epsilon,
      bias: true,
      tie: json.tie_word_embeddings,
      dropout,
    } as ModelConfig;
    const all = dropouts.map((name) => `${name} ${json[name]}`).join(", ");
    const differ = dropouts.some((name) => json[name] !== dropout);
    return { config, notes: differ ? [`${where}: ${all}: heed has one dropout, and takes ${show(dropout)}`] : [] };
  },
  fileShapes: (config) => new Map([...weightShapes(asGpt2(config))].map(([name, shape]) => [fileName(name), shape])),
  toFile: (weights, config) =>
    new Map(
      [...weightShapes(asGpt2(config))].map(([name, shape]) => [
        fileName(name),
        { shape, data: weights.get(name)?.data ?? impliedValues(name, shape, config) },
      ]),
    ),
  fromFile(tensors, config, where) {
    const weights: VariableValues & Map<string, unknown> = new Map();
    const ours = weightShapes(config);
    for (const [name, shape] of weightShapes(asGpt2(config))) {
      const tensor = tensors.get(fileName(name))!;
      if (ours.has(name)) weights.set(name, tensor);
      else requireImplied(name, tensor.data, { implied: impliedValues(name, shape, config), config, where });
    }
    return weights;
  },
  usualName: (name) => (/^(transformer|lm_head)\./.test(name) ? name : `transformer.${name}`),
  ignores: (name, { tie }) => /\.attn\.(masked_)?bias$/.test(name) || (tie && name === "lm_head.weight"),
};

/** What GPT-2 calls heed's weight `name`. */
function fileName(name: string): string {
  const [start, theirs] = starts.find(([ours]) => name.startsWith(ours))!;
  return parts.reduce((text, [ours, gpt2]) => text.replace(ours, gpt2), theirs + name.slice(start.length));
}

/** The same model as a GPT-2 has it: with learned positions and every bias. */
function asGpt2(config: ModelConfig): ModelConfig {
  return { ...config, positions: "learned", bias: true };
}

/** The values that a GPT-2 needs for a weight that the model does not have. */
function impliedValues(name: string, shape: readonly number[], config: ModelConfig): Float32Array {
  if (name === "positions.weight" && config.positions === "sinusoidal") {
    return sinusoids(config.contextLength, config.hiddenDim);
  }
  return new Float32Array(shape.reduce((product, size) => product * size, 1));
}

function requireImplied(
  name: string,
  data: Float32Array,
  { implied, config, where }: { implied: Float32Array; config: ModelConfig; where: string },
): void {
  // Another machine's sine may differ in the last bit.
  const at = data.findIndex((value, i) => Math.abs(value - implied[i]!) > 1e-6);
  if (at < 0) return;
  const rule = name === "positions.weight" ? `hold positions: ${config.positions}` : "hold zeros, as bias: false says";
  throw new CheckpointError(
    `${where}: "${fileName(name)}" must ${rule}: value ${at} is ${data[at]} (take the field heed out of config.json to load it as a plain GPT-2)`,
  );
}

function usualSpelling(name: unknown): unknown {
  return Object.values(spellings).find((names) => names.includes(name as string))?.[0] ?? name;
}

function cannotLoad(where: string, field: string, rule: string, value: unknown): CheckpointError {
  return new CheckpointError({ where, field, rule, value, remedy: "heed loads models of the GPT-2 family" });
}
