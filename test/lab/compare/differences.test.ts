import { afterAll, expect, it } from "vitest";
import { againstBest, effectsOf } from "../../../src/lab/compare/differences.js";
import { groupRuns } from "../../../src/lab/compare/groups.js";
import { grid, runFolders } from "./support.js";

const { make, remove } = runFolders();
afterAll(remove);

it("gives the change between every two values of a setting, from the smaller to the larger", () => {
  const rows = grid([
    [{ numHeads: 2 }, [1.5, 1.7]],
    [{ numHeads: 1 }, [2, 2.4]],
    [{ numHeads: 4 }, [1.5, 1.8]],
  ]);
  const [effect, ...more] = effectsOf(groupRuns(make(...rows), ["heads"]), ["heads"]);
  expect(more).toEqual([]);
  expect(effect).toMatchObject({ setting: "heads", with: [] });
  const changes = effect!.changes.map(({ from, to, among, change }) => [`${from} → ${to}`, among, change!.mean]);
  expect(changes).toEqual([
    ["1 → 2", 1, expect.closeTo(-0.6, 12)],
    ["1 → 4", 1, expect.closeTo(-0.55, 12)],
    ["2 → 4", 1, expect.closeTo(0.05, 12)],
  ]);
  // 0.5 and 0.7: s = 0.1414, error 0.1.
  expect(effect!.changes[0]!.change!.error).toBeCloseTo(0.1, 12);
});

it("compares runs that agree in everything else, and averages seed by seed", () => {
  const rows = grid([
    [{ numHeads: 1, hiddenDim: 16 }, [3.0, 3.4, 3.2]],
    [{ numHeads: 2, hiddenDim: 16 }, [2.9, 3.5, 3.1]], // -0.1, +0.1, -0.1
    [{ numHeads: 1, hiddenDim: 32 }, [2.0, 2.2, 2.1]],
    [{ numHeads: 2, hiddenDim: 32 }, [1.9, 2.0, 2.0]], // -0.1, -0.2, -0.1
    [{ numHeads: 4, hiddenDim: 32 }, [1.0, 1.1, 1.1]],
  ]);
  const keys = ["dim", "heads"];
  const effects = effectsOf(groupRuns(make(...rows), keys), keys);
  const [heads] = effects.filter(({ setting }) => setting === "heads");
  const [first, second] = heads!.changes;
  // By seed -0.1, -0.05, -0.1: the mean -0.08333, s = 0.028868, error s / √3 = 0.016667.
  expect(first).toMatchObject({ from: "1", to: "2", among: 2, change: { df: 2, seeds: 3, pairing: "seed" } });
  expect(first!.change!.mean).toBeCloseTo(-0.25 / 3, 12);
  expect(first!.change!.error).toBeCloseTo(1 / 60, 12);
  // Only at 32 are there 4 heads.
  expect(second).toMatchObject({ from: "1", to: "4", among: 1 });
  expect(second!.change!.mean).toBeCloseTo(-3.1 / 3, 12);
});

it("averages over the seeds that all combinations have", () => {
  const rows = grid([
    [{ numHeads: 1, hiddenDim: 16 }, [3.0, 3.4, 3.2]],
    [{ numHeads: 2, hiddenDim: 16 }, [2.9, 3.5, 3.1]], // -0.1, +0.1
    [{ numHeads: 1, hiddenDim: 32 }, [2.0, 2.2, 2.1]],
    [{ numHeads: 2, hiddenDim: 32 }, [1.0, 1.0]], // -1.0, -1.2
  ]);
  const keys = ["dim", "heads"];
  const [, heads] = effectsOf(groupRuns(make(...rows), keys), keys);
  expect(heads!.changes[0]).toMatchObject({ among: 2, change: { seeds: 2 } });
  expect(heads!.changes[0]!.change!.mean).toBeCloseTo(-0.55, 12);
});

