import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { processesThatFit, threadSettings, threadsEach } from "../../src/backends/processes.js";

it("shares the cores between processes, each at least one", () => {
  const cores = availableParallelism();
  expect(threadsEach(1)).toBe(cores);
  expect(threadsEach(cores)).toBe(1);
  expect(threadsEach(3 * cores)).toBe(1);
  expect(threadsEach(2) * 2).toBeLessThanOrEqual(Math.max(2, cores));
});

it("lets one process at a time have a GPU, and no more than there are cores elsewhere", () => {
  expect(processesThatFit("gpu")).toBe(1);
  for (const name of ["native", "wasm", "cpu"] as const) {
    expect(processesThatFit(name)).toBeGreaterThanOrEqual(1);
    expect(processesThatFit(name)).toBeLessThanOrEqual(availableParallelism());
  }
});

it("gives a process its threads, whatever TensorFlow was told before", () => {
  expect(threadSettings(3)).toEqual({
    HEED_THREADS: "3",
    TF_NUM_INTEROP_THREADS: undefined,
    TF_NUM_INTRAOP_THREADS: undefined,
  });
});
