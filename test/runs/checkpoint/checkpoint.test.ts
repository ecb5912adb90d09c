import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { weightShapes } from "../../../src/model/weightShapes.js";
import { loadCheckpoint, saveCheckpoint } from "../../../src/runs/checkpoint/checkpoint.js";
import { readSafetensors, writeSafetensors } from "../../../src/runs/checkpoint/safetensors.js";
import { content, distinct, plain, resume, tiny } from "./content.js";
import { messageOf, rewrite, temporaryFolder } from "./support.js";

const names = [
  "config.json",
  "generation_config.json",
  "manifest.json",
  "model.safetensors",
  "optimizer.safetensors",
  "tokenizer.json",
  "trainer_state.json",
];
const again = "(copy it again, or choose another checkpoint)";
const changed = (folder: string, names: string) =>
  `${folder}: ${names} must be as heed saved them, which manifest.json states: got other files, from another program or a copy that went wrong ` +
  "(--trust, or trust: true, uses them all the same; delete manifest.json if you changed them, else copy them again)";
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

function runWith(...steps: number[]): string {
  const run = temporaryFolder();
  for (const step of steps) saveCheckpoint(run, content(step));
  return run;
}

describe("saveCheckpoint", () => {
  it("writes a folder that holds everything, and names it", () => {
    const run = temporaryFolder();
    const folder = saveCheckpoint(run, content(500), { best: true });
    expect(folder).toBe(join(run, "checkpoint-500"));
    expect(readdirSync(run).sort()).toEqual(["best", "checkpoint-500", "latest"]);
    expect(readdirSync(folder).sort()).toEqual(names);
    expect([read(run, "latest"), read(run, "best")]).toEqual(["checkpoint-500\n", "checkpoint-500\n"]);
  });

  it("lists every file's size and SHA-256", () => {
    const folder = join(runWith(1), "checkpoint-1");
    const { files } = JSON.parse(read(folder, "manifest.json"));
    const expected = names
      .filter((name) => name !== "manifest.json")
      .map((name) => {
        const bytes = readFileSync(join(folder, name));
        return [name, { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }];
      });
    expect(files).toEqual(Object.fromEntries(expected));
  });

  it("gives back the same content, bit for bit", () => {
    const saved = content(7);
    saved.weights.get("tokens.weight")!.data.set([1e-45, -0, 3.4028234663852886e38]);
    const run = temporaryFolder();
    saveCheckpoint(run, saved);
    const loaded = loadCheckpoint(run, { resume });
    expect(plain(loaded.weights)).toEqual(plain(saved.weights));
    expect(plain(loaded.optimizer)).toEqual(plain(saved.optimizer!));
    expect(loaded).toMatchObject({
      folder: join(run, "checkpoint-7"),
      step: 7,
      config: tiny,
      tokenizer: saved.tokenizer,
      trainerState: saved.trainerState,
      generation: saved.generation,
    });
    expect("optimizer" in loadCheckpoint(run)).toBe(false);
  });

  it("keeps the newest, and those that best and latest name", () => {
    const run = temporaryFolder();
    const kept = (step: number, best: boolean) => {
      saveCheckpoint(run, content(step), { keep: 2, best });
      return readdirSync(run).filter((name) => name.startsWith("c"));
    };
    expect(kept(1, true)).toEqual(["checkpoint-1"]);
    expect(kept(2, false)).toEqual(["checkpoint-1", "checkpoint-2"]);
    expect(kept(3, false)).toEqual(["checkpoint-1", "checkpoint-2", "checkpoint-3"]);
    expect(kept(10, false)).toEqual(["checkpoint-1", "checkpoint-10", "checkpoint-3"]);
    expect(kept(11, true)).toEqual(["checkpoint-10", "checkpoint-11"]);
    // Resumed from an earlier one: step 5 is not among the two newest, but the latest.
    expect(kept(5, false)).toEqual(["checkpoint-10", "checkpoint-11", "checkpoint-5"]);
    expect([read(run, "latest"), read(run, "best")]).toEqual(["checkpoint-5\n", "checkpoint-11\n"]);
  });

  it("replaces a checkpoint of the same step", () => {
    const run = runWith(3);
    const other = { ...content(3), trainerState: { step: 3, other: true } };
    saveCheckpoint(run, other);
    expect(readdirSync(run).sort()).toEqual(["checkpoint-3", "latest"]);
    expect(loadCheckpoint(run, { resume }).trainerState).toEqual({ step: 3, other: true });
  });

  it("deletes what a killed process left unfinished, and nothing else", () => {
    const run = runWith(1);
    mkdirSync(join(run, ".heed-tmp-1", "deep"), { recursive: true });
    writeFileSync(join(run, ".heed-tmp-2"), "half");
    writeFileSync(join(run, "notes.txt"), "mine");
    mkdirSync(join(run, "checkpoint-mine"));
    saveCheckpoint(run, content(2), { keep: 1 });
    expect(readdirSync(run).sort()).toEqual(["checkpoint-2", "checkpoint-mine", "latest", "notes.txt"]);
  });

  it("refuses what does not fit the config, and leaves the run as it was", () => {
    const run = runWith(1);
    const refusal = (change: object) => messageOf(() => saveCheckpoint(run, { ...content(2), ...change }));
    const without = (from: ReadonlyMap<string, unknown>, name: string) =>
      new Map([...from].filter(([n]) => n !== name));
    const { weights } = content(2);
    const wrong = { shape: [4], data: new Float32Array(4) };
    expect(refusal({ weights: without(weights, "finalNorm.bias") })).toBe(
      'weights must hold "finalNorm.bias" of shape [4]: got [nothing]',
    );
    expect(refusal({ weights: new Map([...weights, ["positions.weight", wrong]]) })).toBe(
      'weights must hold "positions.weight" of shape [4, 4]: got [4]',
    );
    expect(refusal({ weights: new Map([...weights, ["output.weight", wrong]]) })).toBe(
      'weights must hold only what the config has: got "output.weight"',
    );
    expect(refusal({ trainerState: { deep: { bestLoss: Infinity } } })).toMatch(
      /trainer_state\.json must hold finite numbers only: "bestLoss" is Infinity$/,
    );
    expect(refusal({ step: 1.5 })).toBe("step must be a whole number from 0 to 999999999999999: got 1.5");
    expect(messageOf(() => saveCheckpoint(run, content(2), { keep: 0 }))).toBe(
      "keep must be a whole number of at least 1: got 0",
    );
    expect(readdirSync(run).sort()).toEqual(["checkpoint-1", "latest"]);
  });

  it("says why it can't write", () => {
    const run = temporaryFolder();
    writeFileSync(join(run, "file"), "");
    expect(messageOf(() => saveCheckpoint(join(run, "file"), content(1)))).toMatch(
      /file\/checkpoint-1 can't be saved: it already exists$/,
    );
  });
});

