import * as tf from "@tensorflow/tfjs";
import { it } from "vitest";
import { norms } from "../../src/layers/kinds.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normalTensor } from "../support/numbers.js";

onEveryBackend("a norm with another's scale", () => {
  it.each(Object.entries(norms))("is %s itself on its own input, and affine on others", (kind, Norm) => {
    for (const bias of [true, false]) {
      const norm = new Norm({ name: `${kind} ${bias}`, epsilon: 0.1, bias });
      norm.build([null, null, 6]);
      norm.setWeights(norm.getWeights().map((w, i) => normalTensor(w.shape, `weight ${i}`)));
      const [x, y, z] = ["x", "y", "z"].map((name) => normalTensor([2, 3, 6], name)) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      expectClose(norm.withScaleOf(x, x), norm.call(x));
      const of = (part: tf.Tensor) => norm.withScaleOf(x, part);
      expectClose(of(y).add(of(z)), of(y.add(z)).add(of(tf.zerosLike(x))));
      expectClose(
        of(y.mul(3)).sub(of(y)),
        of(y)
          .sub(of(tf.zerosLike(x)))
          .mul(2),
        { absolute: 1e-5 },
      );
    }
  });
});
