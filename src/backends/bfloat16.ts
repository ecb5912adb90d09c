import { readFileSync } from "node:fs";
import { ConfigError } from "../core/errors.js";
import { nativeBackend } from "./native.js";

/** Instructions that multiply bfloat16 matrices; without them TensorFlow is slower in bfloat16 than in float32. */
const instructions = ["avx512_bf16", "amx_bf16"];

/** @throws ConfigError if the backend in use, or this processor, is not faster with bfloat16. */
export function requireBfloat16(cpuinfo = readCpuinfo()): void {
  const rule = "precision bfloat16 needs the native backend and a processor with avx512_bf16 or amx_bf16";
  const remedy = "(use --precision float32)";
  if (!nativeBackend()) throw new ConfigError(`${rule}: this is another backend ${remedy}`);
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(" ") ?? [];
  if (!instructions.some((name) => flags.includes(name))) {
    throw new ConfigError(`${rule}: this one has neither ${remedy}`);
  }
}

/** What Linux says of the processor; nothing elsewhere. */
function readCpuinfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}