describe("a process killed between two renames", () => {
  it("leaves the checkpoint that was to be replaced: it loads, and the next save settles it", () => {
    const run = runWith(1, 2);
    renameSync(join(run, "checkpoint-2"), join(run, "checkpoint-2.replaced"));
    expect(loadCheckpoint(run).step).toBe(2);
    saveCheckpoint(run, content(3));
    expect(readdirSync(run).sort()).toEqual(["checkpoint-1", "checkpoint-2", "checkpoint-3", "latest"]);
  });

  it("leaves both: the new one loads, and the next save deletes the old", () => {
    const run = runWith(1, 2);
    renameSync(join(run, "checkpoint-2"), join(run, "checkpoint-2.replaced"));
    saveCheckpoint(run, { ...content(2), trainerState: { step: 2, new: true } });
    renameSync(join(run, "checkpoint-1"), join(run, "checkpoint-2.replaced"));
    expect(loadCheckpoint(run, { resume }).trainerState).toEqual({ step: 2, new: true });
    saveCheckpoint(run, content(3));
    expect(readdirSync(run).sort()).toEqual(["checkpoint-2", "checkpoint-3", "latest"]);
  });

  it("leaves a first checkpoint that nothing names: it loads", () => {
    const run = runWith(4);
    rmSync(join(run, "latest"));
    expect(loadCheckpoint(run).step).toBe(4);
  });
});

