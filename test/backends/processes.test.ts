import { availableParallelism } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { processesThatFit, threadSettings, threadsEach } from "../../src/backends/processes.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("shares the threads that are allowed between processes, each at least one", () => {
  vi.stubEnv("HEED_THREADS", "7");
  expect([1, 2, 3, 7, 8].map(threadsEach)).toEqual([7, 3, 2, 1, 1]);
  expect(processesThatFit("native")).toBeLessThanOrEqual(7);
  vi.stubEnv("HEED_THREADS", undefined);
  const cores = availableParallelism();
  expect(threadsEach(1)).toBe(cores);
  expect(threadsEach(cores)).toBe(1);
});

it("lets one process at a time have a GPU, and no more than there are cores elsewhere", () => {
  expect(processesThatFit("gpu")).toBe(1);
  for (const name of ["native", "wasm", "cpu"] as const) {
    expect(processesThatFit(name)).toBeGreaterThanOrEqual(1);
    expect(processesThatFit(name)).toBeLessThanOrEqual(availableParallelism());
  }
});

it("gives a process its threads, whatever TensorFlow was told before", () => {
  expect(threadSettings(3)).toStrictEqual({
    HEED_THREADS: "3",
    TF_NUM_INTEROP_THREADS: undefined,
    TF_NUM_INTRAOP_THREADS: undefined,
  });
});
