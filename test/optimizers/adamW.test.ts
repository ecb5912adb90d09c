import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { AdamW } from "../../src/optimizers/adamW.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normals, tensorsLeft } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

const config = { weightDecay: 0.3, beta1: 0.8, beta2: 0.95 };
const shapes = { matrix: [3, 4], gain: [4], cube: [2, 2, 2], faint: [5] };
const steps = 6;
/** The gradients of `faint` are as small as the epsilon that is added to the root. */
const gradient = (name: keyof typeof shapes, step: number) =>
  normals(shapes[name], `${name} ${step}`, name === "faint" ? 1e-8 : 1);
const rate = (step: number) => 0.1 / step;

/** The formula in the doc comment of AdamW, in float64, one number at a time. */
function byHand(name: keyof typeof shapes, scale: number) {
  const [w, m, v] = [Array.from(normals(shapes[name], name)), [] as number[], [] as number[]];
  const decay = shapes[name].length >= 2 ? config.weightDecay : 0;
  for (let t = 1; t <= steps; t++) {
    gradient(name, t).forEach((raw, i) => {
      const g = raw * scale;
      m[i] = config.beta1 * (m[i] ?? 0) + (1 - config.beta1) * g;
      v[i] = config.beta2 * (v[i] ?? 0) + (1 - config.beta2) * g * g;
      const direction = m[i]! / (1 - config.beta1 ** t) / (Math.sqrt(v[i]! / (1 - config.beta2 ** t)) + 1e-8);
      w[i] = w[i]! - rate(t) * (direction + decay * w[i]!);
    });
  }
  return { w, m, v };
}

function make() {
  const entries = Object.entries(shapes).map(
    ([name, shape]) => [name, tf.variable(tf.tensor(normals(shape, name), shape))] as const,
  );
  const weights = new Map(entries);
  return { weights, optimizer: new AdamW(weights, config) };
}

function update({ optimizer }: ReturnType<typeof make>, step: number, scale?: number): void {
  tf.tidy(() => {
    const names = Object.keys(shapes) as (keyof typeof shapes)[];
    const gradients = new Map(names.map((name) => [name, tf.tensor(gradient(name, step), shapes[name])]));
    optimizer.update(
      gradients,
      scale === undefined ? undefined : tf.scalar(scale),
      optimizer.scalars(step, rate(step)),
    );
  });
}

onEveryBackend("AdamW", () => {
  it.each([undefined, 0.25])(
    "equals its formula over several steps, with decay of matrices only and gradients times %s",
    (scale) => {
      const made = make();
      for (let step = 1; step <= steps; step++) update(made, step, scale);
      for (const [name, weight] of made.weights) {
        const expected = byHand(name as keyof typeof shapes, scale ?? 1);
        expectClose(weight, expected.w);
        expectClose(made.optimizer.state.get(`${name}.m`)!, expected.m);
        expectClose(made.optimizer.state.get(`${name}.v`)!, expected.v);
      }
    },
  );

  it("continues from saved moments and weights to the same bits", () => {
    const straight = make();
    for (let step = 1; step <= steps; step++) update(straight, step);
    const first = make();
    for (let step = 1; step <= 3; step++) update(first, step);
    const second = make();
    second.optimizer.load(first.optimizer.read());
    for (const [name, weight] of second.weights) weight.assign(first.weights.get(name)!.clone());
    for (let step = 4; step <= steps; step++) update(second, step);
    for (const [name, weight] of second.weights)
      expect(weight.dataSync()).toEqual(straight.weights.get(name)!.dataSync());
    expect(second.optimizer.read()).toEqual(straight.optimizer.read());
  });

  it("leaves no tensors in memory after a step or after dispose", () => {
    const made = make();
    update(made, 1);
    expect(tensorsLeft(() => update(made, 2))).toBe(0);
    expect(tensorsLeft(() => new AdamW(made.weights, config).dispose())).toBe(0);
  });

  it("states two moments a weight, in its shape, before it is made", () => {
    const stated = AdamW.stateShapes(new Map([["a", [3, 4]], ["b", [5]]])); // biome-ignore format: a pair each
    expect([...stated]).toEqual([["a.m", [3, 4]], ["a.v", [3, 4]], ["b.m", [5]], ["b.v", [5]]]); // biome-ignore format: a pair each
    const { optimizer } = make();
    const made = [...optimizer.state].map(([name, { shape }]) => [name, shape]);
    expect(made).toEqual([...AdamW.stateShapes(new Map(Object.entries(shapes)))]);
  });

  it("refuses moments that lack one of its own", () => {
    const { optimizer } = make();
    const moments = optimizer.read();
    moments.delete("gain.v");
    expect(refusal(() => optimizer.load(moments))).toBe("CheckpointError: gain.v is missing");
  });
});
