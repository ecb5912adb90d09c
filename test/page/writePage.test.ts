import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { fromFloat16, toFloat16 } from "../../src/core/float16.js";
import { packageRoot } from "../../src/core/packageRoot.js";
import { openModel } from "../../src/jobs/openModel.js";
import { Transformer } from "../../src/model/transformer.js";
import { unpackWeights } from "../../src/page/packWeights.js";
import { pageHtml } from "../../src/page/pageHtml.js";
import { chosenSnapshots, type PageSource } from "../../src/page/pageModel.js";
import type { Payload } from "../../src/page/payload.js";
import { type PageOptions, writePage } from "../../src/page/writePage.js";
import { loadCheckpoint } from "../../src/runs/checkpoint/load.js";
import { readSnapshot } from "../../src/runs/snapshots.js";
import { refusal } from "../support/refusal.js";
import { pageFolder, tinyRun } from "./support.js";

let run: string;
let folder: string;
beforeAll(async () => {
  run = await tinyRun({ training: { snapshots: 5 } });
  folder = pageFolder();
});

const write = (options: Partial<PageOptions> = {}) =>
  writePage({ checkpoint: run, out: join(folder, "model.html"), overwrite: true, heads: false, ...options });

/** What a page carries, read as a browser does. */
function payloadOf(file: string): Payload {
  const html = readFileSync(file, "utf8");
  return JSON.parse(/<script type="application\/json" id="payload">(.*?)<\/script>/s.exec(html)![1]!);
}

