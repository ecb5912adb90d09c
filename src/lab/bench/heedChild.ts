/** Run in a child process by the bench: heed as a contestant. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";
import { batchParts } from "../../backends/capabilities.js";
import { type BackendChoice, useBackend } from "../../backends/choose.js";
import { compile } from "../../compile/compile.js";
import { trainingConfig } from "../../config/training.js";
import { Decoder } from "../../generation/decoder.js";
import { generateText } from "../../generation/generateText.js";
import { Transformer } from "../../model/transformer.js";
import { CharTokenizer } from "../../tokenizers/char.js";
import { TrainingStep } from "../../training/step.js";
import { answerMark, type LoadAnswer, type LoadRequest, type RunAnswer, type RunRequest } from "./childProtocol.js";
import { readInputs } from "./inputs.js";

/** Does it once; what {@link RunAnswer.values} gets of it. */
type ChildTask = () => number[] | Promise<number[]>;

function training({ folder, variant }: LoadRequest): ChildTask {
  const { inputs, weights, batches } = readInputs(folder);
  const model = new Transformer(inputs.model);
  model.load(weights);
  const { batchSize, work } = inputs;
  const { epsilon, newTokens, ...optimizer } = work; // AdamW's epsilon is always 1e-8
  const step = new TrainingStep(
    model,
    trainingConfig({ ...optimizer, batchSize, precision: variant.bfloat16 ? "bfloat16" : "float32" }),
    { compiled: variant.compiled === true },
  );
  let done = 0;
  return () => {
    const batch = batches[done % batches.length]!;
    return [step.run([batch], ++done, work.learningRate).loss];
  };
}

function decoding({ folder, variant }: LoadRequest): ChildTask {
  const { inputs, weights } = readInputs(folder);
  const model = new Transformer(inputs.model);
  model.load(weights);
  const characters = Array.from({ length: inputs.model.vocabSize }, (_, id) => String.fromCodePoint(0x4e00 + id));
  const tokenizer = new CharTokenizer(characters);
  const decoder = new Decoder(model, {
    compiled: variant.compiled === true,
    inGraph: variant.one ? false : undefined,
    xla: variant.xla === true,
  });
  return async () => {
    let text = "";
    const options = { prompt: characters[0], maxNewTokens: inputs.work.newTokens, temperature: 0, decoder };
    for await (const piece of generateText(model, tokenizer, options)) text += piece;
    return [...tokenizer.encode(text)];
  };
}

/** A product of two square matrices, in parts side by side, as heed works on a batch. */
function product({ productSize }: LoadRequest): ChildTask {
  const random = (rows: number, seed: number) => tf.randomUniform([rows, productSize], 0, 1, "float32", seed);
  const parts = batchParts(productSize).map((rows, i) => [`part${i}`, random(rows, i)] as const);
  const multiply = compile(({ right, ...left }: Record<string, tf.Tensor>) => {
    return Object.fromEntries(Object.entries(left).map(([name, part]) => [name, tf.matMul(part, right!)]));
  });
  const inputs = { right: random(productSize, parts.length), ...Object.fromEntries(parts) };
  return () => {
    tf.tidy(() => {
      for (const result of Object.values(multiply(inputs))) result.slice([0, 0], [1, 1]).dataSync();
    });
    return [];
  };
}

async function run(task: LoadRequest["task"], work: ChildTask, { count }: RunRequest): Promise<RunAnswer> {
  const milliseconds: number[] = [];
  let values: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const result = await work();
    milliseconds.push(performance.now() - start);
    values = task === "train" ? [...values, ...result] : result;
  }
  const { user, system } = process.cpuUsage(before);
  const memoryBytes = process.memoryUsage.rss();
  return { milliseconds, values, cpuMilliseconds: (user + system) / 1000, memoryBytes, peakBytes: peakMemory() };
}

/** The most memory that this process held, in bytes. Linux counts what the parent held in `maxRSS`, but not in VmHWM. */
function peakMemory(): number {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))![1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}

async function load(request: LoadRequest): Promise<{ work: ChildTask; answer: LoadAnswer }> {
  const { reason } = await useBackend(request.variant.backend as BackendChoice);
  const library = /TensorFlow [\d.]+/.exec(reason)?.[0].split(" ");
  const versions = { Node: process.versions.node, "TensorFlow.js": tf.version_core };
  return {
    work: { train: training, decode: decoding, product }[request.task](request),
    answer: { versions: library ? { ...versions, [library[0]!]: library[1]! } : versions },
  };
}

let loaded: { task: LoadRequest["task"]; work: ChildTask } | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  let answer: LoadAnswer | RunAnswer | { error: string };
  try {
    const request = JSON.parse(line);
    if (loaded) answer = await run(loaded.task, loaded.work, request);
    else {
      const ready = await load(request);
      loaded = { task: request.task, work: ready.work };
      answer = ready.answer;
    }
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  process.stdout.write(`${answerMark}${JSON.stringify(answer)}\n`);
}
