import { basename, join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { commandOf } from "../../../src/lab/compare/command.js";
import { runFolders } from "./support.js";

const { make, remove, folder } = runFolders();
afterAll(remove);

/** The command of a run, without what every command of these tests has. */
function flagsOf(...asked: Parameters<typeof make>): string[] {
  return make(...asked).map((run) =>
    commandOf(run)
      .replace("npx heed train --data text.txt ", "")
      .replace(` --backend native --out ${run.folder}-again`, ""),
  );
}

it("names the flags that differ from their defaults, and no others", () => {
  const rates = { learningRate: 0.004, minLearningRate: 0 };
  const few = { steps: 100, batchSize: 4, evalEvery: 33, ...rates };
  const usual = "--steps 100 --batch 4 --eval-every 33";
  const shape = "--layers 1 --dim 16 --context 8";
  expect(flagsOf({ training: few }, { training: { ...few, seed: 7 } })).toEqual([
    `${shape} ${usual}`,
    `${shape} ${usual} --seed 7`,
  ]);
  const wide = { numHeads: 8, hiddenDim: 128, numLayers: 4, contextLength: 128 };
  const plain = { steps: 3000, batchSize: 16, evalEvery: 250, ...rates };
  expect(flagsOf({ model: wide, training: plain })).toEqual(["--heads 8"]);
  const odd = { ...wide, numHeads: 4, intermediateDim: 100, bias: false, dropout: 0.1, positions: "none" as const };
  expect(flagsOf({ model: odd, training: plain })).toEqual(["--ff-dim 100 --positions none --no-bias --dropout 0.1"]);
  const training = { ...plain, learningRate: 0.003, minLearningRate: 1e-4, warmup: 10, precision: "bfloat16" as const };
  expect(flagsOf({ model: { ...wide, numHeads: 4 }, training })).toEqual([
    "--lr 0.003 --min-lr 0.0001 --warmup 10 --precision bfloat16",
  ]);
});

it("leaves out what follows from other flags: four times the width, a tenth of the steps", () => {
  const model = { hiddenDim: 64, numLayers: 4, contextLength: 128 };
  const training = { steps: 500, batchSize: 16, evalEvery: 250, learningRate: 0.002, minLearningRate: 0 };
  expect(flagsOf({ model, training })).toEqual(["--dim 64 --steps 500 --lr 0.002"]);
});

it("says what it is trained on, quoted for a shell", () => {
  const files = { data: ["a b.txt", "it's.txt"], valData: ["v.txt"], tokenizer: "word", unknownToken: true };
  const [run] = make({ record: files });
  expect(commandOf(run!)).toContain(
    'npx heed train --data "a b.txt" "it\'s.txt" --val-data v.txt --tokenizer word --unknown-token --layers 1 --dim 16 --context 8',
  );
  const [part] = make({ record: { valFraction: 0.2, backend: "wasm" } });
  expect(commandOf(part!)).toContain("--data text.txt --val-fraction 0.2 --layers 1 --dim 16 --context 8");
  const [slow] = make({ record: { compiled: false, xla: "on" } });
  expect(commandOf(slow!)).toContain(" --backend native --no-compile --xla on --out ");
  const [usual] = make({ record: { compiled: true, xla: "auto" } });
  expect(commandOf(usual!)).toContain(" --backend native --out ");
  expect(commandOf(part!)).toContain(` --backend wasm --out ${folder}/run-`);
});

it("trains beside the run's folder, however that is named", () => {
  const [run] = make({});
  const out = (named: string) => commandOf({ ...run!, folder: named }).split("--out ")[1];
  const [here, above] = [basename(resolve(".")), basename(resolve(".."))];
  expect(["models/a", ".", ".."].map(out)).toEqual([
    "models/a-again",
    `${join("..", here)}-again`,
    `${join("../..", above)}-again`,
  ]);
});

it("takes the sweep's word where there is one", () => {
  const [run] = make({});
  expect(commandOf({ ...run!, command: "heed train --threads 1" })).toBe("heed train --threads 1");
});