describe("a page", () => {
  it("carries the model's weights, exactly with --precision float32", async () => {
    const { out } = await write({ precision: "float32" });
    const [model] = payloadOf(out).models;
    const { config, weights } = loadCheckpoint(run);
    expect(model!.config).toEqual(config);
    expect(model!.logitDifference).toBe(0);
    const carried = unpackWeights(model!.weights, config);
    expect([...carried.keys()]).toEqual([...weights.keys()]);
    for (const [name, { data }] of weights) expect(carried.get(name)!.data).toEqual(data);
  });

  it("says how far 16 bits move the logits of its texts", async () => {
    const texts = ["Leo found a bat", "The river bank was green. Anna"];
    const { out, models } = await write({ texts });
    const payload = payloadOf(out);
    expect(payload.texts).toEqual(texts);
    const { config, weights } = loadCheckpoint(run);
    const rounded = [...weights].map(
      ([name, { shape, data }]) => [name, { shape, data: fromFloat16(toFloat16(data)) }] as const,
    );
    await useBackend("auto");
    const { model: exact, tokenizer, dispose } = openModel(run);
    const near = new Transformer(config);
    near.load(new Map(rounded));
    let most = 0;
    for (const text of texts) {
      const [a, b] = [exact, near].map((model) =>
        model.logits(tf.tensor2d([[...tokenizer.encodePrompt(text).ids]], undefined, "int32")).dataSync(),
      );
      most = Math.max(most, ...a!.map((value, i) => Math.abs(value - b![i]!)));
    }
    expect(most).toBeGreaterThan(0);
    expect(payload.models[0]!.logitDifference).toBeCloseTo(most, 6);
    expect(models[0]!.logitDifference).toBe(payload.models[0]!.logitDifference);
    near.dispose();
    dispose();
  });

  it("carries how the run went, what it did at its snapshots, and what heads do", async () => {
    const { out, models, bytes } = await write({ heads: true });
    const [model] = payloadOf(out).models;
    const { name, step, run: went, snapshots, heads, config } = model!;
    expect([name, step]).toEqual(["tiny", 8]);
    const lines = readFileSync(join(run, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const losses = (kind: string) => lines.filter((line) => kind in line).map((line) => [line.step, line[kind]]);
    expect(went).toEqual({ steps: 8, trainLoss: losses("trainLoss"), valLoss: losses("valLoss") });
    expect(losses("valLoss").map(([at]) => at)).toEqual([4, 8]);
    expect(snapshots.map(({ step }) => step)).toEqual([0, 1, 2, 4, 8]);
    for (const { step, weights } of snapshots) {
      const kept = readSnapshot(run, step, config);
      const carried = unpackWeights(weights, config);
      for (const [name, { data }] of kept) expect(carried.get(name)!.data).toEqual(fromFloat16(toFloat16(data)));
    }
    expect(heads!.heads.map(({ layer, head }) => [layer, head])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(models[0]!.snapshots).toEqual([0, 1, 2, 4, 8]);
    const html = readFileSync(out);
    expect(bytes.file).toBe(html.length);
    expect(bytes.weights).toBe(model!.weights.data.length);
    expect(bytes.file - bytes.weights - bytes.snapshots).toBeLessThan(4e6);
  });

  it("carries places where words have which meaning, as far as the corpus knows", async () => {
    const tales = join(packageRoot, "data", "tales", "heldout.txt");
    const run = await tinyRun({ data: [tales], valFraction: 0.1, training: { steps: 1, evalEvery: 0 } });
    const { out } = await write({ checkpoint: run, data: tales });
    const { places, scores, data } = payloadOf(out).models[0]!.senses!;
    expect(data).toBe("heldout.txt"); // without the folders of this machine: a page is sent to others
    expect(scores).toBeUndefined(); // that takes long, and is not asked for
    const banks = places.filter(({ word }) => word === "bank");
    expect(new Set(banks.map(({ sense }) => sense))).toEqual(new Set(["river", "money"]));
    const all = readFileSync(tales, "utf8");
    for (const { word, text } of places) {
      expect(text.toLowerCase()).toMatch(new RegExp(`\\b${word}$`));
      expect(all).toContain(text);
    }
    const jewels = places.filter(({ word, sense }) => word === "ring" && sense === "jewel");
    expect(jewels).toHaveLength(12); // of 14 stories that have one, as relations.jsonl says
  });

  it("takes in as many snapshots as it is told to, spread evenly", async () => {
    for (const [snapshots, steps] of [
      [0, []],
      [1, [8]],
      [2, [0, 8]],
      [3, [0, 2, 8]],
      [9, [0, 1, 2, 4, 8]],
    ] as const) {
      const { models } = await write({ snapshots });
      expect(models[0]!.snapshots).toEqual(steps);
    }
  });

  it("suggests whole sentences of what the run validated on, else of what the model writes", async () => {
    const { out } = await write();
    const { texts } = payloadOf(out);
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
    const alone = join(pageFolder(), "alone");
    cpSync(loadCheckpoint(run).folder, alone, { recursive: true });
    const notes: string[] = [];
    await write({ checkpoint: alone, heads: true, onNote: (line) => notes.push(line) });
    const other = payloadOf(out);
    expect(other.texts).toHaveLength(1);
    expect(other.models[0]!.name).toBe("alone");
    expect(other.models[0]).not.toHaveProperty("heads");
    expect(notes.at(-1)).toMatch(
      /^what heads do was not measured: data must be given: got none, and .*alone is not in/,
    );
  });

  it("compares two models", async () => {
    const other = await tinyRun({ out: join(pageFolder(), "other"), model: { numHeads: 4 } });
    const { out } = await write({ compare: other });
    expect(payloadOf(out).models.map(({ name, config }) => [name, config.numHeads])).toEqual([
      ["tiny", 2],
      ["other", 4],
    ]);
  });

  it("calls two checkpoints of one run by the names of both", async () => {
    const { out } = await write({ compare: loadCheckpoint(run).folder });
    expect(payloadOf(out).models.map(({ name }) => name)).toEqual(["tiny checkpoint-8", "tiny checkpoint-8"]);
  });

  it("holds texts that look like HTML as they are", async () => {
    const texts = ["</script><!-- <script> &lt; <b>"];
    const html = await pageHtml({ heed: "0", models: [], texts });
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html.match(/<!--/g)).toBeNull();
    const file = join(folder, "odd.html");
    writeFileSync(file, html);
    expect(payloadOf(file).texts).toEqual(texts);
  });
});

describe("a page is refused", () => {
  it("where its weights would be longer than a text can be", () => {
    const weights = new Map([["tokens.weight", { size: 100e6 }]]);
    const source = { opened: { model: { weights } }, name: "large", run: undefined } as unknown as PageSource;
    expect(refusal(() => chosenSnapshots(source, { precision: "float32", snapshots: 0 }, 1))).toBe(
      "ConfigError: weights must take at most 250 MB of a page, snapshots included: got 533 MB " +
        "(take fewer snapshots, precision float16 or a smaller model)",
    );
    expect(refusal(() => chosenSnapshots(source, { precision: "float16", snapshots: 0 }, 1))).toContain("got 267 MB");
  });

  it.each<[string, () => Partial<PageOptions>, () => string]>([
    [
      "without a checkpoint",
      () => ({ checkpoint: "" }),
      () => 'ConfigError: checkpoint must name a run or a checkpoint: got ""',
    ],
    [
      "of a checkpoint that is not there",
      () => ({ checkpoint: "gone" }),
      () => "CheckpointError: gone must be a run or a checkpoint: there is nothing of that name",
    ],
    [
      "into a folder",
      () => ({ out: folder }),
      () => `ConfigError: out must name a file: got "${folder}", a folder (name a file in it, like model.html)`,
    ],
    [
      "over a file that is there",
      () => ({ overwrite: false, out: join(run, "run.json") }),
      () =>
        `ConfigError: out must name a new file: got "${join(run, "run.json")}", which is there (add overwrite to replace it)`,
    ],
    [
      "of a word that the tokenizer does not know",
      () => ({ texts: ["The bat", "The batt sings"] }),
      () =>
        'DataError: text, line 1, column 5: the word "batt" is not among the tokenizer\'s 30 tokens, the nearest is " bat": ' +
        "leave it out, or fit the tokenizer to text that has it, or train with --unknown-token",
    ],
    [
      "of a text that the model can't see whole",
      () => ({ texts: ["bat ".repeat(65)] }),
      () => "DataError: text must have from 1 to 64 tokens, as many as the model can see: got 65 (leave out 1)",
    ],
    [
      "of an empty text",
      () => ({ texts: [""] }),
      () => "DataError: text must have from 1 to 64 tokens, as many as the model can see: got 0 (type a word)",
    ],
    [
      "with an unknown precision",
      () => ({ precision: "int8" as never }),
      () => 'ConfigError: precision must be one of float16, float32: got "int8"',
    ],
  ])("%s", async (_, options, message) => {
    await expect(write(options()).catch((error) => `${error.name}: ${error.message}`)).resolves.toBe(message());
  });

  it("beside a model with another tokenizer", async () => {
    const other = await tinyRun({ out: join(pageFolder(), "chars"), tokenizer: "char" });
    await expect(write({ compare: other })).rejects.toThrow(
      `compare must be a model with the tokenizer of ${loadCheckpoint(run).folder}, to be compared with it token by token: ` +
        `got "${other}" (write a page for each)`,
    );
  });
});
