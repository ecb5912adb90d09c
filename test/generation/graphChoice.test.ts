import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { Random } from "../../src/core/random.js";
import { type Choice, penalizeRepetition } from "../../src/generation/filters.js";
import {
  choiceKind,
  chooseInGraph,
  packChoice,
  penalizeInGraph,
  unpackChoice,
} from "../../src/generation/graphChoice.js";
import { choose, drawNoise } from "../../src/generation/sampler.js";
import { onEveryBackend } from "../support/backends.js";

const V = 23;

/** All combinations of filters on and off. */
const kinds: Partial<Choice>[] = [0, 7].flatMap((topK) =>
  [1, 0.6].flatMap((topP) =>
    [0, 0.05].flatMap((minP) => [1, 1.3].map((repetitionPenalty) => ({ topK, topP, minP, repetitionPenalty }))),
  ),
);

/** Different kinds of logits: smooth, with many ties, all equal. */
function someLogits(random: Random, draw: number): Float32Array {
  const scale = [1, 10, 0.01][draw % 3]!;
  return Float32Array.from({ length: V }, () => {
    const x = scale * random.nextNormal();
    if (draw % 5 === 4) return -2.5;
    return draw % 2 === 0 ? x : Math.round(x) + 0; // not -0, which XLA ranks below 0
  });
}

onEveryBackend("choosing a token by ops", (backend) => {
  const draws = backend === "native" ? 60 : 12;

  /** Expects `fn` to choose as JavaScript does from the same numbers. */
  function compare(fn: (inputs: Record<string, tf.Tensor>) => { id: tf.Tensor }, given: Choice): void {
    const random = new Random(7, JSON.stringify(given));
    for (let draw = 0; draw < draws; draw++) {
      const choice = { ...given, temperature: given.temperature && [0.8, 0.1, 3][draw % 3]! };
      const logits = someLogits(random, draw);
      const noise = new Float32Array(V);
      drawNoise(noise, choice.temperature, random);
      const seen = Array.from({ length: 5 }, () => random.nextInteger(V));
      const marks = new Float32Array(V);
      for (const id of seen) marks[id] = 1;
      const id = tf.tidy(() => {
        const inputs = { logits, noise, marks, numbers: packChoice(choice) };
        return fn(
          Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, tf.tensor1d(x)])),
        ).id.dataSync()[0];
      });
      penalizeRepetition(logits, seen, choice.repetitionPenalty);
      expect(id, `draw ${draw} of ${JSON.stringify(choice)}`).toBe(choose(logits, noise, choice));
    }
  }

  const byOps = (choice: Choice) => {
    const kind = choiceKind(choice, V);
    return ({ logits, noise, marks, numbers }: Record<string, tf.Tensor>) => {
      const n = unpackChoice(numbers as tf.Tensor1D);
      const penalized = kind.penalizes
        ? penalizeInGraph(logits as tf.Tensor1D, marks as tf.Tensor1D, n.penalty)
        : (logits as tf.Tensor1D);
      return { id: chooseInGraph(penalized, noise as tf.Tensor1D, kind, n) as tf.Tensor };
    };
  };

  const choices = [...kinds.map((kind) => ({ temperature: 1, ...kind })), { temperature: 0, ...kinds[1] }] as Choice[];

  it("takes the same token as JavaScript from the same logits and noise, with every filter", () => {
    for (const choice of choices) compare(byOps(choice), choice);
  });

  it.runIf(backend === "native")("takes the same token when compiled, with and without XLA", () => {
    for (const choice of choices.filter((_, i) => i % 5 === 0 || i === choices.length - 1)) {
      for (const xla of [false, true]) {
        const compiled = compile(byOps(choice), { xla });
        compare(compiled, choice);
        compiled.dispose();
      }
    }
  });
});
