import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { SweepOptions } from "../../../src/lab/sweep/options.js";
import { planFile } from "../../../src/lab/sweep/planFile.js";
import { parseRequest } from "../../../src/lab/sweep/request.js";
import { refusal } from "../../support/refusal.js";
import { asked } from "./support.js";

const folder = mkdtempSync(join(tmpdir(), "heed-sweep-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const request = (options: Partial<SweepOptions>) => parseRequest(asked(options));

it("reads lists and ranges, as text and as an object", () => {
  const { axes } = request({ grid: " heads=1,2,4  bias=true,false positions=none lr=1e-4..1e-2", trials: 3 });
  expect(axes).toEqual([
    { key: "heads", values: [1, 2, 4] },
    { key: "bias", values: [true, false] },
    { key: "positions", values: ["none"] },
    { key: "lr", from: 1e-4, to: 1e-2 },
  ]);
  const grid = { heads: [1, 2, "4"], bias: "true,false", positions: "none", lr: "1e-4..1e-2" };
  expect(request({ grid, trials: 3 }).axes).toEqual(axes);
  expect(request({ grid: { dim: 64 } }).axes).toEqual([{ key: "dim", values: [64] }]);
});

it("counts seeds from the training's, or takes those that are listed", () => {
  const seeds = (given: SweepOptions["seeds"], seed?: number) =>
    request({ grid: "heads=1", seeds: given, training: { seed } }).seeds;
  expect(seeds(undefined)).toEqual([1337]);
  expect(seeds(3)).toEqual([1337, 1338, 1339]);
  expect(seeds("2", 7)).toEqual([7, 8]);
  expect(seeds("5, 3,9", 7)).toEqual([5, 3, 9]);
  expect(seeds([4])).toEqual([4]);
  expect(request({ seeds: 2 })).toMatchObject({ axes: [], seeds: [1337, 1338] }); // the seed alone varies
});

it("reads budgets with and without suffixes", () => {
  const budget = (given: SweepOptions["budget"]) => request({ grid: "heads=1", budget: given }).budget;
  expect(budget("tokens=2M")).toEqual({ tokens: 2e6 });
  expect(budget("tokens=1.5k")).toEqual({ tokens: 1500 });
  expect(budget("flops=1e15")).toEqual({ flops: 1e15 });
  expect(budget("flops=3P")).toEqual({ flops: 3e15 });
  expect(budget({ tokens: 60 })).toEqual({ tokens: 60 });
});

const refusals: [options: Partial<SweepOptions>, message: string][] = [
  [{}, 'grid must say what to vary: got none (add --grid "heads=1,2,4", or --seeds 3 to vary the seed alone)'],
  [{ gird: "heads=1" } as never, 'sweep: there is no option "gird" (did you mean "grid"?)'],
  [{ learningRate: 1 } as never, 'sweep: there is no option "learningRate" (did you mean "training.learningRate"?)'],
  [{ data: [], grid: "heads=1" }, "data must name at least one text file: got none"],
  [
    { data: [{ text: "abc" }], grid: "heads=1" },
    "data must be files, for every trial reads them: got a text that is no file (save it to one)",
  ],
  [
    { data: ["a.txt"], valData: ["-"], grid: "heads=1" },
    "data must be files, for every trial reads them: got a text that is no file (save it to one)",
  ],
  [{ grid: "" }, 'grid must name settings, like "heads=1,2,4 dim=64,128": got none'],
  [{ grid: "heads" }, 'grid must be made of parts like heads=1,2,4: got "heads"'],
  [{ grid: "heads=" }, 'grid must be made of parts like heads=1,2,4: got "heads="'],
  [{ grid: "heds=1,2" }, 'grid: there is no setting "heds" (did you mean heads?)'],
  [{ grid: "toString=1" }, 'grid: there is no setting "toString" (did you mean context?)'],
  [{ grid: "seed=1,2" }, "grid must not vary seed: that is what --seeds is for"],
  [{ grid: "heads=1 heads=2" }, "grid must name heads once: got it twice (put all values in one list)"],
  [{ grid: "heads=1,2,1" }, "grid: heads must have different values: got 1 twice"],
  [{ grid: { heads: [] } }, "grid: heads must have a value: got none"],
  [{ grid: "heads=many" }, 'heads must be a number: got "many"'],
  [{ grid: "heads=1,," }, 'heads must be a number: got ""'],
  [{ grid: "heads=1.5" }, "heads must be a whole number from 1 to 1024: got 1.5"],
  [{ grid: "dim=0" }, "dim must be a whole number from 1 to 65536: got 0"],
  [{ grid: "bias=maybe" }, 'bias must be true or false: got "maybe"'],
  [{ grid: { positions: [3] } }, "positions must be one of learned, sinusoidal, none: got 3"],
  [{ grid: "positions=odd" }, 'positions must be one of learned, sinusoidal, none: got "odd"'],
  [{ grid: "lr=0" }, "lr must be a number above 0 and at most 1000: got 0"],
  [{ grid: "lr=1e-2..1e-4", trials: 2 }, "grid: the range of lr must rise: got 1e-2..1e-4"],
  [{ grid: "bias=true..false", trials: 2 }, 'grid: bias must be a list of values: got "true..false"'],
  [{ grid: "heads=1..2..3", trials: 2 }, 'grid: heads must be a list of values: got "1..2..3"'],
  [{ grid: "heads=1", list: [{ heads: 2 }] }, "grid and list can't both be given"],
  [{ list: [] }, 'list must hold settings, like { "heads": 4, "dim": 64 }: got []'],
  [{ list: [3 as never] }, 'list, entry 1 must hold settings, like { "heads": 4, "dim": 64 }: got 3'],
  [{ list: [{ heads: 2 }, { had: 2 }] }, 'list, entry 2: there is no setting "had" (did you mean heads?)'],
  [
    { list: [{ heads: 2, dim: 8 }, { heads: 4 }, { dim: 8, heads: 2 }] },
    "list, entry 3 must differ from entry 1: got dim=8,heads=2 twice",
  ],
  [{ grid: "heads=1", trials: 0 }, "trials must be a whole number from 1 to 10000: got 0"],
  [{ list: [{ heads: 1 }], trials: 2 }, "trials must come with a grid to draw from: got none"],
  [{ grid: "heads=1", seeds: "x" }, 'seeds must be like 3, or like 1,2,3: got "x"'],
  [{ grid: "heads=1", seeds: 0 }, "seeds must be a whole number from 1 to 10000: got 0"],
  [{ grid: "heads=1", seeds: [] }, "seeds must name a seed: got none"],
  [{ grid: "heads=1", seeds: [1, -1] }, "seeds must be a whole number from 0 to 2147483647: got -1"],
  [{ grid: "heads=1", seeds: "4,4" }, "seeds must differ: got 4 twice"],
  [{ grid: "heads=1", budget: "tokens" }, 'budget must be like tokens=2M or flops=1e15: got "tokens"'],
  [{ grid: "heads=1", budget: "hours=2" }, 'budget must be like tokens=2M or flops=1e15: got "hours=2"'],
  [{ grid: "heads=1", budget: "tokens=2X" }, 'budget must be like tokens=2M or flops=1e15: got "tokens=2X"'],
  [{ grid: "heads=1", budget: "tokens=0" }, 'budget must be like tokens=2M or flops=1e15: got "tokens=0"'],
  [
    { grid: "heads=1", budget: { tokens: 1, flops: 1 } as never },
    'budget must be like tokens=2M or flops=1e15: got {"tokens":1,"flops":1}',
  ],
  [{ grid: "steps=1,2", budget: "tokens=1k" }, "grid must not vary steps where a budget decides them"],
  [{ grid: "heads=1,2", bestOf: "lr" }, 'bestOf must name settings that the grid varies: got "lr" (it varies heads)'],
  [{ seeds: 2, bestOf: ["lr"] }, 'bestOf must name settings that the grid varies: got "lr" (it varies none)'],
  [{ grid: "heads=1", model: { dropout: 2 } }, "dropout must be a number from 0 to 0.9: got 2"],
  [{ grid: "heads=1", training: { batchSize: 0 } }, "batchSize must be a whole number from 1 to 65536: got 0"],
  [{ grid: "heads=1", keep: 0 }, "keep must be a whole number of at least 1: got 0"],
];

it.each(refusals)("refuses %j", (options, message) => {
  expect(refusal(() => request(options))).toBe(`ConfigError: ${message}`);
});

it("takes a shared field that only the settings of the trials make possible", () => {
  expect(request({ grid: "heads=1,5", model: { hiddenDim: 130 } }).axes).toEqual([{ key: "heads", values: [1, 5] }]);
  expect(request({ grid: "lr=1e-4", training: { minLearningRate: 0.01 } }).axes.length).toBe(1);
});

it("takes a single file for a list of one", () => {
  expect(asked({ data: "my.txt" as never, grid: "heads=1" }).data).toEqual(["my.txt"]);
});

it("reads a plan from a JSON file", () => {
  const path = join(folder, "plan.json");
  writeFileSync(
    path,
    '{ "list": [{ "heads": 2 }], "seeds": [1, 2], "budget": { "tokens": 1000 }, "bestOf": ["heads"] }',
  );
  expect(request(planFile(path))).toMatchObject({ list: [{ heads: 2 }], seeds: [1, 2], bestOf: ["heads"] });
  const written = (text: string) => {
    writeFileSync(path, text);
    return refusal(() => planFile(path));
  };
  expect(written("[]")).toBe('ConfigError: plan must be an object, like { "grid": { "heads": [1, 2] } }: got []');
  expect(written('{ "gird": {} }')).toBe(`ConfigError: ${path}: nothing reads "gird" (did you mean "grid"?)`);
  expect(written("{")).toMatch(/^ConfigError: plan must be a JSON file: .* \(.*plan\.json\)$/);
  expect(refusal(() => planFile(join(folder, "gone.json")))).toBe(
    `FileError: ${join(folder, "gone.json")} can't be opened: there is no such file or folder`,
  );
});
