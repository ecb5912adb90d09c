import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { Sgd } from "../../src/optimizers/sgd.js";
import { TrainingStep } from "../../src/training/step.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normals, tensorsLeft } from "../support/numbers.js";
import { tinyBatch, tinyModel, tinyTraining } from "../support/tinyModel.js";

const config = { weightDecay: 0.3, momentum: 0.8 };
const shapes = { matrix: [3, 4], gain: [4] };
const names = Object.keys(shapes) as (keyof typeof shapes)[];
const rate = (step: number) => 0.1 / step;
const gradient = (name: keyof typeof shapes, step: number) => normals(shapes[name], `${name} ${step}`);

function make() {
  const weights = new Map(
    names.map((name) => [name as string, tf.variable(tf.tensor(normals(shapes[name], name), shapes[name]))]),
  );
  return { weights, optimizer: new Sgd(weights, config) };
}

function update({ optimizer }: ReturnType<typeof make>, step: number, scale?: number): void {
  tf.tidy(() => {
    const gradients = new Map(names.map((name) => [name, tf.tensor(gradient(name, step), shapes[name])]));
    const factor = scale === undefined ? undefined : tf.scalar(scale);
    optimizer.update(gradients, factor, optimizer.scalars(step, rate(step)));
  });
}

onEveryBackend("Sgd", () => {
  it.each([undefined, 0.25])("is its formula in plain numbers, decay on matrices only, gradients times %s", (scale) => {
    const made = make();
    for (let step = 1; step <= 4; step++) update(made, step, scale);
    for (const name of names) {
      const decay = name === "matrix" ? config.weightDecay : 0;
      const [w, v] = [Array.from(normals(shapes[name], name)), new Array(12).fill(0) as number[]];
      for (let step = 1; step <= 4; step++) {
        gradient(name, step).forEach((g, i) => {
          v[i] = config.momentum * v[i]! + g * (scale ?? 1);
          w[i] = w[i]! - rate(step) * (v[i]! + decay * w[i]!);
        });
      }
      expectClose(made.weights.get(name)!, w);
      expectClose(made.optimizer.state.get(`${name}.velocity`)!, v.slice(0, w.length));
    }
  });

  it("trains the same compiled as op by op, and goes on from saved velocities to the same bits", () => {
    const training = tinyTraining({ optimizer: "sgd", momentum: 0.5, gradAccum: 2 });
    const train = (compiled: boolean, stops: boolean) => {
      const model = tinyModel({ dropout: 0.1 });
      let step = new TrainingStep(model, training, { compiled });
      const losses = [1, 2, 3, 4].map((i) => {
        if (stops && i === 3) {
          const saved = step.optimizer.read();
          expect([...saved.keys()]).toEqual([...model.weights.keys()].map((name) => `${name}.velocity`));
          step.dispose();
          step = new TrainingStep(model, training, { compiled });
          step.optimizer.load(saved);
        }
        return step.run([tinyBatch(2 * i), tinyBatch(2 * i + 1)], i, 0.1).loss;
      });
      const weights = model.read();
      step.dispose();
      model.dispose();
      return { losses, weights };
    };
    const straight = train(true, false);
    expect(train(true, true)).toEqual(straight);
    const eager = train(false, false);
    expectClose(straight.losses, eager.losses);
    for (const [name, { data }] of straight.weights) expectClose(data, eager.weights.get(name)!.data);
  });

  it("leaves nothing in memory, neither after a step nor after dispose", () => {
    const made = make();
    update(made, 1);
    expect(tensorsLeft(() => update(made, 2))).toBe(0);
    expect(tensorsLeft(() => new Sgd(made.weights, config).dispose())).toBe(0);
  });
});
