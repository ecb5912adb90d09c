import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { generate } from "../../src/jobs/generate.js";
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

it("refuses to go on with a run of an older version that was to end after a time", async () => {
  await begin({});
  const path = join(out, "run.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), seconds: 60 }));
  await expect(train({ out, resume: true, training: { steps: 9 } })).rejects.toThrow(
    `${path}: seconds must be absent, as a run ends after its steps and not after a time: got 60 ` +
      "(start a new run with --steps, or resume with the version of heed that began it)",
  );
});

describe("texts of a run", () => {
  const record = () => JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  const text = "The dog sat on the log. ".repeat(40);

  it("may be in memory: the run goes on when they are given again", async () => {
    await begin({ data: [{ text }], valData: [{ text: Buffer.from("The log sat on the dog.") }] });
    expect(record()).toMatchObject({ data: ["-"], valData: ["-"], reading: "each" });
    const on = { out, resume: true, training: { steps: 7 } };
    const again = (field: string) =>
      `${field} must name the texts that the run began with: got none, and a text of it was no file (give the same texts again, with ${field})`;
    await expect(train(on)).rejects.toThrow(again("data"));
    await expect(train({ ...on, data: [{ text }] })).rejects.toThrow(again("valData"));
    const valData = [{ text: "The log sat on the dog." }];
    await expect(train({ ...on, data: [{ text: `${text}The` }], valData })).rejects.toThrow(
      "- must be the text that the run began with: its hash is another",
    );
    expect((await train({ ...on, data: [{ text }], valData })).state.step).toBe(7);
  });

  it("are split as the run began: each text, or all joined in runs of an earlier heed", async () => {
    const data = ["a.txt", "b.txt"].map((name) => join(folder, name));
    writeFileSync(data[0]!, "The cat sat on it. ".repeat(9).slice(0, 155));
    writeFileSync(data[1]!, "The dog sat on it. ".repeat(9).slice(0, 165));
    const counts: object[] = [];
    const onStart: TrainListeners["onStart"] = ({ tokens }) => counts.push(tokens);
    await begin({ data }, { onStart });
    await train({ out, resume: true, training: { steps: 7 } }, { onStart });
    const { reading, ...before } = record();
    writeFileSync(join(out, "run.json"), JSON.stringify(before));
    await train({ out, resume: true, training: { steps: 8 } }, { onStart });
    // 155 * 0.9 = 139.5 and 165 * 0.9 = 148.5, or 320 * 0.9 = 288
    const [each, joined] = [
      { train: 139 + 148, validation: 33 },
      { train: 288, validation: 32 },
    ];
    expect(counts).toEqual([each, each, joined]);
  });

  it("are brought to NFC where that is asked for, and so are prompts", async () => {
    await begin({ data: [{ text: "café naïve ".repeat(40).normalize("NFD") }], normalize: "NFC" });
    expect(record()).toMatchObject({ normalize: "NFC" });
    const { normalizer } = JSON.parse(readFileSync(join(out, "checkpoint-6", "tokenizer.json"), "utf8"));
    expect(normalizer).toEqual({ type: "NFC" });
    for (const prompt of ["café".normalize("NFC"), "café".normalize("NFD")]) {
      expect(
        (await generate({ checkpoint: out, prompt, maxNewTokens: 2, backend: "cpu" })).answers[0]!.promptTokens,
      ).toBe(4);
    }
    const tokenizer = join(out, "checkpoint-6", "tokenizer.json");
    await expect(begin({ tokenizer, normalize: "none", overwrite: true })).rejects.toThrow(
      `normalize must be that of ${tokenizer}, NFC: got "none"`,
    );
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

describe("a run and its checkpoints", () => {
  const json = (...path: string[]) => JSON.parse(readFileSync(join(out, ...path), "utf8"));

  it("bear one id, which resuming keeps and another run does not have", async () => {
    await begin();
    const { id } = json("run.json");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(json("checkpoint-6", "manifest.json")).toMatchObject({ format: 1, run: id, step: 6 });
    await train({ out, resume: true, training: { steps: 7 } });
    expect([json("run.json").id, json("checkpoint-7", "manifest.json").run]).toEqual([id, id]);
    await begin({ overwrite: true });
    expect(json("run.json").id).not.toBe(id);
  });

  it("does not go on from a checkpoint of another run of the same shape", async () => {
    await begin({ training: { seed: 2 } });
    const other = join(folder, "other");
    const { id } = json("run.json");
    cpSync(join(out, "checkpoint-6"), other, { recursive: true });
    await begin({ overwrite: true });
    rmSync(join(out, "checkpoint-6"), { recursive: true });
    cpSync(other, join(out, "checkpoint-6"), { recursive: true });
    await expect(train({ out, resume: true, training: { steps: 7 } })).rejects.toThrow(
      `${join(out, "checkpoint-6")} must be of this run, ${json("run.json").id}: got one of ${id} ` +
        "(put the run's own checkpoint back, or delete this one to go on from an earlier one)",
    );
  });

  it("goes on without a manifest, and says so", async () => {
    await begin();
    rmSync(join(out, "checkpoint-6", "manifest.json"));
    const notes: string[] = [];
    const listeners: TrainListeners = { onStart: (start) => notes.push(...start.notes) };
    await train({ out, resume: true, training: { steps: 7 } }, listeners);
    expect(notes).toContain(
      `${join(out, "checkpoint-6")} has no manifest.json: nothing says whether its files are as they were saved`,
    );
  });
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
