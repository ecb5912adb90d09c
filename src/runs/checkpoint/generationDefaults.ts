import type { GenerationConfig } from "../../config/generation.js";
import type { JsonObject } from "../../core/strictJson.js";

/** How a model is best asked for text, unless the caller says otherwise: what transformers can be given, too. */
export type GenerationDefaults = Pick<
  GenerationConfig,
  "maxNewTokens" | "temperature" | "topK" | "topP" | "minP" | "repetitionPenalty"
>;

/** generation_config.json for transformers, which calls a temperature of 0 `do_sample: false`. */
export function toHfGeneration(given: Partial<GenerationDefaults>): JsonObject {
  const greedy = given.temperature === 0;
  return {
    do_sample: !greedy,
    max_new_tokens: given.maxNewTokens,
    repetition_penalty: given.repetitionPenalty,
    ...(greedy ? {} : { temperature: given.temperature, top_k: given.topK, top_p: given.topP, min_p: given.minP }),
    bos_token_id: null,
    eos_token_id: null,
    pad_token_id: null,
  };
}

/** The defaults in a generation_config.json; what it does not say, or says in another way, is left out. */
export function fromHfGeneration(json: JsonObject): Partial<GenerationDefaults> {
  const fields = {
    maxNewTokens: json.max_new_tokens,
    repetitionPenalty: json.repetition_penalty,
    temperature: json.do_sample === false ? 0 : json.temperature,
    topK: json.top_k,
    topP: json.top_p,
    minP: json.min_p,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === "number"));
}
