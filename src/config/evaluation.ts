import { type ConfigOf, completeConfig, integer, optional } from "./fields.js";

/** How a model is measured on a text. */
export const evaluationFields = {
  stride: optional(
    integer({
      flag: "stride",
      help: "Tokens from one window to the next, at most the context",
      defaultText: "half the context, rounded up",
    }),
  ),
  batchSize: integer({ flag: "batch", help: "Sequences at a time", default: 16, most: 65_536 }),
};

export type EvaluationConfig = ConfigOf<typeof evaluationFields>;

/** @throws ConfigError naming the field, its rule and the value received. */
export function evaluationConfig(given: Partial<EvaluationConfig> = {}, where?: string): EvaluationConfig {
  return completeConfig(evaluationFields, given, { where, what: "evaluate" });
}
