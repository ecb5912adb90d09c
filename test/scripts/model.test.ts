import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelDrawing } from "../../scripts/support/modelDrawing.js";
import { modelText } from "../../scripts/support/modelText.js";
import { modelConfig } from "../../src/config/model.js";
import { describeModel } from "../../src/jobs/describeModel.js";
import { heed } from "./heed.js";

const folder = mkdtempSync(join(tmpdir(), "heed-test-"));
beforeAll(() => writeFileSync(join(folder, "text.txt"), "The cat sat on the mat. ".repeat(40)));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the drawing", () => {
  it("shows the way of the data, and its shapes", () => {
    const config = modelConfig({ vocabSize: 65, contextLength: 64 });
    expect(`\n${modelDrawing(config, 12)}\n`).toBe(`
                      token ids                    [12, 64]
          ┌───────────────┴──────────────┐
          │        token embedding       │
          │      + learned positions     │         [12, 64, 128]
          └───────────────┬──────────────┘
 ┌────────────────────────┼────────────── × 4 ─┐
 │    ┌───────────────────┤                    │
 │    │   ┌───────────────┴──────────────┐     │
 │    │   │          layer norm          │     │   [12, 64, 128]
 │    │   │   attention, 4 heads of 32   │     │   [12, 4, 64, 64] weights
 │    │   └───────────────┬──────────────┘     │
 │    └─────────────────(+)                    │
 │    ┌───────────────────┤                    │
 │    │   ┌───────────────┴──────────────┐     │
 │    │   │          layer norm          │     │   [12, 64, 128]
 │    │   │   feed-forward, 128 to 512   │     │   [12, 64, 512] inside
 │    │   └───────────────┬──────────────┘     │
 │    └─────────────────(+)                    │
 └────────────────────────┼────────────────────┘
          ┌───────────────┴──────────────┐
          │          layer norm          │         [12, 64, 128]
          │   logits, by the embedding   │         [12, 64, 65]
          └──────────────────────────────┘
`);
  });

  it("leaves out positions that a model does not have, and tells logits of their own from tied ones", () => {
    const config = modelConfig({ vocabSize: 65, positions: "none", tie: false, numLayers: 12 });
    const lines = modelDrawing(config, 1).split("\n");
    expect(lines.slice(1, 5)).toEqual([
      "          ┌───────────────┴──────────────┐",
      "          │        token embedding       │         [1, 128, 128]",
      "          └───────────────┬──────────────┘",
      " ┌────────────────────────┼───────────── × 12 ─┐",
    ]);
    expect(lines.at(-2)).toBe("          │            logits            │         [1, 128, 65]");
  });

  it("fits into 80 columns, also of a large model", () => {
    const gpt3 = { vocabSize: 50_257, numLayers: 96, numHeads: 96, hiddenDim: 12_288, contextLength: 2048 };
    const lines = modelDrawing(modelConfig(gpt3), 64).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(6, 18).every((line) => line[1] === "│" && line[47] === "│")).toBe(true); // the frame's sides
  });
});

