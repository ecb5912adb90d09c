import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { positionKinds } from "../../src/config/model.js";
import { Decoder } from "../../src/generation/decoder.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, integers, tensorsLeft } from "../support/numbers.js";
import { tinyConfig, tinyModel } from "../support/tinyModel.js";

const { contextLength: T, vocabSize: V } = tinyConfig;
const ids = [...integers(3 * T, V, "sequence")];

/** The logits after `ids`, from a full pass over the last T of them. */
function full(model: Transformer, ids: number[]): Float32Array {
  const seen = ids.slice(-T);
  const logits = model.logits(tf.tensor2d([seen], [1, seen.length], "int32"));
  return logits.dataSync().slice(-V) as Float32Array;
}

onEveryBackend("a decoder", () => {
  describe.each(positionKinds)("with %s positions", (positions) => {
    it("gives with its cache the logits of a full pass, at every place, beyond the context too", () => {
      const model = tinyModel({ positions, numHeads: positions === "none" ? 1 : 2 });
      const decoder = new Decoder(model);
      expectClose(decoder.start(ids.slice(0, 1)), full(model, ids.slice(0, 1)));
      for (let n = 2; n <= ids.length; n++) expectClose(decoder.next(ids[n - 1]!), full(model, ids.slice(0, n)));
      decoder.dispose();
      model.dispose();
    });
  });

  it("begins with as many tokens as it is given, and anew as often as it is asked", () => {
    const model = tinyModel({ bias: false, tie: false });
    const decoder = new Decoder(model);
    for (const length of [T + 4, 2, T, T - 1, T + 1]) {
      expectClose(decoder.start(ids.slice(0, length)), full(model, ids.slice(0, length)));
      for (let n = length + 1; n <= length + 2; n++) {
        expectClose(decoder.next(ids[n - 1]!), full(model, ids.slice(0, n)));
      }
    }
    decoder.dispose();
    model.dispose();
  });

  it("leaves no tensor with a token, and none when it is disposed", () => {
    const model = tinyModel();
    const whole = () => {
      const decoder = new Decoder(model);
      decoder.start([1, 2]);
      decoder.next(3);
      decoder.dispose();
    };
    whole();
    expect(tensorsLeft(whole)).toBe(0);
    const decoder = new Decoder(model);
    decoder.start([1]);
    decoder.next(2);
    expect(tensorsLeft(() => decoder.next(3))).toBe(0);
    expect(tensorsLeft(() => decoder.start([1, 2, 3]))).toBe(0);
    decoder.dispose();
    model.dispose();
  });
});
