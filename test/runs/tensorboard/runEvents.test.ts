import { afterEach, describe, expect, it, vi } from "vitest";
import { appendMetrics } from "../../../src/runs/metrics.js";
import { RunEvents } from "../../../src/runs/tensorboard/runEvents.js";
import { curve, eventFiles, eventsOfRun, fieldsOf, readEvents } from "../../support/events.js";
import { temporaryFolder } from "../checkpoint/support.js";

afterEach(() => {
  vi.useRealTimers();
});

const line = (step: number, more: object = {}) => ({
  step,
  tokens: step * 64,
  trainLoss: 1 / step,
  learningRate: 0.1 / step,
  gradNorm: step / 3,
  tokensPerSecond: 1000 + step,
  elapsed: step / 2,
  ...more,
});

/** All curves of a run, by tag. */
function curves(folder: string) {
  const events = eventsOfRun(folder);
  const tags = events.flatMap(({ values }) => values.flatMap(({ tag, number }) => (number === undefined ? [] : tag)));
  return Object.fromEntries(tags.map((tag) => [tag, curve(events, tag)]));
}

describe("the events of a run", () => {
  it("have the metrics as curves, each described once", () => {
    const folder = temporaryFolder();
    const events = new RunEvents(folder, { step: 0, settings: {} });
    events.metrics(line(1));
    events.metrics(line(2, { valLoss: 0.25 }));
    const f = Math.fround;
    expect(curves(folder)).toEqual({
      "loss/train": [
        [1, 1],
        [2, 0.5],
      ],
      "loss/validation": [[2, 0.25]],
      "optimizer/learning_rate": [
        [1, f(0.1)],
        [2, f(0.05)],
      ],
      "optimizer/gradient_norm": [
        [1, f(1 / 3)],
        [2, f(2 / 3)],
      ],
      "speed/tokens_per_second": [
        [1, 1001],
        [2, 1002],
      ],
    });
    const descriptions = eventsOfRun(folder).flatMap(({ step, values }) =>
      values.filter(({ description }) => description !== undefined).map(({ tag }) => [step, tag]),
    );
    expect(descriptions.slice(0, 4).map(([step]) => step)).toEqual([1, 1, 1, 1]);
    expect(descriptions.slice(4)).toEqual([[2, "loss/validation"]]);
  });

  it("have text samples as Markdown code blocks, in lines of at most 100 characters", () => {
    const folder = temporaryFolder();
    const events = new RunEvents(folder, { step: 0, settings: {} });
    const wordy = "word ".repeat(45);
    events.sample(7, `# no heading\n\n* no *list*\r\n${wordy}\n${"🐈".repeat(150)}`);
    const sample = eventsOfRun(folder).at(-1)!;
    expect(sample).toMatchObject({ step: 7, values: [{ tag: "sample", plugin: "text" }] });
    expect(sample.values[0]!.text!.split("\n")).toEqual([
      "    # no heading",
      "    ",
      "    * no *list*\r",
      ...[20, 20, 5].map((words) => `    ${"word ".repeat(words)}`),
      ...[100, 50].map((cats) => `    ${"🐈".repeat(cats)}`),
    ]);
  });

  it("have the settings that are numbers, strings or booleans, and mark the end of the run", () => {
    const folder = temporaryFolder();
    const settings = { numHeads: 4, gated: false, norm: "layernorm", none: undefined, list: [1] };
    const events = new RunEvents(folder, { step: 0, settings });
    const found = (tag: string) => {
      const values = eventsOfRun(folder).flatMap(({ values }) => values);
      const value = values.find((value) => value.tag === `_hparams_/session_${tag}_info`);
      return value && fieldsOf(value.content!);
    };
    const entries = fieldsOf(found("start")!.get(3)![0] as Buffer).get(1) as Buffer[];
    const names = entries.map((entry) => String(fieldsOf(entry).get(1)![0]));
    expect(names).toEqual(["numHeads", "gated", "norm"]);
    expect(found("end")).toBeUndefined();
    events.finish();
    expect(fieldsOf(found("end")!.get(4)![0] as Buffer).get(1)).toEqual([1n]); // STATUS_SUCCESS
  });
});

describe("the events of a resumed run", () => {
  it("drop what came after the step at which the run resumes, and have the settings once", () => {
    const folder = temporaryFolder();
    const before = new RunEvents(folder, { step: 0, settings: { seed: 1 } });
    for (const step of [10, 20, 30]) before.metrics(line(step));
    appendMetrics(folder, line(10));
    const after = new RunEvents(folder, { step: 15, settings: { seed: 1 } });
    for (const step of [20, 30, 40]) after.metrics(line(step, { trainLoss: 9 }));
    expect(curve(eventsOfRun(folder), "loss/train")).toEqual([
      [10, Math.fround(0.1)],
      [20, 9],
      [30, 9],
      [40, 9],
    ]);
    const [, second] = eventFiles(folder);
    expect(readEvents(second!).slice(0, 3)).toMatchObject([
      { fileVersion: "brain.Event:2", step: 0 },
      { session: 1, step: 16 },
      { step: 20 },
    ]);
  });

  it("begin with the earlier metrics, at their own times, if the run had no event file before", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_700_000_000_500 });
    const folder = temporaryFolder();
    for (const step of [10, 20]) appendMetrics(folder, line(step));
    new RunEvents(folder, { step: 20, settings: {} }).metrics(line(30));
    const events = eventsOfRun(folder).filter(({ values }) => values[0]?.tag === "loss/train");
    expect(events.map(({ step, wallTime }) => [step, wallTime])).toEqual([
      [10, 1_699_999_995.5],
      [20, 1_700_000_000.5],
      [30, 1_700_000_000.5],
    ]);
  });
});
