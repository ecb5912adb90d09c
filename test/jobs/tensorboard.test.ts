import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import { type MetricsLine, readMetrics } from "../../src/runs/metrics.js";
import { folderOf } from "../dataset/files.js";
import { fixture } from "../runs/checkpoint/support.js";
import { curve, eventFiles, eventsOfRun } from "../support/events.js";

/** A curve of TensorBoard's and the field of metrics.jsonl that it shows. */
const fields = {
  "loss/train": "trainLoss",
  "loss/validation": "valLoss",
  "optimizer/learning_rate": "learningRate",
  "optimizer/gradient_norm": "gradNorm",
  "speed/tokens_per_second": "tokensPerSecond",
};

let folder: string;
let out: string;
beforeEach(() => {
  folder = folderOf({ "text.txt": "The cat sat on the mat. ".repeat(40) });
  out = join(folder, "run");
});

function run(options: Partial<TrainOptions>, listeners: Parameters<typeof train>[1] = {}) {
  const model = { numLayers: 1, hiddenDim: 4, numHeads: 2, contextLength: 4, positions: "none" } as const;
  const training = { batchSize: 2, steps: 40, evalEvery: 15, evalBatches: 1, saveEvery: 20, ...options.training };
  const begin = options.resume ? { training: options.training } : { data: [join(folder, "text.txt")], model, training };
  return train({ backend: "cpu", ...options, out, ...begin }, listeners);
}

/** As if the process was killed after `step`, which is not saved. */
const killedAfter = (step: number) => ({
  onStep: (progress: { step: number }) => {
    if (progress.step === step) throw new Error("killed");
  },
});

/** The curves that metrics.jsonl has, in float32 as TensorBoard keeps them. */
function expectedCurves(): Record<string, [number, number][]> {
  const points = (field: string) =>
    readMetrics(out).flatMap((line): [number, number][] => {
      const value = line[field as keyof MetricsLine];
      return value === undefined ? [] : [[line.step, Math.fround(value)]];
    });
  return Object.fromEntries(Object.entries(fields).map(([tag, field]) => [tag, points(field)]));
}

function curves(): Record<string, [number, number][]> {
  const events = eventsOfRun(out);
  return Object.fromEntries(Object.keys(fields).map((tag) => [tag, curve(events, tag)]));
}

describe("a run with tensorboard", () => {
  it("has events of all that metrics.jsonl says, of its samples, and of its settings", async () => {
    const samples: unknown[] = [];
    await run(
      { tensorboard: true, training: { sampleEvery: 20 } },
      { onSample: (step, text) => samples.push([step, text.replace(/\s/g, "")]) },
    );
    const found = curves();
    expect(found).toEqual(expectedCurves());
    expect(found["loss/train"]!.map(([step]) => step)).toEqual([1, 10, 15, 20, 30, 40]);
    expect(found["loss/validation"]!.map(([step]) => step)).toEqual([15, 30, 40]);
    const events = eventsOfRun(out);
    const texts = events.flatMap(({ step, values }) =>
      values.flatMap(({ text }) => (text?.startsWith(" ") ? [[step, text.replace(/\s/g, "")]] : [])),
    );
    expect(samples).toHaveLength(2);
    expect(texts).toEqual(samples);
    const content = (part: string) =>
      events.flatMap(({ values }) => values).find(({ tag }) => tag === `_hparams_/session_${part}_info`)!.content;
    for (const name of ["numHeads", "learningRate", "batchSize", "tokenizer", "backend", "seed"])
      expect(String(content("start"))).toContain(name);
    expect(String(content("start"))).not.toMatch(/evalEvery|evalBatches|saveEvery|sampleEvery/);
    expect(content("end")).toBeDefined();
  });

  it("goes on with them when it is resumed, without what was rewound", async () => {
    await expect(run({ tensorboard: true }, killedAfter(36))).rejects.toThrow("killed");
    expect(curves()["loss/train"]!.map(([step]) => step)).toEqual([1, 10, 15, 20, 30]);
    appendFileSync(eventFiles(out)[0]!, "half an ev");
    await run({ resume: true, training: { steps: 50 } });
    expect(curves()).toEqual(expectedCurves());
    expect(curves()["loss/train"]!.map(([step]) => step)).toEqual([1, 10, 15, 20, 30, 40, 45, 50]);
    expect(eventFiles(out)).toHaveLength(2);
    await run({ resume: true, tensorboard: false, training: { steps: 60 } });
    await run({ resume: true, training: { steps: 70 } });
    expect(eventFiles(out)).toHaveLength(2);
  });

  it("deletes those of the run that it overwrites", async () => {
    await run({ tensorboard: true, training: { steps: 2 } });
    const [first] = eventFiles(out);
    await run({ overwrite: true, tensorboard: true, training: { steps: 1 } });
    expect(eventFiles(out)).toHaveLength(1);
    expect(curves()["loss/train"]).toHaveLength(1);
    await run({ overwrite: true, training: { steps: 1 } });
    expect(readdirSync(out).filter((name) => name.includes("tfevents"))).toEqual([]);
    expect(first).toContain("tfevents");
  });
});

it("a run without tensorboard has no events, until it goes on with it", async () => {
  await run({});
  expect(eventFiles(out)).toEqual([]);
  await run({ resume: true, tensorboard: true, training: { steps: 50 } });
  expect(curves()).toEqual(expectedCurves());
  expect(curves()["loss/train"]).toHaveLength(8);
});

const hasTensorBoard = spawnSync("python3", ["-c", "import tensorboard"]).status === 0;

it.runIf(hasTensorBoard)(
  "TensorBoard itself reads what metrics.jsonl says, after a kill and a resume, too",
  async () => {
    await expect(run({ tensorboard: true }, killedAfter(36))).rejects.toThrow("killed");
    appendFileSync(eventFiles(out)[0]!, "half an ev");
    const read = () => JSON.parse(execFileSync("python3", [fixture("tensorboard/read.py"), out], { encoding: "utf8" }));
    expect(read().scalars["loss/train"].map(([step]: number[]) => step)).toEqual([1, 10, 15, 20, 30]);
    await run({ resume: true, training: { sampleEvery: 40 } });
    const { scalars, texts, settings } = read();
    expect(scalars).toEqual(expectedCurves());
    expect(texts.sample).toEqual([[40, expect.stringMatching(/^ {4}/)]]);
    expect(settings).toMatchObject({ numHeads: 2, learningRate: 0.004, tokenizer: "char", bias: true });
  },
);
