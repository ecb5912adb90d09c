import { expect, it } from "vitest";
import type { Batch } from "../../src/dataset/sampler.js";
import { generateText } from "../../src/generation/generateText.js";
import { Transformer } from "../../src/model/transformer.js";
import { CharTokenizer } from "../../src/tokenizers/char.js";
import { Trainer } from "../../src/training/trainer.js";
import { onEveryBackend } from "../support/backends.js";
import { integers } from "../support/numbers.js";
import { tinyTraining } from "../support/tinyModel.js";

const sentence = "pack my box with five dozen liquor jugs. ";
const text = sentence.repeat(8);
const [batchSize, contextLength, steps] = [4, 16, 200];

/** A batch of windows whose positions depend on the step. */
function windows(ids: Int32Array, step: number): { starts: Int32Array; batch: Batch } {
  const starts = integers(batchSize, sentence.length, `step ${step}`);
  const from = (offset: number) =>
    Int32Array.from([...starts].flatMap((start) => [...ids.subarray(start + offset, start + offset + contextLength)]));
  return { starts, batch: { inputs: from(0), targets: from(1) } };
}

/** The best possible mean loss: a window can begin at any place of the sentence that has its first letter. */
function floor(starts: Int32Array): number {
  const places = [...starts].map((start) => sentence.split(sentence[start]!).length - 1);
  return places.reduce((sum, count) => sum + Math.log(count), 0) / (batchSize * contextLength);
}

const tests = () => {
  it("learns a repeated sentence by heart, down to the best possible loss, and continues its beginning", async () => {
    const tokenizer = new CharTokenizer([...new Set(sentence)].sort());
    const ids = tokenizer.encode(text);
    const { vocabSize } = tokenizer;
    const model = new Transformer({ vocabSize, contextLength, numLayers: 1, numHeads: 2, hiddenDim: 24 }, { seed: 3 });
    const rates = { learningRate: 0.02, minLearningRate: 0.002, warmup: 5 };
    const trainer = new Trainer(model, tinyTraining({ steps, batchSize, ...rates }));
    const losses: number[] = [];
    const above: number[] = [];
    await trainer.run({
      batch: (step) => windows(ids, step).batch,
      validation: [],
      onStep: ({ step, trainLoss }) => {
        losses.push(trainLoss);
        above.push(trainLoss - floor(windows(ids, step).starts));
      },
    });
    expect(losses[0]).toBeCloseTo(Math.log(vocabSize), 1); // an untrained model knows nothing
    const mean = (last: number[]) => last.slice(-20).reduce((sum, x) => sum + x, 0) / 20;
    expect(mean(losses)).toBeLessThan(0.1);
    expect(mean(above)).toBeLessThan(0.03);
    expect(mean(above)).toBeGreaterThan(-0.03); // below the floor, it would have to see its targets
    const prompt = "pack my box ";
    let continuation = "";
    for await (const piece of generateText(model, tokenizer, { prompt, temperature: 0, maxNewTokens: 60 }))
      continuation += piece;
    expect(prompt + continuation).toBe(text.slice(0, prompt.length + 60));
    trainer.dispose();
    model.dispose();
  });
};

onEveryBackend("a small model", tests, ["wasm", "native"]); // cpu is the slowest and runs the same code as wasm
