import type { JsonObject } from "../json.js";

/** How a model is best asked for text, unless the caller says otherwise. */
export interface GenerationDefaults {
  maxNewTokens: number;
  /** 0 takes the likeliest token each time. */
  temperature: number;
  /** 0 turns it off. */
  topK: number;
  /** 1 turns it off. */
  topP: number;
}

/** generation_config.json for transformers. */
export function toHfGeneration({ maxNewTokens, temperature, topK, topP }: Partial<GenerationDefaults>): JsonObject {
  const greedy = temperature === 0;
  return {
    do_sample: !greedy,
    max_new_tokens: maxNewTokens,
    ...(greedy ? {} : { temperature, top_k: topK, top_p: topP }),
    bos_token_id: null,
    eos_token_id: null,
    pad_token_id: null,
  };
}

/** The defaults in a generation_config.json; what it does not say, or says in another way, is left out. */
export function fromHfGeneration(json: JsonObject): Partial<GenerationDefaults> {
  const number = (value: unknown) => (typeof value === "number" && value >= 0 ? value : undefined);
  const fields: Partial<GenerationDefaults> = {
    maxNewTokens: number(json.max_new_tokens),
    temperature: json.do_sample === false ? 0 : number(json.temperature),
    topK: number(json.top_k),
    topP: number(json.top_p),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
