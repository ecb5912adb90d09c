import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { run } from "../../../src/backends/setup/run.js";
import { modelConfig } from "../../../src/config/model.js";
import { trainingConfig } from "../../../src/config/training.js";
import { packageRoot } from "../../../src/core/packageRoot.js";
import { BenchChild } from "../../../src/lab/bench/child.js";
import type { LoadAnswer, RunAnswer } from "../../../src/lab/bench/childProtocol.js";
import { commandOf, contestants } from "../../../src/lab/bench/contestants.js";
import { readInputs, writeInputs } from "../../../src/lab/bench/inputs.js";
import { Transformer } from "../../../src/model/transformer.js";
import { TrainingStep } from "../../../src/training/step.js";

const folder = mkdtempSync(join(tmpdir(), "heed-bench-test-"));
const shape = {
  name: "tiny",
  batchSize: 2,
  model: modelConfig({ numLayers: 1, numHeads: 2, hiddenDim: 8, contextLength: 6, vocabSize: 11 }),
};
writeInputs(folder, shape);
afterAll(() => rmSync(folder, { recursive: true }));

const children: BenchChild[] = [];
afterEach(() => Promise.all(children.splice(0).map((child) => child.close())));

function start(command: string, ...args: string[]): BenchChild {
  const child = new BenchChild({ command, args });
  children.push(child);
  return child;
}

const program = (text: string) => start(process.execPath, "-e", text);

it("writes the same inputs every time: weights as heed draws them, ids by Zipf's law", () => {
  const { inputs, weights, batches } = readInputs(folder);
  expect(inputs.model).toEqual(shape.model);
  expect([...weights.get("finalNorm.gain")!.data]).toEqual(new Array(8).fill(1));
  expect([...weights.get("blocks.0.attention.qkv.bias")!.data]).toEqual(new Array(24).fill(0));
  const up = weights.get("blocks.0.feedForward.up.weight")!;
  expect(up.shape).toEqual([8, 32]);
  const rms = (data: Float32Array) => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
  expect(rms(up.data)).toBeCloseTo(0.02, 2);
  expect(rms(weights.get("blocks.0.feedForward.down.weight")!.data)).toBeCloseTo(0.02 / Math.SQRT2, 2);
  const first = batches[0]!;
  expect(first.inputs.slice(1, 6)).toEqual(first.targets.slice(0, 5)); // a target is the next input
  expect(first.inputs.slice(7, 12)).toEqual(first.targets.slice(6, 11));
  const ids = batches.flatMap(({ inputs }) => [...inputs]);
  expect(Math.min(...ids)).toBe(0);
  expect(Math.max(...ids)).toBeLessThan(11);
  const zeros = ids.filter((id) => id === 0).length / ids.length; // expected log(2) / log(12) = 0.279
  expect(Math.abs(zeros - 0.279)).toBeLessThan(0.15);
});

it("trains in a child process to the losses of a TrainingStep here", async () => {
  const cpu = contestants.find(({ name }) => name === "heed-cpu")!;
  const child = new BenchChild(commandOf(cpu, 1, undefined));
  children.push(child);
  const request = { task: "train", folder, threads: 1, productSize: 0, variant: cpu.variant };
  const { versions } = await child.ask<LoadAnswer>(request);
  expect(versions).toEqual({ Node: process.versions.node, "TensorFlow.js": "4.22.0" });
  const first = await child.ask<RunAnswer>({ count: 1 });
  const others = await child.ask<RunAnswer>({ count: 9 });
  expect(others.milliseconds.length).toBe(9);
  expect(Math.min(...others.milliseconds)).toBeGreaterThan(0);
  expect(others.cpuMilliseconds).toBeGreaterThan(0);
  expect(others.peakBytes).toBeGreaterThanOrEqual(0.9 * others.memoryBytes);
  expect(others.memoryBytes).toBeGreaterThan(2e7);

  await useBackend("cpu");
  const { inputs, weights, batches } = readInputs(folder);
  const model = new Transformer(inputs.model);
  model.load(weights);
  const config = trainingConfig({ learningRate: 1e-3, beta2: 0.99, weightDecay: 0.1, clip: 1 });
  const step = new TrainingStep(model, config, { compiled: false });
  const losses = Array.from({ length: 10 }, (_, i) => step.run([batches[i % 8]!], i + 1, 1e-3).loss);
  expect([...first.values, ...others.values]).toEqual(losses);
  step.dispose();
  model.dispose();
});

it("hands on the error that a contestant answers, and goes on", async () => {
  const child = program(`process.stdin.on("data", (line) => {
    console.log("a library says something");
    console.log("bench> " + (JSON.parse(line).fails ? '{"error":"it is too hot"}' : '{"fine":1}'));
  })`);
  await expect(child.ask({ fails: true })).rejects.toThrow("it is too hot");
  expect(await child.ask({ fails: false })).toEqual({ fine: 1 });
});

it("says how a contestant ended, with its last complaint", async () => {
  const child = program(
    `process.stdin.on("data", () => { console.error("early\\nno more memory"); process.exit(3); })`,
  );
  await expect(child.ask({})).rejects.toThrow(/^it ended with exit code 3: no more memory$/);
  await expect(child.ask({})).rejects.toThrow(/^it ended with exit code 3: no more memory$/);
});

it("gives up on a contestant that does not answer, and on one that does not start", async () => {
  await expect(program("setInterval(() => {}, 1000)").ask({}, { limit: 0.2 })).rejects.toThrow(/^no answer in 0.2 s$/);
  await expect(start("no-such-program").ask({})).rejects.toThrow(/^no-such-program does not start: not found$/);
});

const hasPython = (await run("python3", ["--version"], { limit: 20 })).ok;

it.skipIf(!hasPython)("speaks the same protocol in Python, which reads the same inputs", async () => {
  const child = start(
    "python3",
    "-c",
    `
import array, sys
sys.path.insert(0, ${JSON.stringify(join(packageRoot, "scripts", "bench"))})
from peer import Inputs, serve
print("a library says something")
class Numbers(array.array):
    def __getitem__(self, key): return Numbers("f", super().__getitem__(key))
    def reshape(self, shape): return self
def load(request):
    inputs = Inputs(request["folder"])
    numbers = Numbers("f", bytes(inputs.weight_bytes))
    weights = inputs.cut_weights(numbers)
    ids = array.array("i", bytes(inputs.batch_bytes))
    done = iter([sum(weights["finalNorm.gain"]), sum(ids), list(inputs.batch_shape)[2]])
    return dict(Library="1.2"), lambda: [next(done)]
serve(load)
`,
  );
  const { batches } = readInputs(folder);
  const { versions } = await child.ask<LoadAnswer>({ task: "train", folder });
  expect(versions).toEqual({ Python: expect.stringMatching(/^3\./), Library: "1.2" });
  const { values, milliseconds, memoryBytes, peakBytes } = await child.ask<RunAnswer>({ count: 3 });
  const sum = batches.reduce((total, { inputs, targets }) => total + add(inputs) + targets[5]! + targets[11]!, 0);
  expect(values).toEqual([8, sum, 7]);
  expect(milliseconds.length).toBe(3);
  expect(memoryBytes).toBeGreaterThan(1e6);
  expect(peakBytes).toBeGreaterThanOrEqual(memoryBytes);
  await expect(child.ask({ count: 1 })).rejects.toThrow(/^StopIteration: $/);
});

const add = (values: Int32Array): number => values.reduce((sum, x) => sum + x, 0);
