import { expect, it } from "vitest";
import { modelConfig } from "../../../src/config/model.js";
import { trainingConfig } from "../../../src/config/training.js";
import { settingsText } from "../../../src/lab/sweep/trialSettings.js";
import { refusal } from "../../support/refusal.js";
import { plan } from "./support.js";

const small = { contextLength: 8, numLayers: 1, hiddenDim: 12, numHeads: 2 };

it("makes a trial of each combination, all of one seed before the next", () => {
  const { trials, skipped } = plan({ model: small, grid: "heads=1,2 dropout=0,0.1", seeds: 2 });
  expect(trials.map(({ run }) => run)).toEqual([
    "trials/heads=1,dropout=0,seed=1337",
    "trials/heads=1,dropout=0.1,seed=1337",
    "trials/heads=2,dropout=0,seed=1337",
    "trials/heads=2,dropout=0.1,seed=1337",
    "trials/heads=1,dropout=0,seed=1338",
    "trials/heads=1,dropout=0.1,seed=1338",
    "trials/heads=2,dropout=0,seed=1338",
    "trials/heads=2,dropout=0.1,seed=1338",
  ]);
  expect(trials.map(({ trial }) => trial)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(trials[5]).toEqual({
    trial: 6,
    run: "trials/heads=1,dropout=0.1,seed=1338",
    settings: { heads: 1, dropout: 0.1 },
    seed: 1338,
    model: modelConfig({ ...small, vocabSize: 10, numHeads: 1, dropout: 0.1 }),
    training: trainingConfig({ seed: 1338 }),
  });
  expect(skipped).toEqual([]);
});

it("leaves out what no model or training can be, and says why", () => {
  const { trials, skipped } = plan({ model: small, grid: "heads=3,5 context=8,99,100", seeds: 2 });
  expect(trials.map(({ settings }) => settings.context)).toEqual([8, 99, 8, 99]);
  const divides = "numHeads must divide hiddenDim 12: got 5 (try 2, 3, 4 or 6, or hiddenDim 10 or 15)";
  const tooLong = "contextLength must be below the 100 tokens of the shorter text: got 100";
  expect(skipped.map(({ settings, reason }) => `${settingsText(settings)}: ${reason}`)).toEqual([
    `heads=3,context=100: ${tooLong}`,
    `heads=5,context=8: ${divides}`,
    `heads=5,context=99: ${divides}`,
    `heads=5,context=100: ${divides}`,
  ]);
  const both = plan({ model: small, grid: "lr=0.01,0.1", training: { minLearningRate: 0.05 } });
  expect(both.skipped).toEqual([
    { settings: { lr: 0.01 }, reason: "minLearningRate must be at most learningRate 0.01: got 0.05" },
  ]);
  expect(refusal(() => plan({ model: small, grid: "heads=5,7" }))).toBe(`ConfigError: no trial is left: ${divides}`);
  const without = { tokens: { train: 900, validation: 0 } };
  expect(plan({ model: small, grid: "context=100" }, without).trials.length).toBe(1);
});

it("gives every trial the same tokens or operations, in whole steps", () => {
  const steps = (budget: string, grid: string) =>
    plan({ model: small, grid, budget, training: { gradAccum: 2 } }).trials.map(({ training }) => training.steps);
  expect(steps("tokens=2k", "batch=3,5 context=8,16")).toEqual([41, 20, 25, 12]); // 2000 / (2 B T)
  // 6 (4 C² + 2 C F + 2 T C + C V) operations a token: 6 (576 + 1152 + 192 + 120) and 6 (2304 + 4608 + 384 + 240)
  expect(steps("flops=100M", "dim=12,24 batch=4")).toEqual([
    Math.floor(1e8 / (64 * 6 * 2040)),
    Math.floor(1e8 / (64 * 6 * 7536)),
  ]);
  const { trials, skipped } = plan({ model: small, grid: "batch=1,12", budget: "tokens=90" });
  expect(trials.map(({ training }) => training.steps)).toEqual([11]);
  expect(trials[0]!.training.warmup).toBe(1); // of 11 steps, not of the usual 2000
  expect(skipped[0]!.reason).toBe("budget must allow a step, which takes 96 tokens: got 90");
});

it("draws different settings, the same for the same seed", () => {
  const grid = "heads=1,2,3 lr=1e-4..1e-2 layers=2..4 dropout=0..0.5";
  const draw = (seed: number, trials = 200) =>
    plan({ model: small, grid, trials, training: { seed } }).trials.map(({ settings }) => settings);
  const drawn = draw(1);
  expect(drawn.length).toBe(200);
  expect(new Set(drawn.map(settingsText)).size).toBe(200);
  expect(draw(1)).toEqual(drawn);
  expect(draw(2)).not.toEqual(drawn);
  expect(draw(1, 20)).toEqual(drawn.slice(0, 20));
  const count = (key: string, value: number) => drawn.filter((settings) => settings[key] === value).length;
  const counts = [
    ...[1, 2, 3].map((value) => count("heads", value)),
    ...[2, 3, 4].map((value) => count("layers", value)),
  ];
  expect(counts.reduce((sum, x) => sum + x)).toBe(400); // no other value
  expect(Math.min(...counts)).toBeGreaterThan(45); // 67 expected, deviation 7
  const rates = drawn.map(({ lr }) => lr as number);
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
  expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
  const below = rates.filter((lr) => lr < 1e-3).length; // half of them, as logarithms are uniform; a tenth if rates were
  expect(Math.abs(below - 100)).toBeLessThan(25);
  const dropouts = drawn.map(({ dropout }) => dropout as number);
  const mean = dropouts.reduce((sum, x) => sum + x, 0) / 200;
  expect(Math.abs(mean - 0.25)).toBeLessThan(0.04); // deviation 0.01
  expect(rates.every((lr) => String(lr) === String(Number(lr.toPrecision(4))))).toBe(true);
});

it("draws again what can't be, and says so; ends where there is nothing more to draw", () => {
  const { trials, skipped, notes } = plan({ model: small, grid: "heads=1,2,5", trials: 3 });
  expect(trials.map(({ settings }) => settings.heads).sort()).toEqual([1, 2]);
  expect(skipped.map(({ settings }) => settings)).toEqual([{ heads: 5 }]);
  expect(notes).toEqual(["only 2 of 3 different settings could be drawn from the grid"]);
  expect(plan({ model: small, grid: "heads=1,2,5", trials: 2 }).notes).toEqual([]);
});

it("takes a list as it is, and the seed alone", () => {
  const { trials } = plan({ model: small, list: [{ heads: 1, lr: 1e-4 }, { dim: 24 }] });
  expect(trials.map(({ run, model, training }) => [run, model.hiddenDim, training.learningRate])).toEqual([
    ["trials/heads=1,lr=0.0001,seed=1337", 12, 1e-4],
    ["trials/dim=24,seed=1337", 24, 4e-3],
  ]);
  expect(plan({ model: small, seeds: [5, 2] }).trials.map(({ run }) => run)).toEqual([
    "trials/seed=5",
    "trials/seed=2",
  ]);
});

it("numbers runs whose settings are too long a name for a file", () => {
  const given =
    "layers=1 heads=1 dim=12 ff-dim=48 context=8 batch=2 grad-accum=1 lr=0.001 min-lr=0.0001 warmup=1 weight-decay=0.1 beta1=0.9 beta2=0.99 clip=1 precision=float32";
  expect(
    plan({ grid: `${given} heads=1`.replace(" heads=1", "") + " tie=true,false" }).trials.map(({ run }) => run),
  ).toEqual(["trials/trial-1", "trials/trial-2"]);
});

it.each([
  [
    { grid: "lr=1e-4..1e-2" },
    "grid: lr=0.0001..0.01 is a range, which has no list of values (draw from it with --trials N, or list values)",
  ],
  [
    {
      grid: {
        lr: Array.from({ length: 101 }, (_, i) => i + 1),
        heads: "1,2,3",
        batch: Array.from({ length: 40 }, (_, i) => i + 1),
      },
    },
    "grid must have at most 10000 combinations: got 12120 (draw some of them with --trials)",
  ],
  [{ grid: "heads=1,2,3", seeds: 4000 }, "a sweep must have at most 10000 trials: got 3 settings and 4000 seeds"],
])("refuses %j", (options, message) => {
  expect(refusal(() => plan({ model: small, ...options }))).toBe(`ConfigError: ${message}`);
});
