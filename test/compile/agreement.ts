import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import type { ModelConfig } from "../../src/config/model.js";
import { trainingConfig } from "../../src/config/training.js";
import { Random } from "../../src/core/random.js";
import type { Batch } from "../../src/dataset/sampler.js";
import { Transformer } from "../../src/model/transformer.js";
import { TrainingStep } from "../../src/training/step.js";
import { counts, expectNoLeak } from "./support.js";

const shape = { vocabSize: 11, contextLength: 6, numLayers: 2, numHeads: 2, hiddenDim: 8 };
const batchSize = 3;

type Options = Partial<ModelConfig> & { gradAccum?: number };

/** Options of a model, with each option different from its default at least once. */
export const options: Record<string, Options> = {
  defaults: {},
  "sinusoidal, gelu, no bias, untied": { positions: "sinusoidal", activation: "gelu", bias: false, tie: false },
  "no positions, relu, wide feed-forward": { positions: "none", activation: "relu", intermediateDim: 20 },
  "silu, dropout": { activation: "silu", dropout: 0.2 },
  "dropout, accumulation": { dropout: 0.1, gradAccum: 3 },
};

/** Batches that a model can learn: each target is a function of its id. */
function batches(count: number, seed: string): Batch[] {
  const random = new Random(7, seed);
  return Array.from({ length: count }, () => {
    const length = batchSize * shape.contextLength;
    const inputs = Int32Array.from({ length }, () => Math.floor(random.uniform01() * shape.vocabSize));
    return { inputs, targets: inputs.map((id) => (3 * id + 1) % shape.vocabSize) };
  });
}

/** The losses, gradient norms and some evaluation losses of 50 steps, and the final weights. */
function trained({ gradAccum = 1, ...model }: Options, compiled: boolean): { losses: number[]; weights: number[] } {
  const transformer = new Transformer({ ...shape, ...model }, { seed: 3 });
  const config = trainingConfig({ gradAccum, seed: 5, clip: 0.5, weightDecay: 0.1 });
  const step = new TrainingStep(transformer, config, { compiled });
  const losses: number[] = [];
  const [held] = batches(1, "held out");
  for (let i = 1; i <= 50; i++) {
    const { loss, gradNorm } = step.run(batches(gradAccum, `step ${i}`), i, 0.003);
    losses.push(loss, gradNorm);
    if (i % 7 === 0) losses.push(step.evaluate(held!));
  }
  const weights = [...transformer.read().values()].flatMap(({ data }) => Array.from(data));
  step.dispose();
  transformer.dispose();
  return { losses, weights };
}

/** Compiled training has the eager losses within 1e-5 relative, and repeats its own to the bit. */
export function testTraining(name: string): void {
  test(`50 steps agree: ${name}`, () => {
    expectNoLeak(() => {
      const [graph, again, eager] = [
        trained(options[name]!, true),
        trained(options[name]!, true),
        trained(options[name]!, false),
      ];
      expect(again).toEqual(graph);
      expect(eager.losses.at(-1)).toBeLessThan(eager.losses[0]!);
      expectNear(graph.losses, eager.losses, 1e-5);
      expectNear(graph.weights, eager.weights, 1e-4, 1e-4); // Adam divides tiny gradients by tiny roots
    });
  });
}

/** The gradient of every weight agrees within 1e-5. */
export function testGradients(name: string, { xla = false } = {}): void {
  test(`gradients agree: ${name}`, () => {
    const { gradAccum: _, ...model } = options[name]!;
    const before = counts();
    const transformer = new Transformer({ ...shape, ...model }, { seed: 3 });
    const weights = [...transformer.weights.values()];
    const gradients = ({ ids, targets, seed }: { ids: tf.Tensor; targets: tf.Tensor; seed: tf.Tensor }) => {
      const context = { dropoutSeed: seed as tf.Scalar };
      const { value, grads } = tf.variableGrads(
        () => transformer.losses(ids as tf.Tensor2D, targets as tf.Tensor2D, context).mean() as tf.Scalar,
        weights,
      );
      return { ...grads, value: value as tf.Tensor };
    };
    const compiled = compile(gradients, { xla });
    tf.tidy(() => {
      for (const { inputs, targets } of batches(2, name)) {
        const tensors = {
          ids: tf.tensor2d(inputs, [batchSize, shape.contextLength], "int32"),
          targets: tf.tensor2d(targets, [batchSize, shape.contextLength], "int32"),
          seed: tf.scalar(99, "int32"),
        };
        const [graph, eager] = [compiled(tensors), gradients(tensors)] as [tf.NamedTensorMap, tf.NamedTensorMap];
        expect(Object.keys(graph).sort()).toEqual(Object.keys(eager).sort());
        for (const [key, gradient] of Object.entries(eager)) {
          const largest = gradient.abs().max().dataSync()[0]!;
          expectNear(Array.from(graph[key]!.dataSync()), Array.from(gradient.dataSync()), 1e-5, 1e-5 * largest);
        }
      }
    });
    compiled.dispose();
    transformer.dispose();
    expect(counts()).toEqual(before);
  });
}

function expectNear(got: number[], want: number[], relative: number, absolute = 0): void {
  expect(got.length).toBe(want.length);
  for (const [i, value] of want.entries()) {
    const far = Math.abs(got[i]! - value) - (relative * Math.abs(value) + absolute);
    if (!(far <= 0)) expect(got[i], `number ${i} of ${want.length}`).toBe(value);
  }
}
