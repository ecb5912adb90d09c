import { afterAll, expect, it } from "vitest";
import { groupRuns } from "../../../src/lab/compare/groups.js";
import { labelOf, settingsOf, showValue, variationOf } from "../../../src/lab/compare/runSettings.js";
import { texts } from "./fakeRun.js";
import { runFolders } from "./support.js";

const { make: runsOf, remove } = runFolders();
afterAll(remove);

it("finds what differs, and leaves seeds and how often to look aside", () => {
  const runs = runsOf(
    { model: { numHeads: 1 }, training: { seed: 1, evalEvery: 10, saveEvery: 5 } },
    { model: { numHeads: 4 }, training: { seed: 2, evalEvery: 20, evalBatches: 3, sampleEvery: 9 } },
  );
  expect(variationOf(runs)).toEqual({ keys: ["heads"], implied: [] });
  expect(settingsOf(runs[1]!)).toMatchObject({
    layers: 1,
    dim: 16,
    heads: 4,
    lr: 0.001,
    positions: "learned",
    backend: "native",
  });
});

it("tells settings that follow from others from those that were chosen", () => {
  const wide = { numHeads: 2, hiddenDim: 32 };
  const two = runsOf({}, { model: wide, training: { learningRate: 0.01 } });
  expect(variationOf(two)).toEqual({
    keys: ["dim", "heads", "lr"],
    implied: [
      { setting: "ff-dim", because: "it is 4 × dim" },
      { setting: "min-lr", because: "it is a tenth of lr" },
    ],
  });
  const own = runsOf({}, { model: { ...wide, intermediateDim: 64 }, training: { minLearningRate: 0 } });
  expect(variationOf(own).keys).toEqual(["dim", "heads", "min-lr"]);
  const other = runsOf({ model: { intermediateDim: 100 } }, { model: wide });
  expect(variationOf(other).keys).toEqual(["dim", "heads", "ff-dim"]);
});

it("takes steps for a consequence where tokens, computation or a sweep's budget are the same", () => {
  const ofTokens = runsOf({ training: { batchSize: 4, steps: 100 } }, { training: { batchSize: 8, steps: 50 } });
  expect(variationOf(ofTokens)).toEqual({
    keys: ["batch"],
    implied: [
      { setting: "steps", because: "every run was given the same number of tokens" },
      { setting: "warmup", because: "it is at most a tenth of the steps" },
    ],
  });
  // 3 · 2 · (4 · 16² + 2 · 16 · 64 + 2 · 8 · 16 + 16 · 50) and the same with 32 for 16: 24,768 and 86,400 a token.
  const ofFlops = runsOf({ training: { steps: 3488 } }, { model: { hiddenDim: 32 }, training: { steps: 1000 } });
  expect(variationOf(ofFlops).implied).toContainEqual({
    setting: "steps",
    because: "every run was given the same number of FLOPs",
  });
  const unequal = runsOf({ training: { steps: 100 } }, { training: { steps: 200 } });
  expect(variationOf(unequal).keys).toEqual(["steps"]);
  const budgeted = unequal.map((run) => ({ ...run, budget: "seconds=60" }));
  expect(variationOf(budgeted)).toMatchObject({
    keys: [],
    implied: [{ because: "the sweep gave every run seconds=60" }, {}],
  });
});

it("compares texts by their bytes, not by their paths", () => {
  const [train, held] = texts;
  const moved = { files: [{ ...train!, path: "elsewhere/text.txt" }, held!] };
  const changed = { files: [{ ...train!, sha256: "c".repeat(64) }, held!] };
  expect(variationOf(runsOf({}, { record: moved })).keys).toEqual([]);
  const runs = runsOf({}, { record: changed });
  expect(variationOf(runs).keys).toEqual(["data"]);
  expect(settingsOf(runs[1]!).data).toBe("text.txt (cccccccc)");
});

it("names groups by what differs, numbers by size", () => {
  const runs = runsOf(
    ...[16, 2, 8].flatMap((numHeads) => [1, 2].map((seed) => ({ model: { numHeads }, training: { seed: 3 - seed } }))),
  );
  const groups = groupRuns(runs, ["heads"]);
  expect(groups.map(({ label }) => label)).toEqual(["heads 2", "heads 8", "heads 16"]);
  expect(groups[0]!.runs.map(({ record }) => record.training.seed)).toEqual([1, 2]);
  expect(labelOf(settingsOf(runs[0]!), [])).toBe("all runs");
  expect([true, false, 0.1 + 0.2, 3e-4, "gelu"].map(showValue)).toEqual(["on", "off", "0.3", "0.0003", "gelu"]);
});

it("groups by values, not by how they are rounded", () => {
  const rates = runsOf({ training: { learningRate: 1.0000001e-3 } }, { training: { learningRate: 1.0000002e-3 } });
  expect(groupRuns(rates, ["lr"]).map(({ label }) => label)).toEqual(["lr 0.0010000001", "lr 0.0010000002"]);
  const long = runsOf({ training: { steps: 1_234_567 } }, { training: { steps: 1_234_568 } });
  expect(groupRuns(long, ["steps"]).map(({ label }) => label)).toEqual(["steps 1234567", "steps 1234568"]);
  const close = runsOf({ model: { dropout: 0.3 } }, { model: { dropout: 0.1 + 0.2 } });
  expect(groupRuns(close, ["dropout"])).toHaveLength(2); // of one label
});

it("counts a seed once, and unfinished runs not at all", () => {
  const runs = runsOf({}, {}, { training: { seed: 1 }, stoppedAt: 70 });
  const [group] = groupRuns(runs, []);
  expect(group!.runs).toHaveLength(3);
  expect(group!.finished).toEqual([runs[0]]);
});
