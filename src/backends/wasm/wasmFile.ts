import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readRegularFile } from "../../core/files.js";

/** The folder of tfjs's .wasm files. */
export function wasmFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
}

/** The WebAssembly that pages run: with SIMD, which every browser has had since 2023, and without threads. */
export function wasmFile(): Buffer {
  return readRegularFile(join(wasmFolder(), "tfjs-backend-wasm-simd.wasm"));
}

/** Parts of tfjs that a page does without, 0.5 MB, each by what stands in for it: tfjs reports its version. */
export const leftOutOfPages = new Map(
  ["backend-webgl", "converter", "data"].map((part) => [
    `@tensorflow/tfjs-${part}`,
    `export const version_${part.split("-").at(-1)} = "left out";`,
  ]),
);
