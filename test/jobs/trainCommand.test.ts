import { expect, it } from "vitest";
import { modelConfig } from "../../src/config/model.js";
import { trainingConfig } from "../../src/config/training.js";
import { trainCommand } from "../../src/jobs/trainCommand.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";

const usual = { data: ["t.txt"], out: "models/a", model: modelConfig({ vocabSize: 9 }) };
const command = (options: Partial<TrainOptions>, model = {}) =>
  trainCommand({ ...usual, ...options, model: modelConfig({ vocabSize: 9, ...model }) });

it("leaves out what has its default or follows from others, and how a run is kept", () => {
  expect(trainCommand(usual)).toBe("npx heed train --data t.txt --out models/a");
  const asked = {
    tokenizer: "char",
    unknownToken: false,
    compiled: true,
    xla: "auto",
    keep: 9,
    tensorboard: true,
  } as const;
  expect(command({ ...asked, training: trainingConfig() })).toBe("npx heed train --data t.txt --out models/a");
  const training = trainingConfig({ steps: 50, learningRate: 0.002 }); // a warm-up of 5
  expect(command({ training }, { hiddenDim: 12 })).toBe(
    "npx heed train --data t.txt --dim 12 --steps 50 --lr 0.002 --out models/a",
  );
});

it("names what differs, flags in the order of the help", () => {
  const model = { hiddenDim: 12, numHeads: 3, intermediateDim: 9, bias: false, dropout: 0.1, positions: "none" };
  expect(
    command({ training: { learningRate: 0.002, minLearningRate: 1e-4, warmup: 7, gradAccum: 2, seed: 4 } }, model),
  ).toBe(
    "npx heed train --data t.txt --heads 3 --dim 12 --ff-dim 9 --positions none --no-bias --dropout 0.1 " +
      "--grad-accum 2 --lr 0.002 --min-lr 0.0001 --warmup 7 --seed 4 --out models/a",
  );
  const options = {
    valFraction: 0.2,
    tokenizer: "word",
    unknownToken: true,
    backend: "wasm",
    compiled: false,
    xla: "off",
  };
  expect(command(options as Partial<TrainOptions>)).toBe(
    "npx heed train --data t.txt --val-fraction 0.2 --tokenizer word --unknown-token " +
      "--backend wasm --no-compile --xla off --out models/a",
  );
});

it("is quoted so that POSIX shells, PowerShell and cmd read the same words", () => {
  expect(command({ data: ["a b.txt", "it's.txt", "$x", "ä"], valData: ["v.txt", "w=1,2.txt"], threads: 3 })).toBe(
    `npx heed train --data "a b.txt" "it's.txt" '$x' "ä" --val-data v.txt "w=1,2.txt" --threads 3 --out models/a`,
  );
});
