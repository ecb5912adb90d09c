import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type TrainListeners, train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import { folderOf } from "../dataset/files.js";

let folder: string;
let out: string;
beforeEach(() => {
  folder = folderOf({ "text.txt": "The cat sat on the mat. ".repeat(40) });
  out = join(folder, "run");
});

/** A run that saves after every step and validates after the last. */
function begin(options: Partial<TrainOptions> = {}, listeners?: TrainListeners) {
  const model = { numLayers: 1, hiddenDim: 4, numHeads: 2, contextLength: 4, positions: "none" } as const;
  const training = { batchSize: 2, steps: 6, evalEvery: 0, saveEvery: 1, ...options.training };
  return train({ backend: "cpu", data: [join(folder, "text.txt")], model, ...options, out, training }, listeners);
}

const checkpoints = () => readdirSync(out).filter((name) => name.startsWith("checkpoint-"));
const pointer = (name: string) => readFileSync(join(out, name), "utf8").trim();
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `checkpoint-${first + i}`).sort();

describe("keep", () => {
  it.each([
    [1, from(6, 6)],
    [2, from(5, 6)],
    [undefined, from(4, 6)],
    [5, from(2, 6)],
    [9, from(1, 6)],
  ])("%s leaves the latest checkpoints, as many", async (keep, left) => {
    await begin({ keep });
    expect(checkpoints().sort()).toEqual(left);
    expect(pointer("latest")).toBe("checkpoint-6");
  });

  it("leaves the best beside them, and counts anew when a resumed run asks for another number", async () => {
    // With so high a learning rate the loss jumps about: the best is not the last.
    await begin({ keep: 2, training: { steps: 8, evalEvery: 2, learningRate: 3, minLearningRate: 3, warmup: 0 } });
    const left = (first: number, last: number) => [...new Set([pointer("best"), ...from(first, last)])].sort();
    expect(from(7, 8)).not.toContain(pointer("best"));
    expect(checkpoints().sort()).toEqual(left(7, 8));
    await train({ out, resume: true, keep: 4, training: { steps: 10 } });
    expect(checkpoints().sort()).toEqual(left(7, 10));
    await train({ out, resume: true, training: { steps: 12 } });
    expect(checkpoints().sort()).toEqual(left(9, 12));
  });
});

describe("a run that time ends", () => {
  beforeEach(() => {
    now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  let now: number;

  const record = () => JSON.parse(readFileSync(join(out, "run.json"), "utf8"));

  /** Trains with steps of a second each; `stopAt` is interrupted after so many. */
  async function steps(options: Partial<TrainOptions>, stopAt?: number): Promise<number[]> {
    const stop = new AbortController();
    const rates: number[] = [];
    const onStep = ({ step, learningRate }: { step: number; learningRate: number }) => {
      now += 1000;
      rates.push(learningRate);
      if (step === stopAt) stop.abort();
    };
    const training = { steps: undefined, saveEvery: 0, ...options.training };
    const given = { ...options, training, signal: stop.signal };
    const ended = options.resume ? train({ ...given, out }, { onStep }) : begin(given, { onStep });
    await ended.catch((error: Error) => expect(error.message).toBe(`stopped after step ${stopAt}, which is saved`));
    return rates;
  }

  it("warms up within a tenth of it, and stays so when it is resumed", async () => {
    const rates = await steps({ seconds: 40 }, 3);
    expect(record()).toMatchObject({ seconds: 40, warmupShare: 0.1, training: { steps: 1e9, warmup: 100 } });
    rates.push(...(await steps({ resume: true })));
    // By steps, then by time: of a step, the seconds of the steps before the last are known.
    expect(rates.slice(0, 4)).toEqual([1e-5, 2e-5, 1e-3 / 4, 2e-3 / 4]);
    expect(Math.max(...rates)).toBeGreaterThan(9e-4);
    expect(record()).not.toHaveProperty("seconds");
    expect(record()).not.toHaveProperty("warmupShare");
    expect(record().training).toMatchObject({ steps: rates.length, warmup: 4 }); // what so many steps have by default
    expect(rates.length).toBeGreaterThan(39);
  });

  it("keeps the warm-up that was asked for", async () => {
    const rates = await steps({ seconds: 40, training: { warmup: 30 } });
    expect(rates[9]).toBeCloseTo(1e-2 / 30, 12);
    expect(record().training).toMatchObject({ steps: rates.length, warmup: 30 });
  });

  it("says so when it is resumed at its end", async () => {
    const { length } = await steps({ seconds: 5 });
    expect(await steps({ resume: true, seconds: 5 })).toEqual([]);
    expect(record()).not.toHaveProperty("seconds");
    expect(record().training.steps).toBe(length);
  });
});

it("keeps in run.json how the step was run, where that was asked for", async () => {
  const record = () => JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  await begin({ compiled: false, xla: "auto" });
  expect(record()).toMatchObject({ compiled: false, xla: "auto" });
  await train({ out, resume: true, training: { steps: 7 } });
  expect(record()).toMatchObject({ compiled: false, training: { steps: 7 } });
  await begin({ overwrite: true });
  expect(Object.keys(record())).not.toContain("compiled");
});

describe("the backend", () => {
  const reason = async (options: Partial<TrainOptions>) => {
    const said: string[] = [];
    const listeners: TrainListeners = { onStart: ({ backend }) => said.push(backend.reason) };
    await (options.resume ? train({ ...options, out }, listeners) : begin(options, listeners));
    return said.join();
  };

  it("is the one that the run was begun on, and is said to be, unless another is asked for", async () => {
    expect(await reason({})).toBe("cpu: asked for");
    expect(await reason({ resume: true })).toBe("cpu: the run was begun on it");
    expect(await reason({ resume: true, backend: "wasm" })).toBe("wasm: asked for");
    expect(await reason({ resume: true, backend: "cpu" })).toBe("cpu: asked for");
  });
});

it("goes on without a listener, and prints nothing", async () => {
  const written: unknown[] = [];
  const { stdout, stderr } = process;
  const real = [stdout.write, stderr.write] as const;
  stdout.write = stderr.write = ((text: unknown) => written.push(text) > 0) as typeof stdout.write;
  try {
    await begin({ training: { steps: 1 } });
  } finally {
    [stdout.write, stderr.write] = real;
  }
  expect(written).toEqual([]);
});
