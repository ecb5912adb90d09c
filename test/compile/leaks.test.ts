import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { slow } from "../support/slow.js";
import { counts, expectNoLeak, hasGraphs, variable } from "./support.js";

const megabytes = () => process.memoryUsage().rss / 1e6;

describe.skipIf(!hasGraphs)("memory", () => {
  const compiles = slow ? 1000 : 80;
  test(`is free again after ${compiles} compiles, calls and disposals`, { timeout: 180_000 }, () => {
    const w = variable(new Array(4096).fill(0));
    tf.tidy(() => w.add(0)); // hands its numbers to the addon
    let settled = 0;
    expectNoLeak(() => {
      for (let i = 1; i <= compiles; i++) {
        const compiled = compile(({ x }: { x: tf.Tensor }) => {
          w.assign(w.add(x));
          return { sum: w.sum() };
        });
        tf.tidy(() => compiled({ x: tf.ones([4096]) }).sum.dataSync());
        compiled.dispose();
        if (i === compiles / 2) settled = megabytes();
      }
    });
    expect(w.dataSync()[0]).toBe(compiles);
    // Each graph that stayed would cost 50 kB or more.
    expect(megabytes() - settled).toBeLessThan(25);
    w.dispose();
  });

  test("does not grow over ten thousand calls with reads, clones and replacements of variables", () => {
    const [a, b] = [variable(new Array(1000).fill(1)), variable(0)];
    const step = compile(() => {
      a.assign(a.mul(0.999));
      b.assign(b.add(a.mean()));
      return {};
    });
    step({});
    const before = counts();
    for (let i = 0; i < 10_000; i++) {
      step({});
      if (i % 100 === 0) tf.tidy(() => b.dataSync());
      if (i % 250 === 0) tf.tidy(() => a.assign(a.clone().add(1)));
    }
    step({});
    expect(counts()).toEqual(before);
    step.dispose();
    tf.dispose([a, b]);
  });
});
