import { expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import { Transformer } from "../../src/model/transformer.js";
import { Trainer, type TrainerState } from "../../src/training/trainer.js";
import { onEveryBackend } from "../support/backends.js";
import { tinyBatch, tinyConfig, tinyTraining } from "../support/tinyModel.js";

const modelConfig = { ...tinyConfig, numLayers: 1, dropout: 0.25 };
const options = {
  batch: (step: number, micro: number) => tinyBatch(10 * step + micro),
  validation: [tinyBatch(999)],
};

/** What a part of a run hands on to the next. */
interface Part {
  weights: Map<string, { shape: number[]; data: Float32Array }>;
  moments: Map<string, { shape: number[]; data: Float32Array }>;
  state: TrainerState;
  /** Training and validation losses, including those of earlier parts. */
  losses: number[];
}

onEveryBackend("a run that stops and resumes", () => {
  it.each([1, 2])(
    "ends with the same bits as a run that never stopped, with dropout and %i batches per step",
    async (gradAccum) => {
      const config = tinyTraining({ steps: 6, gradAccum, warmup: 2, minLearningRate: 0, evalEvery: 2 });

      /** Trains to the end or until the step `stopAfter`, continuing `from` if given. */
      async function part(from?: Part, stopAfter?: number): Promise<Part> {
        // A different seed, so that anything not restored would show.
        const model = new Transformer(modelConfig, { seed: from ? 2 : 1 });
        const trainer = new Trainer(model, config);
        if (from) {
          model.load(from.weights);
          trainer.loadOptimizerState(from.moments);
        }
        const losses: number[] = [...(from?.losses ?? [])];
        const controller = new AbortController();
        let state: TrainerState | undefined;
        const running = trainer.run({
          ...options,
          state: from?.state,
          signal: controller.signal,
          onStep: ({ step, trainLoss, valLoss }) => {
            losses.push(trainLoss, valLoss ?? 0);
            if (step === stopAfter) controller.abort();
          },
          onSave: (now) => {
            state = now;
          },
        });
        if (stopAfter) await expect(running).rejects.toBeInstanceOf(InterruptedError);
        else await running;
        const ended = { weights: model.read(), moments: trainer.optimizerState(), state: state!, losses };
        trainer.dispose();
        model.dispose();
        return ended;
      }

      const straight = await part();
      const first = await part(undefined, 3);
      expect(first.state.step).toBe(3);
      const second = await part(first);
      expect(second.losses).toEqual(straight.losses);
      expect(bytes(second.weights)).toEqual(bytes(straight.weights));
      expect(bytes(second.moments)).toEqual(bytes(straight.moments));
      expect({ ...second.state, elapsed: 0 }).toEqual({ ...straight.state, elapsed: 0 });
    },
  );
});

function bytes(values: ReadonlyMap<string, { data: Float32Array }>): [string, string][] {
  return [...values].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
  ]);
}
