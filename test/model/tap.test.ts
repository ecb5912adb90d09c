import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { KvCache } from "../../src/generation/kvCache.js";
import type { CallContext } from "../../src/layers/context.js";
import { type Point, points } from "../../src/layers/points.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normals, tensorsLeft } from "../support/numbers.js";
import { rows } from "../support/plain.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyIds, tinyModel } from "../support/tinyModel.js";

const { contextLength: T, vocabSize: V, numLayers: L, numHeads: H, hiddenDim: C, intermediateDim: F } = tinyConfig;
const D = C / H;
const B = 2;

type Tap = NonNullable<CallContext["tap"]>;
type Seen = { at: string; shape: number[]; values: Float32Array };

/** A tap that notes what it is given, and changes nothing. */
function notes(): { seen: Seen[]; tap: Tap } {
  const seen: Seen[] = [];
  const tap: Tap = (layer, point, value) => {
    seen.push({ at: `${layer} ${point}`, shape: value.shape, values: value.dataSync() as Float32Array });
    return undefined;
  };
  return { seen, tap };
}

/** A tap that puts `change` of the value in the value's place at one point. */
function changes(at: string, change: (value: tf.Tensor) => tf.Tensor): Tap {
  return (layer, point, value) => (`${layer} ${point}` === at ? change(value) : undefined);
}

const block = (i: number): string[] => [
  `blocks.${i}.attentionNorm output`,
  ...["query", "key", "value", "scores", "maskedScores", "weights", "headOutputs", "output", "residual"].map(
    (point) => `blocks.${i}.attention ${point}`,
  ),
  `blocks.${i}.feedForwardNorm output`,
  ...["preActivation", "activation", "output", "residual"].map((point) => `blocks.${i}.feedForward ${point}`),
];
const everyPoint = [
  ...["tokens output", "positions output", "dropout output"],
  ...Array.from({ length: L }, (_, i) => block(i)).flat(),
  ...["finalNorm output", "output logits"],
];

/** The shape that the list of points states, in numbers. */
function stated(at: string, letters: Record<string, number>): number[] {
  const point = at.split(" ")[1] as Point;
  return points[point].match(/[A-Z]/g)!.map((letter) => letters[letter]!);
}

/** One sequence token by token through a cache: the logits after each, and what a tap sees. */
function cached(model: Transformer, ids: tf.Tensor2D, tap: Tap): Float32Array[] {
  const cache = new KvCache(model.config);
  const all = Array.from({ length: T }, (_, t) =>
    tf.tidy(() => {
      const position = tf.scalar(t, "int32");
      return model.logits(ids.slice([0, t], [1, 1]), { cache: cache.extending(position), tap }).dataSync();
    }),
  );
  cache.dispose();
  return all as Float32Array[];
}

