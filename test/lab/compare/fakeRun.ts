import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ModelConfig, modelConfig } from "../../../src/config/model.js";
import { type TrainingConfig, trainingConfig } from "../../../src/config/training.js";
import type { RunRecord } from "../../../src/runs/runRecord.js";

export interface FakeRun {
  model?: Partial<ModelConfig>;
  training?: Partial<TrainingConfig>;
  /** Other fields of run.json. */
  record?: Partial<RunRecord>;
  /** Validation losses, evenly over the steps, the last at the last step. */
  losses?: number[];
  /** The step at which it was stopped. @default none */
  stoppedAt?: number;
  tokensPerSecond?: number;
  /** The text of the tokenizer.json in its checkpoint. @default there is no checkpoint */
  tokenizer?: string;
}

const hash = (letter: string) => letter.repeat(64);

/** The texts of run.json where a test names none. */
export const texts: RunRecord["files"] = [
  { path: "text.txt", split: "train", bytes: 1000, sha256: hash("a") },
  { path: "held.txt", split: "validation", bytes: 100, sha256: hash("b") },
];

/** A run folder without weights, as `heed train` would have left it with such losses; gives its path. */
export function fakeRun(folder: string, { losses = [3, 2, 1.5], ...run }: FakeRun = {}): string {
  const model = modelConfig({ vocabSize: 50, numLayers: 1, hiddenDim: 16, contextLength: 8, ...run.model });
  const every = Math.floor((run.training?.steps ?? 100) / losses.length);
  const rate = run.training?.learningRate ?? 0.001;
  const usual = { steps: 100, batchSize: 4, evalEvery: every, learningRate: rate, minLearningRate: rate / 10 };
  const training = trainingConfig({ ...usual, ...run.training });
  const versions = { heed: "0.1.0", tfjs: "4.22.0", node: "20.19.0" };
  const asked = { data: ["text.txt"], tokenizer: "char", unknownToken: false, model, training, keep: 3 };
  const record: RunRecord = { ...asked, files: texts, backend: "native", versions, ...run.record };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "run.json"), JSON.stringify({ ...record, format: "heed-run-1" }));
  const perStep = training.batchSize * training.gradAccum * model.contextLength;
  const tokensPerSecond = run.tokensPerSecond ?? 1000;
  const lines = losses.flatMap((valLoss, i) => {
    const step = i === losses.length - 1 ? training.steps : every * (i + 1);
    const figures = {
      step,
      tokens: step * perStep,
      trainLoss: valLoss - 0.1,
      valLoss,
      learningRate: 0.001,
      gradNorm: 1,
    };
    if (run.stoppedAt !== undefined && step > run.stoppedAt) return [];
    return [{ ...figures, tokensPerSecond, elapsed: (step * perStep) / tokensPerSecond }];
  });
  writeFileSync(join(folder, "metrics.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  if (run.tokenizer !== undefined) {
    mkdirSync(join(folder, `checkpoint-${training.steps}`));
    writeFileSync(join(folder, `checkpoint-${training.steps}`, "tokenizer.json"), run.tokenizer);
  }
  return folder;
}