describe("loadCheckpoint", () => {
  it("takes a checkpoint, or the best or the latest of a run", () => {
    const run = runWith(1, 3);
    expect(loadCheckpoint(run).step).toBe(3); // no best: the latest
    writeFileSync(join(run, "best"), "checkpoint-1\n");
    expect(loadCheckpoint(run).step).toBe(1);
    expect(loadCheckpoint(run, { prefer: "latest" }).step).toBe(3);
    expect(loadCheckpoint(join(run, "checkpoint-3")).step).toBe(3);
  });

  it("refuses a path without a checkpoint", () => {
    const folder = temporaryFolder();
    const nowhere = join(folder, "nowhere");
    expect(messageOf(() => loadCheckpoint(nowhere))).toBe(
      `${nowhere} must be a run or a checkpoint: there is nothing of that name`,
    );
    expect(messageOf(() => loadCheckpoint(folder))).toBe(
      `${folder} must be a run or a checkpoint: it holds neither config.json nor checkpoints`,
    );
    writeFileSync(nowhere, "");
    expect(messageOf(() => loadCheckpoint(nowhere))).toBe(
      `${nowhere} must be the folder of a run or a checkpoint: got a file`,
    );
  });

  it.each([
    "../checkpoint-1",
    "checkpoint-1/../..",
    "checkpoint-01",
    "checkpoint-1.replaced",
    "",
    "checkpoint-1\nx",
    "/etc",
  ])("joins no path from a file that holds %j", (text) => {
    const run = runWith(1);
    writeFileSync(join(run, "best"), text);
    expect(messageOf(() => loadCheckpoint(run))).toBe(
      `${join(run, "best")} must name a checkpoint, like checkpoint-500: got ${JSON.stringify(text)} (write the name of one that is there)`,
    );
  });

  it("refuses a run whose checkpoint is gone, naming the others", () => {
    const run = runWith(1, 2, 3);
    rmSync(join(run, "checkpoint-3"), { recursive: true });
    expect(messageOf(() => loadCheckpoint(run))).toBe(
      `${run} must hold checkpoint-3, which it names: there are checkpoint-1, checkpoint-2 (name one of them)`,
    );
  });

  it("notices a file of another size or content, whichever it is", () => {
    for (const name of names.filter((n) => n !== "manifest.json")) {
      const run = runWith(1);
      const path = join(run, "checkpoint-1", name);
      const refusal = () => messageOf(() => loadCheckpoint(run, { resume }));
      const { size } = statSync(path);
      rewrite(path, (bytes) => {
        bytes[size - 3]! ^= 1;
        return bytes;
      });
      expect(refusal()).toBe(
        name.endsWith(".json") // whose end is no JSON any more
          ? `${path} is damaged: its SHA-256 is not the one in manifest.json ${again}`
          : changed(join(run, "checkpoint-1"), name),
      );
      truncateSync(path, size - 1);
      expect(refusal()).toBe(`${path} is damaged: it must have ${size} bytes: got ${size - 1} ${again}`);
      rmSync(path);
      expect(refusal()).toBe(`${join(run, "checkpoint-1")} must hold ${name}: it does not ${again}`);
    }
  });

  it("gives the same content or a refusal, whatever byte of the manifest is changed", () => {
    const run = runWith(1);
    const path = join(run, "checkpoint-1", "manifest.json");
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      writeFileSync(path, bytes);
      let read: ReturnType<typeof loadCheckpoint> | undefined;
      try {
        read = loadCheckpoint(run, { resume });
      } catch (error) {
        expect((error as Error).name, `byte ${at}`).toBe("CheckpointError");
      }
      if (read) expect(read.step, `byte ${at}`).toBe(1);
    }
  });

  it("refuses a manifest of another format or without hashes", () => {
    const run = runWith(1);
    const path = join(run, "checkpoint-1", "manifest.json");
    const refusal = (manifest: unknown) => {
      writeFileSync(path, JSON.stringify(manifest));
      return messageOf(() => loadCheckpoint(run));
    };
    expect(refusal({ format: 2, files: {} })).toBe(`${path}: format must be 1: got 2 (update heed)`);
    expect(refusal({ format: 1 })).toBe(`${path} is damaged: files must be an object ${again}`);
    expect(refusal({ format: 1, files: { "config.json": { bytes: 1, sha256: "A".repeat(64) } } })).toBe(
      `${path} is damaged: the entry of "config.json" must have bytes and sha256 ${again}`,
    );
    expect(refusal({ format: 1, files: {} })).toBe(
      `${join(run, "checkpoint-1")} must hold config.json: it does not ${again}`,
    );
    expect(refusal([])).toBe(`${path} is damaged: it must be a JSON object ${again}`);
  });

  it("names every file that another program wrote, and loads them when told to", () => {
    const run = runWith(1);
    const folder = join(run, "checkpoint-1");
    rewrite(join(folder, "config.json"), (bytes) => JSON.stringify(JSON.parse(String(bytes))));
    const weights = distinct(weightShapes(tiny), 5);
    const other = saveCheckpoint(temporaryFolder(), { ...content(1), weights });
    cpSync(join(other, "model.safetensors"), join(folder, "model.safetensors"));
    expect(messageOf(() => loadCheckpoint(run))).toBe(changed(folder, "config.json, model.safetensors"));
    const loaded = loadCheckpoint(run, { trust: true });
    expect(plain(loaded.weights)).toEqual(plain(weights));
    expect(loaded.notes).toEqual([`${folder} is trusted: its files are not compared with manifest.json`]);
    truncateSync(join(folder, "model.safetensors"), 500);
    expect(messageOf(() => loadCheckpoint(run, { trust: true }))).toContain(
      "model.safetensors is damaged: its header must take",
    );
  });

  it("says so where no manifest tells whether files are whole", () => {
    const run = runWith(1);
    expect(loadCheckpoint(run).notes).toEqual([]);
    const folder = join(run, "checkpoint-1");
    rmSync(join(folder, "manifest.json"));
    expect(loadCheckpoint(run).notes).toEqual([
      `${folder} has no manifest.json: nothing says whether its files are as they were saved`,
    ]);
  });

  it("says what is missing to resume from", () => {
    const run = temporaryFolder();
    const folder = saveCheckpoint(run, { ...content(1), optimizer: undefined, trainerState: undefined });
    expect(existsSync(join(folder, "optimizer.safetensors"))).toBe(false);
    expect(loadCheckpoint(run).step).toBe(1);
    expect(messageOf(() => loadCheckpoint(run, { resume }))).toBe(
      `${folder} must hold optimizer.safetensors and trainer_state.json to resume from: it does not (it still generates text)`,
    );
  });

  it("never reads a stale file of an unfinished checkpoint", () => {
    const run = runWith(1);
    const half = join(run, ".heed-tmp-checkpoint");
    renameSync(join(run, "checkpoint-1"), half);
    expect(messageOf(() => loadCheckpoint(run))).toBe(
      `${run} must hold checkpoint-1, which it names: there are none (name one of them)`,
    );
  });
});

