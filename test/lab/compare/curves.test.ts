import { afterAll, expect, it } from "vitest";
import { trainingCurves, validationCurves } from "../../../src/lab/compare/curves.js";
import { groupRuns, speed } from "../../../src/lab/compare/groups.js";
import { runFolders } from "./support.js";

const { make, remove } = runFolders();
afterAll(remove);

it("averages the finished runs of a group step by step", () => {
  const runs = make(
    { losses: [3, 2, 1], training: { seed: 1, steps: 90 }, tokensPerSecond: 1000 },
    { losses: [4, 2, 2], training: { seed: 2, steps: 90 }, tokensPerSecond: 500 },
  );
  const [curve, ...more] = validationCurves(groupRuns(runs, []));
  expect(more).toEqual([]);
  expect(curve!.seed).toBe("mean");
  // 4 sequences of 8 tokens a step; 24,768 operations a token (settings.test.ts); the mean of 0.96 and 1.92 seconds.
  expect(curve!.points[0]).toEqual({
    step: 30,
    tokens: 960,
    flops: 960 * 24_768,
    seconds: expect.closeTo(1.44),
    loss: 3.5,
  });
  expect(curve!.points.map(({ step, loss }) => [step, loss])).toEqual([
    [30, 3.5],
    [60, 2],
    [90, 1.5],
  ]);
});

it("draws a run that is not finished by itself", () => {
  const runs = make(
    { losses: [3, 2, 1], training: { seed: 1, steps: 90 } },
    { losses: [9, 9, 9], training: { seed: 2, steps: 90 }, stoppedAt: 60 },
  );
  const [mean, other] = validationCurves(groupRuns(runs, []));
  expect(mean!.points.map(({ loss }) => loss)).toEqual([3, 2, 1]);
  expect(other).toMatchObject({ seed: 2, points: [{ loss: 9 }, { loss: 9 }] });
});

it("goes by the steps at which all have a loss", () => {
  const runs = make(
    { losses: [4, 3, 2, 1], training: { seed: 1, steps: 120 } },
    { losses: [2, 1], training: { seed: 2, steps: 120 } },
  );
  const [curve] = validationCurves(groupRuns(runs, []));
  expect(curve!.points.map(({ step, loss }) => [step, loss])).toEqual([
    [60, 2.5],
    [120, 1],
  ]);
});

/** Runs that ended after their time: seed by seed other last steps; `evalEvery` 0 validates at the end alone. */
function timed(evalEvery: number, ends: [steps: number, loss: number][]) {
  const runs = make(...ends.map(([steps, loss], i) => ({ losses: [loss], training: { seed: i + 1, steps } })));
  runs.forEach((run, i) => {
    const [steps, loss] = ends[i]!;
    run.points = Array.from({ length: steps / 10 }, (_, n) => {
      const step = 10 * (n + 1);
      const validates = step === steps || (evalEvery > 0 && step % evalEvery === 0);
      const at = { step, tokens: 32 * step, elapsed: step / steps, tokensPerSecond: 1, trainLoss: loss + 1 };
      return validates ? { ...at, valLoss: step === steps ? loss : 5 } : at;
    });
  });
  return groupRuns(runs, []);
}

it("averages training losses over stretches of the mean, so that all steps that the seeds share count", () => {
  const [curve] = trainingCurves(
    timed(0, [
      [1190, 1],
      [1210, 2],
    ]),
  );
  expect(curve!.points).toHaveLength(60);
  expect(curve!.points[0]).toMatchObject({ step: 20, loss: 2.5 });
  expect(curve!.points.at(-1)).toMatchObject({ step: 1190, loss: 2.5 });
});

it("thins long curves, with both ends kept, and averages training losses over stretches", () => {
  const losses = Array.from({ length: 240 }, (_, i) => 240 - i);
  const groups = groupRuns(make({ losses, training: { steps: 240 } }), []);
  const validation = validationCurves(groups)[0]!.points;
  expect(validation).toHaveLength(60);
  expect([validation[0]!.step, validation.at(-1)!.step]).toEqual([1, 240]);
  const training = trainingCurves(groups)[0]!.points;
  expect(training).toHaveLength(60);
  // The first four training losses are 239.9, 238.9, 237.9 and 236.9.
  expect(training[0]).toMatchObject({ step: 4, loss: expect.closeTo(238.4, 9) });
  expect(training.at(-1)).toMatchObject({ step: 240, loss: expect.closeTo(2.4, 9) });
});

it("takes the median speed, the first line aside", () => {
  const [run] = make({ losses: [3, 2, 1] });
  run!.points.forEach((point, i) => {
    point.tokensPerSecond = [1, 50, 70][i]!;
  });
  expect(speed(run!)).toBe(60);
});
