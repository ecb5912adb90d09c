import { expect, it } from "vitest";
import { effect, outcome } from "../../src/inspection/effect.js";
import { ablateHead } from "../../src/inspection/interventions.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { crossEntropy, rows } from "../support/plain.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyModel, tinyRows } from "../support/tinyModel.js";

const { contextLength: T, vocabSize: V } = tinyConfig;

onEveryBackend("an outcome", () => {
  it("scores each position on the next token, or on the targets given, in nats", () => {
    const model = tinyModel();
    const ids = tinyRows(2);
    const { logits, losses, loss } = outcome(model, ids);
    const answers = rows(logits.values, V);
    const expected = ids.flatMap((row, b) => row.slice(1).map((id, t) => crossEntropy(answers[b * T + t]!, id)));
    expect([logits.shape, losses.shape]).toEqual([
      [2, T, V],
      [2, T - 1],
    ]);
    expectClose(losses.values, expected);
    expectClose([loss], [expected.reduce((sum, x) => sum + x, 0) / expected.length]);
    const first = outcome(model, ids, { targets: [[3], [6]] });
    expectClose(first.losses.values, [crossEntropy(answers[0]!, 3), crossEntropy(answers[T]!, 6)]);
    expect(outcome(model, [[1]]).losses.shape).toEqual([1, 0]);
    expect(outcome(model, [[1]]).loss).toBeNaN();
    model.dispose();
  });

  it("is compared without and with interventions, and leaves no tensor", () => {
    const model = tinyModel();
    const ids = tinyRows(2);
    const interventions = [ablateHead(0, 1)];
    let made: ReturnType<typeof effect> | undefined;
    expect(
      tensorsLeft(() => {
        made = effect(model, ids, interventions);
      }),
    ).toBe(0);
    const { before, after, change } = made!;
    expect(before).toEqual(outcome(model, ids));
    expect(after).toEqual(outcome(model, ids, { interventions }));
    for (const what of ["logits", "losses"] as const) {
      expect(change[what].shape).toEqual(before[what].shape);
      expectClose(
        change[what].values,
        after[what].values.map((x, i) => x - before[what].values[i]!),
      );
    }
    expect(change.loss).toBe(after.loss - before.loss);
    expect(change.loss).not.toBe(0);
    model.dispose();
  });
});

it("there are as many rows of targets as sequences, and no more targets than tokens", () => {
  const model = tinyModel();
  const given = (targets: number[][]) =>
    refusal(() =>
      outcome(
        model,
        [
          [1, 2],
          [3, 4],
        ],
        { targets },
      ),
    );
  const rule = "DataError: targets must be 2 rows of one length, at most 2";
  expect(given([[1]])).toBe(`${rule}: got 1 of 1`);
  expect(given([[1, 2], [1]])).toBe(`${rule}: got 2 of 2, 1`);
  expect(
    given([
      [1, 2, 3],
      [1, 2, 3],
    ]),
  ).toBe(`${rule}: got 2 of 3`);
  model.dispose();
});
