import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TrainingDisplay } from "../../scripts/support/trainingDisplay.js";
import { trainingConfig } from "../../src/config/training.js";
import { onScreen } from "./screen.js";

let written: string;
beforeEach(() => {
  written = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const start = {
  backend: { name: "cpu", reason: "cpu: asked for" } as const,
  step: 0,
  parameters: 12345,
  vocabSize: 17,
  training: trainingConfig({ steps: 6, batchSize: 3 }),
  tokens: { train: 1234567, validation: 89 },
  xla: false,
  notes: ["words are few"],
};
const progress = (step: number, valLoss?: number) => ({
  step,
  steps: 6,
  tokens: step,
  trainLoss: 6 - step / 2,
  valLoss,
  learningRate: 1,
  gradNorm: 1,
  tokensPerSecond: 2500,
  elapsed: step,
});

it("says what is trained, and the pace once it is known", () => {
  vi.spyOn(performance, "now").mockReturnValue(50_000);
  const { listeners } = new TrainingDisplay();
  listeners.onStart!(start);
  for (const step of [1, 2, 3]) listeners.onStep!(progress(step, step === 3 ? 4.25 : undefined));
  for (const step of [4, 5, 6]) listeners.onStep!(progress(step));
  expect(written.split("\n")).toEqual([
    "backend     cpu: asked for",
    "model       12,345 parameters, vocabulary 17",
    "text        1,234,567 tokens, 89 held out",
    "training    6 steps of 3 sequences",
    "note        words are few",
    "step 1/6: loss 5.500",
    "step 3/6: loss 4.500, held out 4.250",
    "step 6/6: loss 3.000, 2,500 tokens/s, ETA 0s",
    "",
  ]);
});

it("says how long XLA compiled", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(50_000);
  const { listeners } = new TrainingDisplay();
  listeners.onStart!({ ...start, xla: true, notes: [] });
  now.mockReturnValue(56_340);
  for (const step of [1, 2, 3, 4, 5, 6]) listeners.onStep!(progress(step));
  expect(written.split("\n").slice(3)).toEqual([
    "training    6 steps of 3 sequences",
    "compiling   the step, by XLA: seconds to minutes",
    "step 1/6: loss 5.500, compiled in 6.3 s",
    "step 6/6: loss 3.000, 2,500 tokens/s, ETA 0s",
    "",
  ]);
});

it("draws a curve that fits 80 columns", () => {
  const display = new TrainingDisplay();
  display.listeners.onStart!(start);
  for (let step = 1; step <= 200; step++) display.listeners.onStep!({ ...progress(step), steps: 200 });
  written = "";
  display.summary({ out: "run", parameters: 1, state: { step: 200, tokens: 1, elapsed: 1 } });
  const curve = written.split("\n").filter((line) => /[┤┼]/.test(line));
  expect(curve.length).toBe(9);
  expect(Math.max(...curve.map((line) => line.trimEnd().length))).toBeGreaterThan(70);
  expect(Math.max(...curve.map((line) => line.length))).toBeLessThanOrEqual(80);
});

it("shows no step after it is closed", () => {
  const display = new TrainingDisplay();
  display.listeners.onStep!(progress(1));
  display.close();
  display.listeners.onStep!(progress(6));
  expect(written).toBe("step 1/6: loss 5.500\n");
});

it.each([60, 80, 120])("keeps samples whole in a terminal of %d columns, above the bar", (columns) => {
  const story = "The bat hung in the attic, and the bat spread its wings. Mia, who was cheerful, saw it all the same.";
  let now = 1000;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
  const screen = onScreen(columns, () => {
    const display = new TrainingDisplay();
    display.listeners.onStart!({ ...start, notes: [] });
    for (const step of [1, 2, 3, 4, 5, 6]) {
      display.listeners.onStep!(progress(step, 4.25));
      if (step % 3 === 0) display.listeners.onSample!(step, story);
    }
    display.close();
  });
  const samples = screen
    .slice(4, -2)
    .join("\n")
    .split(/^\n--- step \d ---$/m);
  expect(samples.map((text) => text.replace(/\s+/g, " "))).toEqual(["", ` ${story} --- `, ` ${story} ---`]);
  expect(screen.at(-2)).toMatch(/^█{10,} 6\/6 \| loss 3.000 \| held out 4.250 .*\| ETA 0s$/);
  expect(Math.max(...screen.map((line) => line.length))).toBeLessThanOrEqual(columns);
});
