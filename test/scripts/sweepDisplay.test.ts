import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SweepDisplay } from "../../scripts/support/sweepDisplay.js";
import type { TrialResult } from "../../src/lab/sweep/trialResults.js";
import { plan, survey } from "../lab/sweep/support.js";
import { onScreen } from "./screen.js";

let written: string;
let now: number;
beforeEach(() => {
  written = "";
  now = 100_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const shape = { contextLength: 8, numLayers: 1, hiddenDim: 12 };
const planned = plan({ model: shape, grid: "heads=1,2,3,4,5", training: { steps: 40 } });
const [, two, three, four] = planned.trials;
const base = { parameters: 1, parametersWithoutEmbedding: 1, command: "" };
const result = (index: number, more: Partial<TrialResult>): TrialResult => {
  const { trial, run, settings, seed } = planned.trials[index]!;
  return { ...base, trial, run, settings, seed, status: "done", ...more };
};

/** A sweep whose first trial is done, whose second ends, third fails, and fourth fails. */
function show(display: SweepDisplay): void {
  const { listeners } = display;
  listeners.onPlan!({ ...planned, survey, workers: 2, threads: 1, results: [result(0, {})] });
  listeners.onTrial!(two!);
  listeners.onTrial!(three!);
  listeners.onProgress!(two!, { step: 0, steps: 40 });
  now += 2000;
  listeners.onProgress!(two!, { step: 1, steps: 40, trainLoss: 3 });
  now += 4000;
  listeners.onProgress!(two!, { step: 11, steps: 40, trainLoss: 2.5, bestValLoss: 2.75, tokensPerSecond: 1234.5 });
  now += 1000;
  listeners.onProgress!(two!, { step: 21, steps: 40, trainLoss: 2.25, bestValLoss: 2.5, tokensPerSecond: 1234.5 });
  listeners.onResult!(three!, result(2, { status: "failed", error: "it broke" }));
  listeners.onNote!("something is in the way");
  listeners.onTrial!(four!);
  listeners.onResult!(four!, result(3, { status: "failed", error: "it broke, too" }));
  listeners.onResult!(two!, result(1, { bestValLoss: 2.125, bestStep: 30 }));
}

it("writes lines where there is no terminal: what is tried, each beginning and end, the pace now and then", () => {
  show(new SweepDisplay());
  expect(written.split("\n")).toEqual([
    "backend     cpu: asked for",
    "text        900 tokens, 100 held out",
    "trials      4, 1 of them at their end; 2 at a time, each on 1 thread",
    "left out    heads=5: numHeads must divide hiddenDim 12: got 5 (try 2, 3, 4 or 6, or hiddenDim 10 or 15)",
    "2/4 heads=2,seed=1337 begins",
    "3/4 heads=3,seed=1337 begins",
    // 10 steps in 4 s: 29 more in 12 s; of 120 steps 11 were done in 6 s
    "2/4 heads=2,seed=1337: step 11/40, loss 2.500, best held out 2.750, 1,235 tokens/s, ETA 12s; all: ETA 59s",
    "3/4 heads=3,seed=1337: failed: it broke",
    "note        something is in the way",
    "4/4 heads=4,seed=1337 begins",
    "4/4 heads=4,seed=1337: failed: it broke, too",
    "2/4 heads=2,seed=1337: held-out loss 2.1250 at step 30",
    "",
  ]);
});

it("tells of a trial that fails before it begins", () => {
  const { listeners } = new SweepDisplay();
  listeners.onPlan!({ ...planned, survey, workers: 2, threads: 1, results: [] });
  listeners.onResult!(two!, result(1, { status: "failed", error: "its folder is in use" }));
  expect(written).toContain("\n2/4 heads=2,seed=1337: failed: its folder is in use\n");
});

/** The lines of a table while a trial is under way, and after all that `show` shows. */
function table(columns: number): { during: string[]; after: string[] } {
  const after = onScreen(columns, () => {
    const display = new SweepDisplay();
    show(display);
    display.close();
    display.listeners.onProgress!(two!, { step: 39, steps: 40, trainLoss: 1 });
  });
  const during = onScreen(columns, () => {
    const display = new SweepDisplay();
    const { listeners } = display;
    listeners.onPlan!({ ...planned, survey, workers: 2, threads: 1, results: [result(0, {})] });
    listeners.onTrial!(two!);
    listeners.onProgress!(two!, { step: 0, steps: 40 });
    now += 1000;
    const losses = { trainLoss: 2.25, bestValLoss: 2.5, tokensPerSecond: 1234.5 };
    listeners.onProgress!(two!, { step: 1, steps: 40, ...losses });
    now += 1000;
    listeners.onProgress!(two!, { step: 20, steps: 40, ...losses });
    listeners.onNote!("one line\nanother");
  });
  return { during, after };
}

it("leaves the lines of what ended in a terminal, and nothing of the table", () => {
  expect(table(120).after).toEqual([
    "backend     cpu: asked for",
    "text        900 tokens, 100 held out",
    "trials      4, 1 of them at their end; 2 at a time, each on 1 thread",
    "left out    heads=5: numHeads must divide hiddenDim 12: got 5 (try 2, 3, 4 or 6, or hiddenDim 10 or 15)",
    "3/4 heads=3,seed=1337: failed: it broke",
    "note        something is in the way",
    "4/4 heads=4,seed=1337: failed: it broke, too",
    "2/4 heads=2,seed=1337: held-out loss 2.1250 at step 30",
    "",
  ]);
});

it.each([
  [
    120,
    [
      "all                   ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 1/4 trials | ETA 10s",
      "2/4 heads=2,seed=1337 ██████████████░░░░░░░░░░░░░░ 20/40 | loss 2.250 | best held out 2.500 | 1,235 tokens/s | ETA 1s",
    ],
  ],
  [
    80,
    [
      "all                   █████████░░░░░░░░░░░░░░░░░░░░░░░░░ 1/4 trials | ETA 10s",
      "2/4 heads=2,seed=1337 ██████████████░░░░░░░░░░░░░ 20/40 | loss 2.250 | ETA 1s",
    ],
  ],
  [60, ["all                  ████", "2/4 heads=2,seed=13… ███"]],
])("draws a table for the terminal's %d columns, below notes of several lines", (columns, expected) => {
  const { during } = table(columns);
  expect(during.slice(-4, -2)).toEqual(["note        one line", "another"]);
  expect(during.slice(-2).map((line, i) => (columns === 60 ? line.slice(0, expected[i]!.length) : line))).toEqual(
    expected,
  );
  expect(Math.max(...during.slice(-2).map((line) => line.length))).toBeLessThan(columns);
});
