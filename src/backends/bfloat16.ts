import { readFileSync } from "node:fs";
import { ConfigError } from "../core/errors.js";
import { capabilities } from "./capabilities.js";

/** Instructions that multiply bfloat16 matrices; without them TensorFlow is slower in bfloat16 than in float32. */
const instructions = ["avx512_bf16", "amx_bf16"];

/** Why this processor is not faster with bfloat16; undefined where it is. */
export function processorProblem(cpuinfo = readCpuinfo()): string | undefined {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(" ") ?? [];
  return instructions.some((name) => flags.includes(name)) ? undefined : "this one has neither";
}

/** @throws ConfigError if the backend in use, or this processor, is not faster with bfloat16. */
export function requireBfloat16(problem = capabilities().bfloat16Problem): void {
  if (problem === undefined) return;
  const rule = "precision bfloat16 needs the native backend and a processor with avx512_bf16 or amx_bf16";
  throw new ConfigError(`${rule}: ${problem} (use --precision float32)`);
}

/** What Linux says of the processor; nothing elsewhere. */
function readCpuinfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}
