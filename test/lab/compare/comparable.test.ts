import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { doubts, requireComparable } from "../../../src/lab/compare/comparable.js";
import { readReportRun } from "../../../src/lab/compare/readRun.js";
import { refusal } from "../../support/refusal.js";
import { texts } from "./fakeRun.js";
import { runFolders } from "./support.js";

const { make, remove, folder } = runFolders();
afterAll(remove);

const [train, held] = texts;
const other = (file: typeof train) => ({ ...file!, sha256: "d".repeat(64) });
const refused = (...asked: Parameters<typeof make>) =>
  refusal(() => requireComparable(make(...asked))).replace(/\S*run-\d+/g, "RUN");

it("refuses runs that were validated on different texts", () => {
  expect(refused({}, { record: { files: [train!, { ...other(held), path: "other.txt" }] } })).toBe(
    "CheckpointError: runs must be validated on the same text for their losses to be compared: RUN and RUN were on " +
      "held.txt and other.txt (compare runs that share text and tokenizer, or measure each with heed evaluate, in bits per character)",
  );
  const ofOne = { files: [train!] };
  expect(refused({ record: ofOne }, { record: { ...ofOne, valFraction: 0.2 } })).toContain(
    "were on the last 10% of text.txt and the last 20% of text.txt",
  );
  expect(refused({ record: ofOne }, { record: { files: [other(train)] } })).toContain("the last 10% of text.txt");
});

it("refuses runs with different tokenizers", () => {
  expect(refused({}, { record: { tokenizer: "word" }, model: { vocabSize: 70 } })).toBe(
    "CheckpointError: runs must share a tokenizer for their losses to be compared: RUN and RUN have others, " +
      "char, 50 tokens and word, 70 tokens (compare runs that share text and tokenizer, or measure each with heed evaluate, in bits per character)",
  );
  expect(refused({}, { record: { unknownToken: true } })).toContain("must share a tokenizer");
  expect(refused({}, { record: { files: [other(train), held!] } })).toContain("must share a tokenizer");
});

it("goes by the tokenizer that was saved, where there are checkpoints", () => {
  const fromFile = { record: { tokenizer: "first/tokenizer.json" }, tokenizer: '{ "same": true }' };
  const [first, second, third] = make({ tokenizer: '{ "same": true }' }, fromFile, { tokenizer: "{}" });
  requireComparable([first!, second!]);
  expect(refusal(() => requireComparable([first!, third!]))).toContain("must share a tokenizer");
});

it("takes runs that differ in nothing that a loss depends on", () => {
  requireComparable(make({}, { training: { seed: 5 }, model: { numHeads: 2 }, record: { backend: "wasm" } }));
});

it("doubts figures that are of other samples, steps or versions", () => {
  expect(doubts(make({}, {}))).toEqual([]);
  const versions = { heed: "0.2.0", tfjs: "4.22.0", node: "24.0.0" };
  expect(doubts(make({}, { model: { contextLength: 16 }, training: { evalEvery: 7 }, record: { versions } }))).toEqual([
    "The runs differ in context, batch or eval-batches, so their validation losses are of different samples of the same text.",
    "The runs validate at different steps, so the best losses are not quite comparable; the final ones are.",
    "The runs were made with different versions of heed or TensorFlow.js.",
  ]);
  expect(doubts(make({}, { training: { batchSize: 8 } }))).toHaveLength(1);
});

it("refuses a run whose files are missing, damaged or say too little", () => {
  const damaged = (file: string, text: string) => {
    const [run] = make({});
    writeFileSync(join(run!.folder, file), text);
    return refusal(() => readReportRun(run!.folder)).replaceAll(run!.folder, "RUN");
  };
  expect(damaged("metrics.jsonl", "")).toBe(
    "CheckpointError: RUN must have lines in metrics.jsonl to be compared: it has none (train it first, or leave it out)",
  );
  expect(damaged("metrics.jsonl", '{"step":1,"tokens":32,"trainLoss":"low","tokensPerSecond":1,"elapsed":1}\n')).toBe(
    'CheckpointError: RUN/metrics.jsonl line 1: trainLoss must be a number: got "low" (delete the line)',
  );
  expect(damaged("metrics.jsonl", '{"step":100,"tokens":32,"trainLoss":1,"tokensPerSecond":1,"elapsed":1}\n')).toBe(
    "CheckpointError: RUN must have a validation loss to be compared: its metrics.jsonl ends without one " +
      "(train it with --val-data or a --val-fraction above 0, or leave it out)",
  );
  expect(damaged("run.json", '{ "format": "heed-run-1" }')).toBe(
    "CheckpointError: RUN/run.json: data must be a list: got undefined",
  );
  expect(folder).toContain("heed-report-");
});
