import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { forecastText } from "../../../scripts/support/forecastText.js";
import { forecastSweep } from "../../../src/lab/sweep/forecast.js";

const folder = mkdtempSync(join(tmpdir(), "heed-forecast-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const text = join(folder, "t.txt");
writeFileSync(text, "The cat sat on the mat. ".repeat(50));

const options = {
  data: [text],
  out: join(folder, "sweep"),
  backend: "cpu",
  grid: "dim=6,8,12 lr=1e-3,2e-3 heads=2,3",
  seeds: 2,
  workers: 2,
  threads: 2,
  model: { contextLength: 8, numLayers: 1 },
  training: { steps: 20 },
};

it("times each shape once, says how long all trials take, and writes nothing", async () => {
  const asked: number[] = [];
  const forecast = await forecastSweep(options, { onTiming: (count) => asked.push(count) });
  // 8 wide there are no 3 heads: 5 shapes, but heads change no cost: 3 are timed. 5 shapes, 2 rates, 2 seeds.
  expect(asked).toEqual([3]);
  expect(forecast.timed.map(({ settings }) => settings.dim)).toEqual([6, 8, 12]);
  expect(forecast.trials).toHaveLength(20);
  expect(forecast.skipped).toHaveLength(2);
  const steps = forecast.timed.map(({ secondsPerStep }) => secondsPerStep);
  // 8 trials of width 6, 4 of 8, 8 of 12, each of 20 steps, two at a time; validations on top.
  const least = (20 * (8 * steps[0]! + 4 * steps[1]! + 8 * steps[2]!)) / 2;
  expect(forecast.seconds).toBeGreaterThan(least);
  expect(readdirSync(folder)).toEqual(["t.txt"]);
  const lines = forecastText(forecast).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "backend     cpu: asked for",
    "text        1,080 tokens, 120 held out",
    "trials      20: 10 settings, 2 seeds each",
    "at a time   2, each on 1 thread",
    "budget      each 20 steps, 2,560 tokens",
  ]);
  expect(lines.at(-1)).toMatch(/^time {8}about \S+ for all trials$/);
}, 60_000);

it("refuses what a sweep refuses, and times nothing where that is not asked for", async () => {
  await expect(forecastSweep({ ...options, data: [join(folder, "gone.txt")] })).rejects.toThrow("gone.txt");
  const untimed = await forecastSweep(options, { timing: false });
  expect([untimed.timed, untimed.seconds, untimed.trials.length]).toEqual([[], undefined, 20]);
  expect(existsSync(options.out)).toBe(false);
}, 60_000);
