import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { type TrainListeners, train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import { folderOf } from "../dataset/files.js";

vi.mock("../../src/compile/compile.js", async (original) => {
  const module = await original<typeof import("../../src/compile/compile.js")>();
  return { ...module, compile: vi.fn(module.compile) };
});

let folder: string;
let out: string;
let text: string;
beforeEach(() => {
  folder = folderOf({ "text.txt": "The cat sat on the mat. ".repeat(40) });
  out = join(folder, "run");
  text = join(folder, "text.txt");
});

/** As if the latest checkpoint was the best, with this loss. */
function writeBest(valLoss: number): void {
  const checkpoint = join(out, readFileSync(join(out, "latest"), "utf8").trim());
  const path = join(checkpoint, "trainer_state.json");
  const state = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...state, best: { step: state.step, valLoss } }));
  rmSync(join(checkpoint, "manifest.json")); // it has the old hash
}

function begin(options: Partial<TrainOptions> = {}, listeners?: TrainListeners) {
  const model = { numLayers: 1, hiddenDim: 4, numHeads: 2, contextLength: 4, positions: "none" } as const;
  const training = { batchSize: 2, steps: 2, evalEvery: 0, saveEvery: 1 };
  return train(
    { backend: "cpu", data: [text], model, ...options, out, training: { ...training, ...options.training } },
    listeners,
  );
}
const resume = (options: Partial<TrainOptions> = {}) =>
  train({ out, resume: true, ...options, training: { steps: 3 } });
const record = () => JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was refused",
    (error: Error & { exitCode?: number }) => `${error.name} (${error.exitCode}): ${error.message}`,
  );

describe("a resumed run", () => {
  it("is compiled if it was, and only then", async () => {
    await begin({ compiled: false });
    vi.mocked(compile).mockClear();
    await resume();
    expect(compile).not.toHaveBeenCalled();
    await begin({ overwrite: true });
    vi.mocked(compile).mockClear();
    await resume();
    expect(compile).toHaveBeenCalled();
  });

  it("refuses to be compiled otherwise than it was", async () => {
    await begin({ compiled: false });
    expect(await messageOf(resume({ compiled: true, xla: "on" }))).toBe(
      "ConfigError (2): resume must keep the run's settings:\n" +
        "  compiled: false in the run, true asked for\n" +
        "  xla: auto in the run, on asked for\n" +
        "(leave these flags out, or start a new run with another --out)",
    );
    await resume({ compiled: false, xla: "auto" });
  });

  it("whose text has moved names the option that says where it is, and keeps the new place", async () => {
    await begin();
    const moved = join(folder, "moved.txt");
    renameSync(text, moved);
    expect(await messageOf(resume())).toBe(
      `DataError (2): data must name the texts that the run began with: got ${text}, which is not there ` +
        "(give the same texts where they are now, with data)",
    );
    await resume({ data: [moved] });
    expect(record().data).toEqual([moved]);
    expect(record().files[0].path).toBe(moved);
    await train({ out, resume: true, training: { steps: 4 } });
  });

  it("measures its best loss afresh on other windows", async () => {
    await begin({ training: { evalEvery: 1, evalBatches: 20 } });
    const best = async (evalBatches: number, steps: number) =>
      (await train({ out, resume: true, training: { steps, evalBatches, evalEvery: 1 } })).state.best;
    writeBest(0.001);
    expect((await best(20, 3))!.valLoss).toBe(0.001);
    expect((await best(2, 4))!.valLoss).toBeGreaterThan(0.1);
  });

  it("keeps the normal form of its tokenizer, and refuses another", async () => {
    const tokenizer = join(folder, "tokenizer.json");
    await begin({ normalize: "NFC" });
    writeFileSync(tokenizer, readFileSync(join(out, "checkpoint-2", "tokenizer.json")));
    await begin({ tokenizer, overwrite: true });
    await resume({ normalize: "NFC" });
    expect(await messageOf(resume({ normalize: "none" }))).toContain("normalize: NFC in the run, none asked for");
  });

  it("refuses another text in the place of its own", async () => {
    await begin();
    writeFileSync(join(folder, "other.txt"), "The mat sat on the cat. ".repeat(40));
    expect(await messageOf(resume({ data: [join(folder, "other.txt")] }))).toBe(
      `DataError (2): ${join(folder, "other.txt")} must be the text that the run began with: its hash is another ` +
        "(put it back, or start a new run)",
    );
    expect(record().data).toEqual([text]);
  });

  it("refuses a state of its trainer that is none", async () => {
    await begin();
    const path = join(out, "checkpoint-2", "trainer_state.json");
    rmSync(join(out, "checkpoint-2", "manifest.json"));
    const state = JSON.parse(readFileSync(path, "utf8"));
    for (const [changes, rule] of [
      [{ tokens: "16" }, 'tokens must be a whole number of at least 0: got "16"'],
      [{ best: { step: 1 } }, "best.valLoss must be a number: got undefined"],
    ] as const) {
      writeFileSync(path, JSON.stringify({ ...state, ...changes }));
      expect(await messageOf(resume())).toBe(`CheckpointError (2): ${path}: ${rule}`);
    }
  });

  it("refuses a run.json that says too little", async () => {
    await begin();
    writeFileSync(join(out, "run.json"), JSON.stringify({ ...record(), training: null }));
    expect(await messageOf(resume())).toBe(
      `CheckpointError (2): ${join(out, "run.json")}: training must be an object: got null`,
    );
    expect(existsSync(join(out, "lock"))).toBe(false);
  });
});

describe("a run folder that goes while the run trains", () => {
  const gone = () =>
    `TrainingError (1): ${out} must stay while the run trains: it was deleted, replaced or taken over by another ` +
    "process (what it holds now was left alone)";

  it("ends the run, and nothing is made again", async () => {
    const onStep = () => rmSync(out, { recursive: true, force: true });
    expect(await messageOf(begin({}, { onStep }))).toBe(gone());
    expect(existsSync(out)).toBe(false);
  });

  it("ends the run also where another has taken its place, which stays as it is", async () => {
    const onStart = () => {
      renameSync(out, `${out}-moved`);
      mkdirSync(out);
      writeFileSync(join(out, "mine.txt"), "");
    };
    expect(await messageOf(begin({}, { onStart }))).toBe(gone());
    expect(readdirSync(out)).toEqual(["mine.txt"]);
  });
});

it.skipIf(!existsSync("/dev/full"))(
  "metrics that a full disk can't take end the run with the file and the cause",
  async () => {
    const onStart = () => symlinkSync("/dev/full", join(out, "metrics.jsonl"));
    expect(await messageOf(begin({}, { onStart }))).toBe(
      `FileError (1): ${join(out, "metrics.jsonl")} can't be written: the disk is full`,
    );
    expect(readdirSync(out).sort()).toEqual(["metrics.jsonl", "run.json"]);
    expect(() => appendFileSync("/dev/full", "x")).toThrow("ENOSPC");
  },
);
