import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import type { ModelConfig } from "../../src/config/model.js";
import { capture } from "../../src/inspection/capture.js";
import { type InspectOptions, inspect } from "../../src/jobs/inspect.js";
import { saveCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { WordTokenizer } from "../../src/tokenizers/word.js";
import { softmax } from "../support/plain.js";
import { tinyModel } from "../support/tinyModel.js";

const words = ["The", " bank", " river", " money", " by", " grows", "."];
const tokenizer = new WordTokenizer(words);
const text = "The bank by bank";
const ids = [0, 1, 4, 1];

const folder = mkdtempSync(join(tmpdir(), "heed-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));

let checkpoint: string;

/** A checkpoint of the tiny model with a word for each token. */
function saved(name: string, changes: Partial<ModelConfig> = {}): string {
  const model = tinyModel(changes);
  const run = join(folder, name);
  mkdirSync(run);
  const weights = model.read();
  const checkpoint = saveCheckpoint(run, { step: 3, config: model.config, tokenizer: tokenizer.toJSON(), weights });
  model.dispose();
  return checkpoint;
}

beforeAll(async () => {
  await useBackend("cpu");
  checkpoint = saved("run");
});

const look = (options: Partial<InspectOptions> = {}) => inspect({ checkpoint, backend: "cpu", text, ...options });

const refused = (options: Partial<InspectOptions>) =>
  look(options).then(
    () => "nothing was refused",
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** Logits of the whole text with nothing changed. */
function logits(): number[][] {
  const model = tinyModel();
  const { values } = capture(model, [ids]).at("output", "logits");
  model.dispose();
  return ids.map((_, t) => Array.from(values.slice(t * words.length, (t + 1) * words.length)));
}

describe("inspect", () => {
  it("has tokens, the next tokens by probability, and the sharpest heads' rows", async () => {
    const { tokens, next, attention, ...rest } = await look();
    expect(rest).toEqual({ checkpoint });
    expect(tokens).toEqual(ids.map((id, index) => ({ index, id, text: words[id] })));
    const probabilities = softmax(logits().at(-1)!);
    const order = [...words.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
    expect(next!.map(({ id, token }) => [id, token])).toEqual(order.map((id) => [id, words[id]]));
    for (const { id, probability } of next!) expect(probability).toBeCloseTo(probabilities[id]!, 6);
    expect(attention!.rule).toBe("sharpest");
    expect(attention!.heads).toHaveLength(3);
    for (const { weights } of attention!.heads) {
      expect(weights.map((row) => row.length)).toEqual([1, 2, 3, 4]);
      for (const row of weights) expect(row.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
    }
  });

  it("shows the heads that layer and head name, in order", async () => {
    const names = async (options: Partial<InspectOptions>) => {
      const { attention } = await look(options);
      return [attention!.rule, ...attention!.heads.map(({ layer, head }) => `${layer}.${head}`)];
    };
    expect(await names({ layer: 1 })).toEqual(["asked for", "1.0", "1.1"]);
    expect(await names({ head: 1 })).toEqual(["asked for", "0.1", "1.1"]);
    expect(await names({ layer: 0, head: 1 })).toEqual(["asked for", "0.1"]);
  });

  it("a token is its last place in the text, or its number", async () => {
    const { token, row, attention } = await look({ token: "bank" });
    expect(token).toEqual({ index: 3, occurrences: [1, 3] });
    expect(row!.map(({ weights }) => weights.length)).toEqual([4, 4, 4, 4]);
    expect(attention).toBeUndefined();
    expect((await look({ token: "2" })).token).toEqual({ index: 2, occurrences: [2] });
    expect((await look({ token: " by" })).token).toEqual({ index: 2, occurrences: [2] });
  });

  it("the sheet is of the token and head asked for, of the last token and a head chosen otherwise", async () => {
    const { sheet } = await look({ arithmetic: true, token: "by", layer: 1, head: 0 });
    expect([sheet!.token, sheet!.layer, sheet!.head]).toEqual([2, 1, 0]);
    const last = (await look({ arithmetic: true })).sheet!;
    expect(last.token).toBe(3);
    const { row } = await look({ token: "3" });
    expect([last.layer, last.head]).not.toEqual([undefined, undefined]);
    expect(row!.map(({ layer, head }) => `${layer}.${head}`)).toContain(`${last.layer}.${last.head}`);
  });

  it("the lens ends with the model's own answer, and the parts add up to its logit", async () => {
    const { lens, attribution } = await look({ lens: true, attribution: true, next: "grows" });
    expect(lens!.layers.map(({ place }) => `${place.layer}.${place.point}`)).toEqual([
      "dropout.output",
      "blocks.0.attention.residual",
      "blocks.0.feedForward.residual",
      "blocks.1.attention.residual",
      "blocks.1.feedForward.residual",
    ]);
    const logit = logits().at(-1)![5]!;
    expect(lens!.layers.at(-1)!.next.logit).toBeCloseTo(logit, 4);
    expect(attribution!.next).toMatchObject({ id: 5, token: " grows" });
    expect(attribution!.parts.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(logit, 4);
    const top = await look({ lens: true, token: "0" });
    const best = logits()[0]!;
    expect(top.lens!.layers.at(-1)!.next.id).toBe(best.indexOf(Math.max(...best)));
  });

  it("parts are switched off one by one, then all of them, as a model without their weights", async () => {
    const { ablations } = await look({ ablate: ["1.0", "0.feedForward"] });
    expect(ablations!.after.map(({ parts }) => parts)).toEqual([["1.0"], ["0.feedForward"], ["1.0", "0.feedForward"]]);
    const before = logits();
    const mean = ids.slice(1).reduce((sum, id, t) => sum - Math.log(softmax(before[t]!)[id]!), 0) / 3;
    expect(ablations!.before.loss).toBeCloseTo(mean, 5);

    const model = tinyModel();
    const weights = model.read();
    weights.get("blocks.1.attention.output.weight")!.data.fill(0, 0, 2 * 4); // head 0's rows
    for (const name of ["weight", "bias"]) weights.get(`blocks.0.feedForward.down.${name}`)!.data.fill(0);
    model.load(weights);
    const { values } = capture(model, [ids]).at("output", "logits");
    model.dispose();
    const without = Array.from(values.slice(3 * words.length));
    const { top, next } = ablations!.after[2]!;
    expect(top.logit).toBeCloseTo(Math.max(...without), 4);
    expect(next.id).toBe(ablations!.before.top.id);
    expect(next.probability).toBeCloseTo(softmax(without)[next.id]!, 5);
  });

  it("a text of one token has no loss", async () => {
    const { ablations } = await look({ text: "The", ablate: ["0.0"] });
    expect(ablations!.before).not.toHaveProperty("loss");
  });

  it("a word starts at one vector and ends at two", async () => {
    const { comparison, tokens } = await look({
      text: undefined,
      compare: ["The river bank", "The bank by bank"],
      word: "bank",
    });
    expect(tokens).toBeUndefined();
    expect(comparison!.texts.map(({ index, occurrences }) => [index, occurrences])).toEqual([
      [2, [2]],
      [3, [1, 3]],
    ]);
    expect(comparison!.layers[0]!.distance).toBe(0);
    expect(comparison!.layers.at(-1)!.distance).toBeGreaterThan(0.1);
  });

  it("works for a model without positions, with RMS norm, untied", async () => {
    const other = saved("other", { positions: "none", norm: "rmsnorm", bias: false, tie: false });
    const { sheet, lens } = await look({ checkpoint: other, arithmetic: true, lens: true, attribution: true });
    expect(sheet).not.toHaveProperty("position");
    expect(lens!.layers).toHaveLength(5);
  });
});

describe("inspect refuses", () => {
  it.each<[string, Partial<InspectOptions>, string]>([
    [
      "no text",
      { text: undefined },
      "ConfigError: text must be a text for the model to read: got none (or add --heads, --senses or --compare)",
    ],
    [
      "no text for a token",
      { text: undefined, compare: ["The", "The"], word: "The", token: "The" },
      "ConfigError: text must be a text for the model to read: got none",
    ],
    ["an empty text", { text: "" }, 'ConfigError: text must have at least one token: got ""'],
    [
      "an unknown word",
      { text: "The bonk" },
      'DataError: text, line 1, column 5: the word "bonk" is not among the tokenizer\'s 7 tokens, the nearest is " bank": leave it out, or fit the tokenizer to text that has it, or train with --unknown-token',
    ],
    [
      "a text that is too long",
      { text: "The bank by bank by bank by" },
      "DataError: text must fit the 5 tokens that the model can see: got 7 (leave out 2 of them)",
    ],
    [
      "a token that is not there",
      { token: "river" },
      'ConfigError: token must be a token of the text, or its number: got "river" (its tokens are 0 "The", 1 "bank", 2 "by", 3 "bank")',
    ],
    [
      "a number beyond the text",
      { token: "4" },
      'ConfigError: token must be a token of the text, or its number: got "4" (its tokens are 0 "The", 1 "bank", 2 "by", 3 "bank")',
    ],
    ["a layer that is not there", { layer: 2 }, "ConfigError: layer must be a whole number from 0 to 1: got 2"],
    ["a head that is not there", { head: 2 }, "ConfigError: head must be a whole number from 0 to 1: got 2"],
    [
      "a part that is not there",
      { ablate: ["0.2"] },
      'ConfigError: ablate must name a head as LAYER.HEAD, or a part as LAYER.attention or LAYER.feedForward: got "0.2" (layers are 0 to 1, heads 0 to 1: 0.0 is the first head)',
    ],
    [
      "a next token that is not known",
      { lens: true, next: "gold" },
      'ConfigError: next must be one of the 7 tokens known: got "gold"',
    ],
    [
      "a next token for nothing",
      { next: "." },
      'ConfigError: next must be given together with lens or attribution: got "."',
    ],
    [
      "one text to compare",
      { compare: ["The"], word: "The" },
      "ConfigError: compare must be two texts: got 1 (put each in quotes)",
    ],
    [
      "texts without a word",
      { compare: ["The", "The"] },
      'ConfigError: compare must be given together with word: got ["The","The"]',
    ],
    [
      "a word that one text lacks",
      { compare: ["The bank", "The river"], word: "bank" },
      'ConfigError: the second text: word must be a token of the text, or its number: got "bank" (its tokens are 0 "The", 1 "river")',
    ],
    [
      "a file for nothing",
      { data: "a.txt" },
      'ConfigError: data must be given together with heads or senses: got "a.txt"',
    ],
    ["no checkpoint", { checkpoint: undefined }, "ConfigError: checkpoint must name a run or a checkpoint: got none"],
  ])("%s", async (_, options, message) => {
    expect(await refused(options)).toBe(message);
  });
});
