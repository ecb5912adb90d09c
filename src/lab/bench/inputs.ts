import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelConfig } from "../../config/model.js";
import { Random } from "../../core/random.js";
import type { Batch } from "../../dataset/sampler.js";
import type { VariableValues } from "../../model/variables.js";
import { weightShapes } from "../../model/weightShapes.js";
import type { BenchShape } from "./shapes.js";

/** Batches that training goes round and round. */
const batchCount = 8;

/** Tokens that a contestant of `decode` writes after one given token, always taking the likeliest. */
export const newTokens = 200;

/** The optimizer's settings and a text's length, the same for every contestant. */
const work = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clip: 1,
  newTokens,
};

/** The content of `inputs.json`, which says what the numbers in `weights.bin` and `batches.bin` are. */
export interface BenchInputs {
  model: ModelConfig;
  batchSize: number;
  batchCount: number;
  weights: { name: string; shape: number[] }[];
  work: typeof work;
}

/**
 * Writes what contestants of `shape` start from, the same at every run: `weights.bin`, float32 numbers in the order of
 * `inputs.json`, drawn as heed draws initial weights; and `batches.bin`, int32 ids `[batchCount, B, T + 1]` that
 * follow Zipf's law (the chance of id i is log((i + 2) / (i + 1)) / log(V + 1)), so that there is something to learn.
 */
export function writeInputs(folder: string, { model, batchSize }: BenchShape): void {
  const weights = [...weightShapes(model)].map(([name, shape]) => ({ name, shape }));
  const numbers = weights.map(({ name, shape }) => initialWeight(name, shape, model.numLayers));
  const random = new Random(1337, "batches");
  const ids = Int32Array.from(
    { length: batchCount * batchSize * (model.contextLength + 1) },
    () => Math.floor((model.vocabSize + 1) ** random.uniform01()) - 1,
  );
  const inputs: BenchInputs = { model, batchSize, batchCount, weights, work };
  writeFileSync(join(folder, "weights.bin"), Buffer.concat(numbers.map(bytes)));
  writeFileSync(join(folder, "batches.bin"), bytes(ids));
  writeFileSync(join(folder, "inputs.json"), JSON.stringify(inputs));
}

function initialWeight(name: string, shape: number[], numLayers: number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (name.endsWith(".gain")) return values.fill(1);
  if (name.endsWith(".bias")) return values;
  const residual = /\.(attention\.output|feedForward\.down)\./.test(name);
  const stddev = residual ? 0.02 / Math.sqrt(2 * numLayers) : 0.02;
  const random = new Random(1337, name);
  return values.map(() => stddev * random.nextNormal());
}

/** What {@link writeInputs} wrote. */
export function readInputs(folder: string): { inputs: BenchInputs; weights: VariableValues; batches: Batch[] } {
  const inputs: BenchInputs = JSON.parse(readFileSync(join(folder, "inputs.json"), "utf8"));
  const numbers = new Float32Array(words(readFileSync(join(folder, "weights.bin"))));
  const ids = new Int32Array(words(readFileSync(join(folder, "batches.bin"))));
  let at = 0;
  const entries = inputs.weights.map(({ name, shape }) => {
    const start = at;
    at += sizeOf(shape);
    const data = numbers.subarray(start, at);
    return [name, { shape, data }] as const;
  });
  const batches = Array.from({ length: inputs.batchCount }, (_, i) => batchOf(ids, inputs, i));
  return { inputs, weights: new Map(entries), batches };
}

function batchOf(ids: Int32Array, { batchSize, model: { contextLength } }: BenchInputs, index: number): Batch {
  const batch: Batch = {
    inputs: new Int32Array(batchSize * contextLength),
    targets: new Int32Array(batchSize * contextLength),
  };
  for (let row = 0; row < batchSize; row++) {
    const start = (index * batchSize + row) * (contextLength + 1);
    batch.inputs.set(ids.subarray(start, start + contextLength), row * contextLength);
    batch.targets.set(ids.subarray(start + 1, start + 1 + contextLength), row * contextLength);
  }
  return batch;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

/** The bytes of a file as an ArrayBuffer of their own, which typed arrays need to be aligned. */
const words = (file: Buffer): ArrayBuffer =>
  file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
