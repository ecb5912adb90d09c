import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchParts } from "../../src/backends/capabilities.js";
import { useBackend } from "../../src/backends/choose.js";
import { shareThreads } from "../../src/backends/threads.js";
import { present } from "../support/backends.js";

const names = ["HEED_THREADS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS"];
const before = names.map((name) => process.env[name]);

function settings(...values: (string | undefined)[]): void {
  names.forEach((name, i) => {
    if (values[i] === undefined) delete process.env[name];
    else process.env[name] = values[i];
  });
}

describe("threads", () => {
  beforeAll(() => useBackend(present.includes("native") ? "native" : "cpu"));
  afterAll(() => settings(...before));

  it.each([
    { threads: "1", inter: "1", intra: "1" },
    { threads: "2", inter: "2", intra: "1" },
    { threads: "4", inter: "4", intra: "1" },
    { threads: "16", inter: "16", intra: "4" },
  ])("are shared by ops side by side before they share an op: $threads", ({ threads, inter, intra }) => {
    settings(threads);
    shareThreads();
    expect(names.slice(1).map((name) => process.env[name])).toEqual([inter, intra]);
  });

  it("keep the settings that a user made for TensorFlow", () => {
    settings("2", "7", "5");
    shareThreads();
    expect(names.slice(1).map((name) => process.env[name])).toEqual(["7", "5"]);
  });

  it.each(["0", "1.5", "many"])("refuse HEED_THREADS=%s", (threads) => {
    settings(threads);
    expect(shareThreads).toThrow(`HEED_THREADS must be a whole number from 1 to 1024: got ${Number(threads)}`);
  });

  it.runIf(present.includes("native"))("cut a batch into a part for each, at most four, on native alone", async () => {
    settings("3");
    shareThreads();
    expect([1, 2, 3, 7].map(batchParts)).toEqual([[1], [1, 1], [1, 1, 1], [2, 2, 3]]);
    settings("9");
    shareThreads();
    expect(batchParts(9)).toEqual([2, 2, 2, 3]);
    await tf.setBackend("cpu");
    expect(batchParts(9)).toEqual([9]);
  });
});