it("the summary lists each layer once, and what training and using the model take", async () => {
  const shape = { vocabSize: 10, numLayers: 2, numHeads: 2, hiddenDim: 8, contextLength: 16, dropout: 0.1 };
  const training = { batchSize: 3, steps: 1000 };
  const summary = await describeModel({ backend: "cpu", timing: false, model: shape, training });
  const timing = { secondsPerStep: 0.0123, tokensPerSecond: 3902.4, seconds: 12_345, secondsPerEvalBatch: 0.1 };
  const text = modelText({
    ...summary,
    memory: { ...summary.memory, process: 123_456_789 },
    data: { train: 1234, validation: 100, evalBatches: 4, stepsDone: 400, epochs: 23.3455 },
    timing: { ...timing, peakMemory: 623_456_789 },
    notes: ["what else to know"],
  });
  expect(text.split("\n\n")[0]).toBe(modelDrawing(summary.model, 3));
  expect(`\n${text.split("\n\n").slice(1).join("\n\n")}\n`).toBe(`
layer              output               weights                      parameters
tokens             [3, 16, 8]           weight [10, 8]                       80
positions          [3, 16, 8]           weight [16, 8]                      128
dropout            [3, 16, 8]           dropout 0.1
blocks.0 to blocks.1, each:
  attentionNorm    [3, 16, 8]           gain [8]                              8
                                        bias [8]                              8
  attention        [3, 16, 8]           qkv.weight [8, 24]                  192
                                        qkv.bias [24]                        24
                                        output.weight [8, 8]                 64
                                        output.bias [8]                       8
  feedForwardNorm  [3, 16, 8]           gain [8]                              8
                                        bias [8]                              8
  feedForward      [3, 16, 8]           up.weight [8, 32]                   256
                                        up.bias [32]                         32
                                        down.weight [32, 8]                 256
                                        down.bias [8]                         8
finalNorm          [3, 16, 8]           gain [8]                              8
                                        bias [8]                              8
output             [3, 16, 10]          logits, by the token embedding

parameters      1,968: 208 in embeddings, 1,760 without
flops           per token: forward 4.26 thousand, training 12.8 thousand; per step: 613 thousand
training keeps  31.5 kB: weights 7.87 kB, gradients 7.87 kB, optimizer 15.7 kB
writing keeps   9.92 kB: weights 7.87 kB, keys and values 2.05 kB
backend         cpu: asked for
text            1,234 tokens to train on, 100 held out
epochs          23.3 from step 400 on
steps           1,000, 48,000 tokens
memory          623 MB at most while steps were timed, 123 MB before them
speed           3,900 tokens/s, 12 ms per step, measured with a few steps
time            about 3h20m for 1,000 steps
note            what else to know
`);
});

describe("the commands", () => {
  const tiny = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --backend cpu".split(" ");

  it("heed model prints its summary as JSON", async () => {
    const { stdout, stderr, code } = await heed(
      ["model", ...tiny, "--vocab-size", "12", "--no-timing", "--json"],
      folder,
    );
    expect(stderr).toBe("");
    const { layers, parameters, model } = JSON.parse(stdout);
    expect(model).toMatchObject({ numLayers: 1, hiddenDim: 8, numHeads: 2, contextLength: 8, vocabSize: 12 });
    expect(layers.map(({ name }: { name: string }) => name)).toEqual([
      ...["tokens", "positions", "blocks.0.attentionNorm", "blocks.0.attention", "blocks.0.feedForwardNorm"],
      ...["blocks.0.feedForward", "finalNorm", "output"],
    ]);
    expect(parameters.total).toBe((12 + 8) * 8 + 12 * 8 * 8 + 3 * 16 + (3 + 1 + 4 + 1) * 8);
    expect(code).toBe(0);
  });

  it("heed train --dry-run times a few steps of the model, and makes nothing", async () => {
    const flags = "--data text.txt --out runs/run --steps 500 --eval-every 0 --dry-run".split(" ");
    const { stdout, stderr, code } = await heed(["train", ...tiny, ...flags], folder);
    expect(stderr).toBe("timing a few steps (--no-timing skips this)\n");
    expect(stdout).toContain("text            864 tokens to train on, 96 held out\nepochs          9.26\n");
    expect(stdout).toMatch(
      /\nsteps {11}500, 8,000 tokens\nmemory .*\nspeed {11}[\d,]+ tokens\/s, \S+ m?s per step, measured with a few steps\ntime {12}about \S+ for 500 steps\n/,
    );
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(["text.txt"]);
  });

  it.each([
    ["model --vocab-size 1", "--vocab-size must be a whole number of at least 2: got 1"],
    [
      "model --checkpoint none --heads 3",
      "--heads must not be given together with --checkpoint: got 3 (leave one out)",
    ],
    ["train --dry-run --data gone.txt --out new", 'data file must exist: got "gone.txt" (check the path)'],
  ])("heed %s is refused", async (command, message) => {
    const { stdout, stderr, code } = await heed(command.split(" "), folder);
    expect(stderr).toBe(`heed: ${message}\n`);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(existsSync(join(folder, "new"))).toBe(false);
  });
});
