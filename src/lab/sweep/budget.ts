import type { ModelConfig } from "../../config/model.js";
import type { TrainingConfig } from "../../config/training.js";
import { show } from "../../core/checks.js";
import { ConfigError } from "../../core/errors.js";
import { trainingFlopsPerToken } from "../../model/count.js";

/** What every trial may use: the same of one of these. */
export type Budget = { tokens: number } | { flops: number };

const kinds = ["tokens", "flops"] as const;
const suffixes: Record<string, number> = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };

/** `"tokens=2M"` or `{ tokens: 2e6 }`. @throws ConfigError for anything else. */
export function parseBudget(given: string | object): Budget {
  const refuse = () => {
    const got = typeof given === "string" ? show(given) : JSON.stringify(given);
    return new ConfigError(`budget must be like tokens=2M or flops=1e15: got ${got}`);
  };
  const entries = typeof given === "string" ? [given.split("=")] : Object.entries(given);
  const [kind, amount] = entries[0] ?? [];
  if (entries.length !== 1 || entries[0]!.length !== 2 || !(kinds as readonly unknown[]).includes(kind)) throw refuse();
  const [, number, suffix] = /^(.*?)([kMGTP]?)$/.exec(String(amount))!;
  const value = number === "" ? Number.NaN : Number(number) * suffixes[suffix!]!;
  if (!(Number.isFinite(value) && value > 0)) throw refuse();
  return { [kind as "tokens"]: value };
}

/** Tokens in a step: `B · gradAccum · T`. */
export function tokensPerStep(model: ModelConfig, { batchSize, gradAccum }: TrainingConfig): number {
  return batchSize * gradAccum * model.contextLength;
}

/**
 * The most whole steps that a budget of tokens or of floating-point operations allows.
 *
 * @throws ConfigError if it is less than one.
 */
export function stepsOfBudget(budget: Budget, model: ModelConfig, training: TrainingConfig): number {
  const [kind, has] = Object.entries(budget)[0]!;
  const cost = tokensPerStep(model, training) * (kind === "flops" ? trainingFlopsPerToken(model) : 1);
  const steps = Math.floor(has / cost);
  if (steps >= 1) return steps;
  throw new ConfigError(`budget must allow a step, which takes ${cost} ${kind}: got ${has}`);
}
