import { existsSync, readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { processorProblem, requireBfloat16 } from "../../src/backends/bfloat16.js";
import { useBackend } from "../../src/backends/choose.js";
import { compile } from "../../src/compile/compile.js";
import { TrainingStep } from "../../src/training/step.js";
import { normals } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";
import { tinyBatch, tinyModel, tinyTraining } from "../support/tinyModel.js";
import { hasGraphs } from "./support.js";

const isFast =
  hasGraphs && /avx512_bf16|amx_bf16/.test(existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "");
const rule = "ConfigError: precision bfloat16 needs the native backend and a processor with avx512_bf16 or amx_bf16";

/** A float32 rounded to bfloat16, its upper 16 bits: to nearest, ties to even. */
function rounded(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

describe.runIf(isFast)("bfloat16", () => {
  it("rounds the inputs and the result of a product, and nothing else", () => {
    const [a, b] = [normals([1, 40], "a"), normals([40, 1], "b")];
    const product = compile(
      (x: { a: tf.Tensor; b: tf.Tensor }) => ({
        product: tf.matMul(x.a as tf.Tensor2D, x.b as tf.Tensor2D),
        a: x.a.mul(1),
      }),
      { precision: "bfloat16" },
    );
    tf.tidy(() => {
      const result = product({ a: tf.tensor(a, [1, 40]), b: tf.tensor(b, [40, 1]) });
      const exact = Array.from(a).reduce((sum, x, i) => sum + rounded(x) * rounded(b[i]!), 0);
      expect(result.product.dataSync()[0]).toBe(rounded(exact));
      expect(result.a.dataSync()).toEqual(Float32Array.from(a));
    });
    product.dispose();
  });

  it("trains like float32 within its precision, with transposed and batched products too", () => {
    const losses = (["float32", "bfloat16"] as const).map((precision) => {
      const model = tinyModel();
      const step = new TrainingStep(model, tinyTraining({ precision }));
      for (let i = 1; i <= 20; i++) step.run([tinyBatch(i % 3)], i, 0.01);
      const loss = step.evaluate(tinyBatch(1));
      step.dispose();
      model.dispose();
      return loss;
    });
    expect(losses[1]).not.toBe(losses[0]);
    expect(Math.abs(losses[1]! - losses[0]!)).toBeLessThan(0.02);
  });
});

describe.runIf(hasGraphs)("bfloat16 is refused", () => {
  it("on a processor without instructions for it", () => {
    expect(refusal(() => requireBfloat16(processorProblem("flags\t\t: fpu avx512f\n")))).toBe(
      `${rule}: this one has neither (use --precision float32)`,
    );
    expect(processorProblem("flags\t\t: fpu avx512_bf16\n")).toBeUndefined();
  });

  it("on another backend", async () => {
    await useBackend("cpu");
    expect(refusal(() => compile(() => ({}), { precision: "bfloat16" }))).toBe(
      `${rule}: this is another backend (use --precision float32)`,
    );
    await useBackend("native");
  });
});
