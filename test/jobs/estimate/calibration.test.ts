import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ActiveBackend, useBackend } from "../../../src/backends/choose.js";
import { type CalibrationOptions, calibration } from "../../../src/jobs/estimate/calibration.js";
import { fitCosts } from "../../../src/jobs/estimate/machineCosts.js";
import { type MeasuredStep, measureSteps } from "../../../src/jobs/estimate/measureSteps.js";
import { executionOf } from "../../../src/model/execution.js";
import { trainingWork } from "../../../src/model/work.js";
import { slow } from "../../support/slow.js";
import { tinyConfig } from "../../support/tinyModel.js";

vi.mock("node:os", async (original) => ({ ...(await original<typeof import("node:os")>()), loadavg: vi.fn() }));

let cacheFolder: string;
beforeEach(() => {
  vi.mocked(loadavg).mockReturnValue([0, 0, 0]);
  cacheFolder = mkdtempSync(join(tmpdir(), "heed-test-"));
});
afterEach(() => rmSync(cacheFolder, { recursive: true, force: true }));

const backend: ActiveBackend = { name: "native", reason: "native (TensorFlow 2.21.0): asked for" };

/** Measures without measuring: an op takes a second in the first calibration, two in the second, and so on. */
function countingMeasure() {
  let times = 0;
  const measure = async (): Promise<MeasuredStep[]> => {
    times++;
    return [{ model: tinyConfig, batchSize: 1, work: { ops: 1, flops: 0, bytes: 0, randoms: 0 }, seconds: times }];
  };
  const ask = async (changes: Partial<CalibrationOptions> = {}) => {
    const options = { backend, precision: "float32", compiled: true, cacheFolder, ...changes } as const;
    return (await calibration(options, {}, measure)).costs.op;
  };
  return { ask };
}

describe("a calibration", () => {
  it("is measured once and kept", async () => {
    const { ask } = countingMeasure();
    expect([await ask(), await ask(), await ask()]).toEqual([1, 1, 1]);
    const [name, ...others] = readdirSync(join(cacheFolder, "calibrations"));
    expect(others).toEqual([]);
    const { key, costs, measured, at, load } = JSON.parse(
      readFileSync(join(cacheFolder, "calibrations", name!), "utf8"),
    );
    expect(key).toMatchObject({
      backend: "native",
      library: "TensorFlow 2.21.0",
      precision: "float32",
      compiled: true,
    });
    expect(costs).toEqual({ op: 1, flop: 0, byte: 0, random: 0 });
    expect(measured.length).toBe(1);
    expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(60_000);
    expect(load).toBe(0);
  });

  it("is measured anew when that is asked for", async () => {
    const { ask } = countingMeasure();
    expect([await ask(), await ask({ anew: true }), await ask()]).toEqual([1, 2, 2]);
  });

  it("is another for another backend, library, precision, way of running, and number of threads", async () => {
    const { ask } = countingMeasure();
    const wasm: ActiveBackend = { name: "wasm", reason: "wasm: asked for" };
    const older = { ...backend, reason: "native (TensorFlow 2.9.1): asked for" };
    const changes = [
      {},
      { backend: wasm },
      { backend: older },
      { precision: "bfloat16" },
      { compiled: false },
    ] as const;
    const first = [];
    for (const change of changes) first.push(await ask(change));
    vi.stubEnv("HEED_THREADS", "7");
    first.push(await ask());
    vi.unstubAllEnvs();
    expect(first).toEqual([1, 2, 3, 4, 5, 6]);
    const again = [];
    for (const change of changes) again.push(await ask(change));
    expect(again).toEqual([1, 2, 3, 4, 5]);
  });

  it("does not depend on why the backend was chosen", async () => {
    const { ask } = countingMeasure();
    expect(await ask()).toBe(1);
    expect(await ask({ backend: { ...backend, reason: "native (TensorFlow 2.21.0): it loads" } })).toBe(1);
  });

  it.each([
    ["half a file", (text: string) => text.slice(0, text.length / 2)],
    ["no JSON", () => "?"],
    ["a cost below 0", (text: string) => text.replace('"op": 1', '"op": -1')],
    ["no date", (text: string) => text.replace(/"at": "[^"]*"/, '"at": "soon"')],
  ])("is measured again where what is kept is damaged: %s", async (_, damage) => {
    const { ask } = countingMeasure();
    await ask();
    const folder = join(cacheFolder, "calibrations");
    const file = join(folder, readdirSync(folder)[0]!);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, damage(text));
    expect(readFileSync(file, "utf8")).not.toBe(text);
    expect([await ask(), await ask()]).toEqual([2, 2]);
  });

  it("of a busy machine serves until the machine is not busy", async () => {
    const { ask } = countingMeasure();
    vi.mocked(loadavg).mockReturnValue([1000, 0, 0]);
    expect([await ask(), await ask()]).toEqual([1, 1]);
    vi.mocked(loadavg).mockReturnValue([0, 0, 0]);
    expect([await ask(), await ask()]).toEqual([2, 2]);
    vi.mocked(loadavg).mockReturnValue([1000, 0, 0]);
    expect(await ask()).toBe(2);
  });

  it("is measured each time where the cache can't be written", async () => {
    writeFileSync(join(cacheFolder, "calibrations"), "a file in the place of the folder");
    const { ask } = countingMeasure();
    expect([await ask(), await ask()]).toEqual([1, 2]);
  });
});

it.runIf(slow)("measures real steps of models that differ, in seconds", async () => {
  const active = await useBackend("auto");
  const progress: number[] = [];
  const options = { backend: active, precision: "float32", compiled: true, cacheFolder } as const;
  const limits = { most: 1, least: 1, seconds: 0 };
  const began = performance.now();
  const { costs, measured } = await calibration(
    options,
    { onProgress: (done, total) => progress.push(done / total) },
    (given, listeners) => measureSteps(given, listeners, limits),
  );
  const elapsed = (performance.now() - began) / 1000;
  expect(costs).toEqual(fitCosts(measured));
  expect(Object.values(costs).some((cost) => cost > 0)).toBe(true);
  expect(new Set(measured.map(({ model }) => JSON.stringify(model))).size).toBe(measured.length);
  expect(measured.length).toBeGreaterThanOrEqual(5);
  for (const { work, model, batchSize, seconds } of measured) {
    expect(work).toEqual(trainingWork(model, { batchSize, gradAccum: 1 }, executionOf(model, batchSize)));
    expect(seconds).toBeGreaterThan(0);
  }
  expect(2 * measured.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThan(elapsed); // two steps each at least
  expect(progress[0]).toBe(0);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);
});