onEveryBackend("a tap", () => {
  it("is called at every point that the list names, in order, with values of the stated shapes", () => {
    const model = tinyModel();
    const { seen, tap } = notes();
    model.logits(tinyIds(B), { tap });
    expect(seen.map(({ at }) => at)).toEqual(everyPoint);
    expect(new Set(everyPoint.map((at) => at.split(" ")[1]))).toEqual(new Set(Object.keys(points)));
    for (const { at, shape } of seen) expect(shape, at).toEqual(stated(at, { B, T, S: T, C, D, H, F, V }));
    model.dispose();
  });

  it("changes nothing by looking", () => {
    const model = tinyModel();
    expectClose(model.logits(tinyIds(B), { tap: notes().tap }), model.logits(tinyIds(B)));
    model.dispose();
  });

  it("is given with a cache what it is given without, in whole rows of scores and weights", () => {
    const model = tinyModel();
    const ids = tinyIds(1);
    const whole = notes();
    model.logits(ids, { tap: whole.tap });
    const stepwise = notes();
    cached(model, ids, stepwise.tap);
    expect(stepwise.seen.map(({ at }) => at)).toEqual(Array.from({ length: T }, () => everyPoint).flat());
    stepwise.seen.forEach(({ at, shape, values }, i) => {
      const t = Math.floor(i / everyPoint.length);
      expect(shape, at).toEqual(stated(at, { B: 1, T: 1, S: T, C, D, H, F, V }));
      const { shape: full, values: expected } = whole.seen[i % everyPoint.length]!;
      const width = full.at(-1)!;
      const ofToken = rows(expected, width).filter((_, row) => row % T === t);
      // Scores of keys that are not there yet are of empty places; their weights are 0 all the same.
      const known = /cores/.test(at) ? t + 1 : width;
      rows(values, width).forEach((row, r) => {
        expectClose(row.slice(0, known), ofToken[r]!.slice(0, known), { absolute: 1e-5 });
      });
    });
    model.dispose();
  });

  it("has what it puts in a key's place remembered by the cache", () => {
    const model = tinyModel();
    const tap = changes("blocks.0.attention key", (key) => key.mul(0.5).add(0.1));
    const ids = tinyIds(1);
    expectClose(
      cached(model, ids, tap).flatMap((logits) => [...logits]),
      model.logits(ids, { tap }),
      {
        absolute: 1e-5,
      },
    );
    model.dispose();
  });

  it.each(everyPoint)("may put another value in the place of %s", (at) => {
    const model = tinyModel();
    const plain = model.logits(tinyIds(B)).dataSync();
    const tap = changes(at, (value) => tf.tensor(normals(value.shape, "other"), value.shape));
    expect(model.logits(tinyIds(B), { tap }).dataSync()).not.toEqual(plain);
    model.dispose();
  });

  it("that silences a head gives what the model gives without that head's rows of the output projection", () => {
    const model = tinyModel();
    const keepsFirst = tf.tensor4d([1, 0], [1, H, 1, 1]);
    const tap = changes("blocks.1.attention headOutputs", (value) => value.mul(keepsFirst));
    const silenced = model.logits(tinyIds(B), { tap }).dataSync();
    const weights = model.read();
    const { data } = weights.get("blocks.1.attention.output.weight")!;
    data.fill(0, D * C);
    model.load(weights);
    expectClose(model.logits(tinyIds(B)), silenced);
    model.dispose();
  });

  it("that gives even weights has each head give the mean of the values so far", () => {
    const model = tinyModel();
    const even = Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, s) => (s <= t ? 1 / (t + 1) : 0)));
    const rowsOf = new Map<string, number[][]>();
    model.logits(tinyIds(1), {
      tap: (layer, point, value) => {
        if (layer !== "blocks.0.attention") return undefined;
        if (point === "value" || point === "headOutputs") rowsOf.set(point, rows(value.dataSync(), D));
        return point === "weights" ? tf.tile(tf.tensor4d([[even]]), [1, H, 1, 1]) : undefined;
      },
    });
    const means = rowsOf.get("value")!.map((_, r, values) => {
      const before = values.slice(r - (r % T), r + 1);
      return before[0]!.map((_, d) => before.reduce((sum, row) => sum + row[d]!, 0) / before.length);
    });
    expectClose(rowsOf.get("headOutputs")!.flat(), means.flat());
    model.dispose();
  });

  it("that gives the logits of a kept residual has the pass go on from there", () => {
    const model = tinyModel();
    const [clean, other] = [tinyIds(B), tinyIds(B).reverse(1) as tf.Tensor2D];
    let kept: tf.Tensor | undefined;
    model.logits(clean, {
      tap: (layer, point, value) => {
        if (layer === "blocks.0.feedForward" && point === "residual") kept = tf.keep(value.clone());
        return undefined;
      },
    });
    const patched = model.logits(other, { tap: changes("blocks.0.feedForward residual", () => kept!) });
    expectClose(patched, model.logits(clean));
    expect(kept!.isDisposed).toBe(false);
    kept!.dispose();
    model.dispose();
  });

  it("is part of what is compiled, and gives there what it gives op by op", () => {
    const model = tinyModel();
    const tap = changes("blocks.0.attention scores", (scores) => scores.mul(2));
    const ids = tinyIds(B);
    const compiled = compile((inputs: { ids: tf.Tensor2D }) => {
      let weights: tf.Tensor | undefined;
      const logits = model.logits(inputs.ids, {
        tap: (layer, point, value) => {
          if (layer === "blocks.0.attention" && point === "weights") weights = tf.keep(value.clone());
          return tap(layer, point, value);
        },
      });
      const result = { logits, weights: weights!.mul(1) };
      weights!.dispose();
      return result;
    });
    const eager = notes();
    const expected = model.logits(ids, {
      tap: (...given) => {
        eager.tap(...given);
        return tap(...given);
      },
    });
    for (let i = 0; i < 2; i++) {
      const { logits, weights } = compiled({ ids });
      expectClose(logits, expected);
      expectClose(weights, eager.seen.find(({ at }) => at === "blocks.0.attention weights")!.values);
    }
    compiled.dispose();
    model.dispose();
  });

  it("is refused a value of another shape or type", () => {
    const model = tinyModel();
    const put = (value: tf.Tensor) => () =>
      model.logits(tinyIds(B), { tap: changes("blocks.0.attention weights", () => value) });
    expect(refusal(put(tf.zeros([T, T])))).toBe(
      `DataError: tap of blocks.0.attention, weights must return float32 [${[B, H, T, T]}]: got float32 [${[T, T]}]`,
    );
    expect(refusal(put(tf.zeros([B, H, T, T], "int32")))).toBe(
      `DataError: tap of blocks.0.attention, weights must return float32 [${[B, H, T, T]}]: got int32 [${[B, H, T, T]}]`,
    );
    model.dispose();
  });

  it("leaves nothing, and what it gave is still its own", () => {
    const model = tinyModel();
    const ids = tinyIds(B);
    const own = tf.zeros([B, T, V]);
    for (const at of ["output logits", "blocks.0.attention weights"]) {
      const tap = changes(at, (value) => (at === "output logits" ? own : value.mul(0)));
      expect(tensorsLeft(() => model.logits(ids, { tap }).dispose())).toBe(0);
    }
    expect(own.isDisposed).toBe(false);
    model.dispose();
  });
});
