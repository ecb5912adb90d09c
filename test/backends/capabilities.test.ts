import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { capabilities } from "../../src/backends/capabilities.js";
import { compile } from "../../src/compile/compile.js";
import { onEveryBackend } from "../support/backends.js";

onEveryBackend("capabilities", (backend) => {
  it("has graphs exactly where a compiled function has one to dispose", () => {
    expect(capabilities().graphs).toBe(backend === "native");
    let calls = 0;
    const twice = compile(({ x }: { x: tf.Tensor }) => {
      calls++;
      return { y: x.mul(2) };
    });
    for (let i = 0; i < 3; i++) expect(tf.tidy(() => twice({ x: tf.scalar(i) }).y.dataSync()[0])).toBe(2 * i);
    expect(calls).toBe(capabilities().graphs ? 1 : 3);
    twice.dispose();
  });
});
