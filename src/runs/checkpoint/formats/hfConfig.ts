import { type ActivationKind, type ModelConfig, modelConfig, modelFields } from "../../../config/model.js";
import { CheckpointError, ConfigError } from "../../../core/errors.js";
import { isObject, type JsonObject } from "../../../core/strictJson.js";

/** What a foreign GPT-2's config.json means where it is silent: the defaults of transformers' GPT2Config. */
const gpt2Defaults = {
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

type Gpt2Field = keyof typeof gpt2Defaults;

/** Fields with one value that heed can represent. */
const fixed: Partial<Record<Gpt2Field, unknown>> = {
  model_type: "gpt2",
  layer_norm_epsilon: 1e-5,
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
  add_cross_attention: false,
};

const activations: Record<string, ActivationKind> = {
  gelu: "gelu",
  gelu_new: "gelu_new",
  gelu_pytorch_tanh: "gelu_new", // the same formula
  relu: "relu",
  silu: "silu",
  swish: "silu",
};

/** config.json for transformers' GPT2LMHeadModel, with the complete ModelConfig under `heed`. */
export function toHfConfig(config: ModelConfig): JsonObject {
  return {
    ...gpt2Defaults,
    ...fixed,
    architectures: ["GPT2LMHeadModel"],
    vocab_size: config.vocabSize,
    n_positions: config.contextLength,
    n_embd: config.hiddenDim,
    n_layer: config.numLayers,
    n_head: config.numHeads,
    n_inner: config.intermediateDim,
    activation_function: config.activation,
    resid_pdrop: config.dropout,
    embd_pdrop: config.dropout,
    attn_pdrop: config.dropout,
    tie_word_embeddings: config.tie,
    bos_token_id: null,
    eos_token_id: null,
    pad_token_id: null,
    torch_dtype: "float32",
    heed: config,
  };
}

/**
 * The ModelConfig of a config.json: its `heed` field, once checked against the rest, or else that of a GPT-2.
 *
 * @throws CheckpointError naming `where`, the field, what heed can represent and the value received.
 */
export function fromHfConfig(json: JsonObject, where: string): ModelConfig {
  requireFixed(json, where);
  if (json.heed === undefined) return fromGpt2(json, where);
  const config = fromHeed(json.heed, where);
  const expected = toHfConfig(config);
  for (const name of Object.keys(gpt2Defaults) as Gpt2Field[]) {
    const there = name === "n_inner" ? innerDim(json) : field(json, name);
    if (there !== expected[name]) {
      throw new CheckpointError(
        `${where}: ${name} must agree with the field heed: got ${JSON.stringify(there)} and ${JSON.stringify(expected[name])}` +
          " (remove the field heed to load it as a plain GPT-2)",
      );
    }
  }
  return config;
}

function fromGpt2(json: JsonObject, where: string): ModelConfig {
  const activation = field(json, "activation_function");
  if (typeof activation !== "string" || !Object.hasOwn(activations, activation)) {
    throw cannotLoad(where, "activation_function", Object.keys(activations).join(", "), activation);
  }
  const dropout = field(json, "resid_pdrop");
  for (const name of ["embd_pdrop", "attn_pdrop"] as const) {
    if (field(json, name) !== dropout)
      throw cannotLoad(where, name, `the value of resid_pdrop, ${dropout}`, field(json, name));
  }
  return checked(where, {
    vocabSize: field(json, "vocab_size") as number,
    contextLength: field(json, "n_positions") as number,
    numLayers: field(json, "n_layer") as number,
    numHeads: field(json, "n_head") as number,
    hiddenDim: field(json, "n_embd") as number,
    intermediateDim: innerDim(json) as number,
    positions: "learned",
    activation: activations[activation]!,
    bias: true,
    tie: field(json, "tie_word_embeddings") as boolean,
    dropout: dropout as number,
  });
}

function fromHeed(value: unknown, where: string): ModelConfig {
  const known = Object.keys(modelFields);
  if (!isObject(value)) throw new CheckpointError(`${where}: heed must be an object: got ${JSON.stringify(value)}`);
  const missing = known.filter((name) => value[name] === undefined);
  if (missing.length > 0) throw new CheckpointError(`${where}: heed must have the field ${missing[0]}`);
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CheckpointError(
      `${where}: heed has a field that this version does not know: ${unknown[0]} (update heed)`,
    );
  }
  return checked(where, value as unknown as ModelConfig);
}

function checked(where: string, config: ModelConfig): ModelConfig {
  // modelConfig would take null for a field left out, and fill in heed's default.
  const empty = Object.entries(config).find(([, value]) => value === null);
  if (empty) throw new CheckpointError(`${where}: ${empty[0]} must have a value: got null`);
  try {
    return modelConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) throw new CheckpointError(`${where}: ${error.message}`);
    throw error;
  }
}

function requireFixed(json: JsonObject, where: string): void {
  for (const name of Object.keys(fixed) as Gpt2Field[]) {
    const value = field(json, name);
    if (value !== fixed[name]) throw cannotLoad(where, name, JSON.stringify(fixed[name]), value);
  }
}

function field(json: JsonObject, name: Gpt2Field): unknown {
  return json[name] === undefined ? gpt2Defaults[name] : json[name];
}

function innerDim(json: JsonObject): unknown {
  return field(json, "n_inner") ?? 4 * (field(json, "n_embd") as number);
}

function cannotLoad(where: string, name: string, rule: string, value: unknown): CheckpointError {
  const loads = "(heed loads models of the GPT-2 family)";
  return new CheckpointError(`${where}: ${name} must be ${rule}: got ${JSON.stringify(value)} ${loads}`);
}