it("leaves out combinations that share no two seeds with the others, and does not count them", () => {
  const rows = grid([
    [{ numHeads: 1, hiddenDim: 16 }, [3.0, 3.4, 3.2]],
    [{ numHeads: 2, hiddenDim: 16 }, [2.9, 3.5, 3.1]],
    [{ numHeads: 1, hiddenDim: 32 }, [2.0, 2.2, 2.1]],
    [{ numHeads: 2, hiddenDim: 32 }, [1.0]],
  ]);
  const keys = ["dim", "heads"];
  const [, heads] = effectsOf(groupRuns(make(...rows), keys), keys);
  expect(heads!.changes[0]).toMatchObject({ among: 1, change: { seeds: 3 } });
  expect(heads!.changes[0]!.change!.mean).toBeCloseTo(-0.1 / 3, 12);
});

it("says that settings that always change together can't be told apart", () => {
  const rows = grid([
    [{ numHeads: 1, hiddenDim: 16 }, [2, 2.1]],
    [{ numHeads: 2, hiddenDim: 32 }, [1, 1.2]],
  ]);
  const keys = ["dim", "heads"];
  const effects = effectsOf(groupRuns(make(...rows), keys), keys);
  expect(effects).toMatchObject([
    { setting: "dim", with: ["heads"], changes: [{ from: "16, heads 1", to: "32, heads 2" }] },
  ]);
});

it("has nothing to say where no two groups differ in a setting alone, or where there is one seed", () => {
  const crossed = grid([
    [{ numHeads: 1, hiddenDim: 16 }, [2]],
    [{ numHeads: 2, hiddenDim: 32 }, [1]],
    [{ numHeads: 1, hiddenDim: 64 }, [1]],
    [{ numHeads: 4, hiddenDim: 64 }, [1]],
  ]);
  const keys = ["dim", "heads"];
  const [dim, heads] = effectsOf(groupRuns(make(...crossed), keys), keys);
  expect(dim!.changes).toEqual([{ from: "16", to: "64", among: 1 }]);
  expect(heads!.changes).toEqual([{ from: "1", to: "4", among: 1 }]);
});

it("compares each group with the one of the smallest mean, judged among all pairs", () => {
  const rows = grid([
    [{ numHeads: 1 }, [2.0, 2.01, 2.02, 2.03]],
    [{ numHeads: 2 }, [1.5, 1.52, 1.51, 1.54]],
    [{ numHeads: 4 }, [1.51, 1.51, 1.52, 1.54]],
  ]);
  const groups = groupRuns(make(...rows), ["heads"]);
  const { best, changes } = againstBest(groups);
  expect(best!.label).toBe("heads 2");
  expect([...changes.keys()].map(({ label }) => label)).toEqual(["heads 1", "heads 4"]);
  const [one, four] = [...changes.values()];
  expect(one).toMatchObject({ from: "heads 2", to: "heads 1", change: { verdict: "clear" } });
  expect(one!.change!.mean).toBeCloseTo(0.4975, 12);
  expect(four).toMatchObject({ to: "heads 4", change: { verdict: "noise" } });
});

it("takes the smallest mean for the best, also where it is of fewer seeds", () => {
  const rows = grid([
    [{ numHeads: 1 }, [1.55, 1.6]],
    [{ numHeads: 2 }, [1.5, 1.551, 2.0]],
    [{ numHeads: 4 }, [1.6, 1.65, 2.1]],
  ]);
  const { best, changes } = againstBest(groupRuns(make(...rows), ["heads"]));
  expect(best!.label).toBe("heads 1");
  // By the seeds that both have: -0.05 and -0.049.
  const [two] = [...changes.values()];
  expect(two).toMatchObject({ to: "heads 2", change: { seeds: 2, mean: expect.closeTo(-0.0495, 12) } });
});

it("leaves groups out that have no finished run", () => {
  const runs = make({ model: { numHeads: 1 } }, { model: { numHeads: 2 }, stoppedAt: 66 });
  const groups = groupRuns(runs, ["heads"]);
  expect(againstBest(groups)).toEqual({ best: groups[0], changes: new Map() });
  expect(againstBest(groups.slice(1))).toEqual({ best: undefined, changes: new Map() });
  expect(effectsOf(groups, ["heads"])[0]!.changes).toEqual([]);
});