describe("resuming", () => {
  const own = { ...resume, run: "run-a" };
  const save = (run: string, step: number, id: string | undefined = "run-a") =>
    saveCheckpoint(run, { ...content(step), run: id });
  /** The refusal to resume `run`, with its path left out. */
  const refusal = (run: string, resuming = own) =>
    messageOf(() => loadCheckpoint(run, { prefer: "latest", resume: resuming })).replaceAll(run, "RUN");
  const back = "(put the run's own checkpoint back, or delete this one to go on from an earlier one)";

  it("takes the run's own checkpoint, and says so where an id is lacking", () => {
    const run = temporaryFolder();
    save(run, 1);
    expect(loadCheckpoint(run, { resume: own }).notes).toEqual([]);
    const earlier = runWith(1); // of a heed that gave no id
    expect(loadCheckpoint(earlier, { resume }).notes).toEqual([
      `${join(earlier, "checkpoint-1")}: nothing says whether it is of this run, which an earlier heed began without an id`,
    ]);
  });

  it("refuses a checkpoint of another run, or of another model", () => {
    const run = temporaryFolder();
    save(run, 1, "run-b");
    expect(loadCheckpoint(run).step).toBe(1); // it still generates text
    expect(refusal(run)).toBe(`RUN/checkpoint-1 must be of this run, run-a: got one of run-b ${back}`);
    expect(refusal(run, resume as typeof own)).toBe(
      `RUN/checkpoint-1 must be of this run, which has no id: got one of run-b ${back}`,
    );
    expect(refusal(runWith(1))).toBe(
      `RUN/checkpoint-1 must be of this run, run-a: got one of a run without an id ${back}`,
    );
    const same = temporaryFolder();
    save(same, 1);
    expect(refusal(same, { ...own, config: { ...tiny, activation: "relu" } })).toBe(
      `RUN/checkpoint-1/config.json: activation must be as run.json says, "relu": got "gelu_new" ${back}`,
    );
  });

  it.each([true, false])("refuses files of several steps, with a manifest: %s", (hasManifest) => {
    const again = "(copy it again, or choose another checkpoint)";
    const from = temporaryFolder();
    save(from, 2);
    const mixed = (name: string) => {
      const run = temporaryFolder();
      save(run, 1);
      if (name === "the folder") renameSync(join(run, "checkpoint-1"), join(run, "checkpoint-2"));
      else cpSync(join(from, "checkpoint-2", name), join(run, "checkpoint-1", name));
      if (name === "the folder") writeFileSync(join(run, "latest"), "checkpoint-2\n");
      if (!hasManifest) rmSync(join(run, name === "the folder" ? "checkpoint-2" : "checkpoint-1", "manifest.json"));
      return refusal(run);
    };
    const files = ["optimizer.safetensors", "trainer_state.json"];
    for (const name of files) {
      expect(mixed(name)).toBe(
        hasManifest
          ? changed("RUN/checkpoint-1", name)
          : `RUN/checkpoint-1 must be of one step: model.safetensors is of step 1, ${name} says 2 ${again}`,
      );
    }
    expect(mixed("the folder")).toBe(
      `RUN/checkpoint-2 must be of one step: model.safetensors is of step 1, the name of the folder says 2 ${again}`,
    );
  });

  it("refuses a state that is not finite or not of the optimizer, and weights of another program", () => {
    const run = temporaryFolder();
    const { optimizer } = content(1);
    const infinite = new Map(optimizer).set("finalNorm.gain.v", {
      shape: [4],
      data: Float32Array.of(1, Infinity, 1, 1),
    });
    saveCheckpoint(run, { ...content(1), run: "run-a", optimizer: infinite });
    expect(refusal(run)).toBe(
      'tensor "finalNorm.gain.v" of RUN/checkpoint-1/optimizer.safetensors must hold finite numbers: value 1 is Infinity (use an earlier checkpoint)',
    );
    const { "finalNorm.gain.v": _, ...less } = Object.fromEntries(optimizer!);
    saveCheckpoint(run, { ...content(2), run: "run-a", optimizer: new Map(Object.entries(less)) });
    expect(refusal(run)).toBe(
      'RUN/checkpoint-2/optimizer.safetensors does not hold what its configuration says: "finalNorm.gain.v" is missing',
    );
    save(run, 3);
    const path = join(run, "checkpoint-3", "model.safetensors");
    const { tensors } = readSafetensors(path);
    rmSync(path);
    writeSafetensors(path, tensors, { format: "pt" }); // as transformers does
    rmSync(join(run, "checkpoint-3", "manifest.json"));
    expect(refusal(run)).toBe(
      "RUN/checkpoint-3 must hold weights that heed saved to resume from: another program saved model.safetensors (it still generates text)",
    );
  });
});
