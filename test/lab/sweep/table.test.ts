import { expect, it } from "vitest";
import { bestOfAll, bestOfEach, bySettings, withinNoise } from "../../../src/lab/sweep/summary.js";
import { sweepText } from "../../../src/lab/sweep/table.js";
import type { TrialResult } from "../../../src/lab/sweep/trialResults.js";

let trial = 0;
function result(
  settings: TrialResult["settings"],
  seed: number,
  losses: number[],
  more: Partial<TrialResult> = {},
): TrialResult {
  trial++;
  return {
    trial,
    run: `trials/t${trial}`,
    settings,
    seed,
    status: "done",
    steps: 40,
    parameters: 12345,
    command: "",
    parametersWithoutEmbedding: 1,
    bestValLoss: losses[0],
    finalValLoss: losses[1],
    ...more,
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
  // t(0.975, 1) is 12.7062: of two values the 95% interval reaches 12.7062 · s / √2 to each side.
  const t = 12.7062;
  expect(all.map(({ settings, bestValLoss }) => [settings, bestValLoss?.mean, bestValLoss?.count])).toEqual([
    [{ heads: 1, lr: 0.1 }, 3.5, 2],
    [{ heads: 1, lr: 0.2 }, 3.25, 2],
    [{ heads: 2, lr: 0.1 }, 4, 1],
    [{ heads: 2, lr: 0.2 }, undefined, undefined],
  ]);
  expect(all[0]!.bestValLoss!.halfWidth).toBeCloseTo((t * Math.sqrt(4.5)) / Math.SQRT2, 3);
  expect(all[1]!.finalValLoss!.halfWidth).toBeCloseTo((t * Math.sqrt(0.125)) / Math.SQRT2, 3);
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

it("ranks by the mean and says which lack seeds; a setting's best value is one of those with all seeds", () => {
  const all = bySettings([
    result({ lr: 0.001 }, 1, [1.5, 1.5]),
    result({ lr: 0.1 }, 1, [1.55, 1.55]),
    result({ lr: 0.001 }, 2, [1.7, 1.7]),
    result({ lr: 0.1 }, 2, [], failed),
  ]);
  expect(bestOfAll(all)!.settings).toEqual({ lr: 0.1 });
  expect(bestOfEach(all, ["lr"]).map(({ settings }) => settings)).toEqual([{ lr: 0.001 }]);
  const some = all.flatMap((each) => each.results).filter(({ status }) => status === "done");
  expect(sweepText({ out: "o", results: some, skipped: [], settings: all, best: all[1] })).toContain(
    "\nbest: lr=0.1, held-out loss 1.5500\nof fewer seeds than others, so the mean says less: lr=0.1",
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
    "| settings | parameters | steps |  seeds | training loss of the last batch (mean ± 95% interval) |",
    "|----------|-----------:|------:|-------:|------------------------------------------------------:|",
    "| heads=1  |     12,345 |    40 |      2 |                                       1.6000 ± 1.2706 |",
    "| heads=2  |     12,345 |       | 0 of 1 |                                                       |",
  ]);
});

it("is a table of the settings, then of what was not done", () => {
  const settings = bySettings(results);
  const skipped = [{ settings: { heads: 5, lr: 0.1 }, reason: "it can't be" }];
  const text = sweepText({ out: "o", results, skipped, settings, best: bestOfAll(settings) });
  expect(text.split("\n")).toEqual([
    "| settings        | parameters |    steps |  seeds | best held-out loss (mean ± 95% interval) |             last |",
    "|-----------------|-----------:|---------:|-------:|-----------------------------------------:|-----------------:|",
    "| heads=1, lr=0.1 |     12,345 |       40 |      2 |                         3.5000 ± 19.0593 | 3.7500 ± 15.8828 |",
    "| heads=1, lr=0.2 |     12,345 | 40 to 50 |      2 |                          3.2500 ± 3.1766 |  3.2500 ± 3.1766 |",
    "| heads=2, lr=0.1 |     12,345 |       30 | 1 of 2 |                                   4.0000 |           4.0000 |",
    "| heads=2, lr=0.2 |     12,345 |          | 0 of 1 |                                          |                  |",
    "",
    "best: heads=1, lr=0.2, held-out loss 3.2500 ± 3.1766",
    "within noise of the best: heads=1, lr=0.1",
    "of fewer seeds than others, so the mean says less: heads=2, lr=0.1",
    "failed: trials/t4: it broke",
    "failed: trials/t7: it broke, too",
    "left out: heads=5,lr=0.1: it can't be",
  ]);
  const one = bySettings([result({}, 1, [2, 2])]);
  expect(sweepText({ out: "o", results: one[0]!.results, skipped: [], settings: one, best: undefined })).toBe(
    [
      "| settings | parameters | steps | seeds | best held-out loss (nats per token) |   last |",
      "|----------|-----------:|------:|------:|------------------------------------:|-------:|",
      "| all      |     12,345 |    40 |     1 |                              2.0000 | 2.0000 |",
    ].join("\n"),
  );
});

it("names what is as good as the best but for noise, by the seeds that both have", () => {
  const losses: [lr: number, losses: number[]][] = [
    [0.1, [1, 2, 3]],
    [0.2, [1.1, 2.1, 3.1001]], // a tenth worse with every seed, which is no noise
    [0.3, [1.2, 1.9, 3.2]],
    [0.4, [9]], // of one seed nothing can be said
  ];
  const all = bySettings(losses.flatMap(([lr, each]) => each.map((loss, seed) => result({ lr }, seed, [loss, loss]))));
  expect(withinNoise(all, all[0]!).map(({ settings }) => settings.lr)).toEqual([0.3]);
});
