import { expect, it } from "vitest";
import { snapshotSchedule } from "../../src/training/snapshotSchedule.js";

it.each([
  [0, 1000, []],
  [1, 1000, [1000]],
  [2, 1000, [0, 1000]],
  [3, 1000, [0, 1, 1000]],
  [5, 1000, [0, 1, 10, 100, 1000]],
  [8, 1000, [0, 1, 3, 10, 32, 100, 316, 1000]], // powers of √10
  [20, 4, [0, 1, 2, 3, 4]],
  [4, 1, [0, 1]],
])("%i snapshots of %i steps are taken after %j", (snapshots, steps, expected) => {
  expect(snapshotSchedule({ snapshots, steps })).toEqual(expected);
});
