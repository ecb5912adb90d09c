import { expect, it } from "vitest";
import type { TrialResult } from "../../../src/lab/sweep/results.js";
import { bestOfAll, bestOfEach, bySettings } from "../../../src/lab/sweep/summary.js";
import { sweepText } from "../../../src/lab/sweep/table.js";

let trial = 0;
function result(
  settings: TrialResult["settings"],
  seed: number,
  losses: number[],
  more: Partial<TrialResult> = {},
): TrialResult {
  trial++;
  return {
    ...{ trial, run: `trials/t${trial}`, settings, seed, status: "done", steps: 40, parameters: 12345, command: "" },
    ...{ parametersWithoutEmbedding: 1, bestValLoss: losses[0], finalValLoss: losses[1], ...more },
  };
}

const failed = { status: "failed", error: "it broke", steps: undefined } as const;
const results = [
  result({ heads: 1, lr: 0.1 }, 1, [2, 2.5]),
  result({ heads: 1, lr: 0.2 }, 1, [3, 3]),
  result({ heads: 2, lr: 0.1 }, 1, [4, 4], { steps: 30 }),
  result({ heads: 2, lr: 0.2 }, 1, [], failed),
  result({ heads: 1, lr: 0.1 }, 2, [5, 5]),
  result({ heads: 1, lr: 0.2 }, 2, [3.5, 3.5], { steps: 50 }),
  result({ heads: 2, lr: 0.1 }, 2, [1, 1], { ...failed, error: "it broke, too" }),
];

it("puts the seeds of each settings together, counting those that are done", () => {
  const all = bySettings(results);
  expect(all.map(({ settings, bestValLoss, finalValLoss }) => [settings, bestValLoss, finalValLoss])).toEqual([
    [
      { heads: 1, lr: 0.1 },
      { mean: 3.5, deviation: Math.sqrt(4.5) },
      { mean: 3.75, deviation: Math.sqrt(3.125) },
    ],
    [
      { heads: 1, lr: 0.2 },
      { mean: 3.25, deviation: Math.sqrt(0.125) },
      { mean: 3.25, deviation: Math.sqrt(0.125) },
    ],
    [
      { heads: 2, lr: 0.1 },
      { mean: 4, deviation: 0 },
      { mean: 4, deviation: 0 },
    ],
    [{ heads: 2, lr: 0.2 }, undefined, undefined],
  ]);
  expect(bestOfAll(all)!.settings).toEqual({ heads: 1, lr: 0.2 });
  expect(bestOfAll(bySettings(results.slice(3, 4)))).toBe(undefined);
});

it("keeps the best value of a setting for each combination of the others", () => {
  const kept = (...keys: string[]) => bestOfEach(bySettings(results), keys).map(({ settings }) => settings);
  expect(kept("lr")).toEqual([
    { heads: 1, lr: 0.2 },
    { heads: 2, lr: 0.1 },
  ]);
  expect(kept("heads")).toEqual([
    { heads: 1, lr: 0.1 },
    { heads: 1, lr: 0.2 },
  ]);
  expect(kept("heads", "lr")).toEqual([{ heads: 1, lr: 0.2 }]);
  expect(kept().length).toBe(4);
});

it("takes no settings for the best that lack seeds which others have", () => {
  const all = bySettings([
    result({ lr: 0.001 }, 1, [1.5, 1.5]),
    result({ lr: 0.1 }, 1, [1.55, 1.55]),
    result({ lr: 0.001 }, 2, [1.7, 1.7]),
    result({ lr: 0.1 }, 2, [], failed),
  ]);
  expect(bestOfAll(all)!.settings).toEqual({ lr: 0.001 });
  expect(bestOfEach(all, ["lr"]).map(({ settings }) => settings)).toEqual([{ lr: 0.001 }]);
  const some = all.flatMap((each) => each.results).filter(({ status }) => status === "done");
  expect(sweepText({ out: "o", results: some, skipped: [], settings: all, best: all[0] })).toContain(
    "\nbest: lr=0.001, held-out loss 1.6000 ± 0.1414\nnot taken for the best, as others have more seeds done: lr=0.1",
  );
});

it("shows training losses where no trial validated", () => {
  const trained = { bestValLoss: undefined, finalValLoss: undefined };
  const all = bySettings([
    result({ heads: 1 }, 1, [], { ...trained, finalTrainLoss: 1.5 }),
    result({ heads: 1 }, 2, [], { ...trained, finalTrainLoss: 1.7 }),
    result({ heads: 2 }, 1, [], failed),
  ]);
  const text = sweepText({ out: "o", results: all[0]!.results, skipped: [], settings: all, best: undefined });
  expect(text.split("\n")).toEqual([
    "| settings | parameters | steps |  seeds | training loss of the last batch (mean ± deviation) |",
    "|----------|-----------:|------:|-------:|---------------------------------------------------:|",
    "| heads=1  |     12,345 |    40 |      2 |                                    1.6000 ± 0.1414 |",
    "| heads=2  |     12,345 |       | 0 of 1 |                                                    |",
  ]);
});

it("is a table of the settings, then of what was not done", () => {
  const settings = bySettings(results);
  const skipped = [{ settings: { heads: 5, lr: 0.1 }, reason: "it can't be" }];
  const text = sweepText({ out: "o", results, skipped, settings, best: bestOfAll(settings) });
  expect(text.split("\n")).toEqual([
    "| settings        | parameters |    steps |  seeds | best held-out loss (mean ± deviation) |            last |",
    "|-----------------|-----------:|---------:|-------:|--------------------------------------:|----------------:|",
    "| heads=1, lr=0.1 |     12,345 |       40 |      2 |                       3.5000 ± 2.1213 | 3.7500 ± 1.7678 |",
    "| heads=1, lr=0.2 |     12,345 | 40 to 50 |      2 |                       3.2500 ± 0.3536 | 3.2500 ± 0.3536 |",
    "| heads=2, lr=0.1 |     12,345 |       30 | 1 of 2 |                                4.0000 |          4.0000 |",
    "| heads=2, lr=0.2 |     12,345 |          | 0 of 1 |                                       |                 |",
    "",
    "best: heads=1, lr=0.2, held-out loss 3.2500 ± 0.3536",
    "not taken for the best, as others have more seeds done: heads=2, lr=0.1",
    "failed: trials/t4: it broke",
    "failed: trials/t7: it broke, too",
    "left out: heads=5,lr=0.1: it can't be",
  ]);
  const one = bySettings([result({}, 1, [2, 2])]);
  expect(sweepText({ out: "o", results: one[0]!.results, skipped: [], settings: one, best: undefined })).toBe(
    [
      "| settings | parameters | steps | seeds | best held-out loss (nats a token) |   last |",
      "|----------|-----------:|------:|------:|----------------------------------:|-------:|",
      "| all      |     12,345 |    40 |     1 |                            2.0000 | 2.0000 |",
    ].join("\n"),
  );
});
