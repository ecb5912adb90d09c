import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { Decoder } from "../../src/generation/decoder.js";
import { type GenerateOptions, generateText, startIds } from "../../src/generation/generateText.js";
import type { Transformer } from "../../src/model/transformer.js";
import { CharTokenizer } from "../../src/tokenizers/char.js";
import type { Tokenizer } from "../../src/tokenizers/tokenizer.js";
import { WordTokenizer } from "../../src/tokenizers/word.js";
import { onEveryBackend } from "../support/backends.js";
import { softmax } from "../support/plain.js";
import { tinyConfig, tinyModel } from "../support/tinyModel.js";
import { ByteTokenizer } from "../tokenizers/byteTokenizer.js";

const { contextLength: T, vocabSize: V } = tinyConfig;
const letters = new CharTokenizer(["\n", "a", "b", "c", "d", "e", "f"]);

async function write(
  model: Transformer,
  options: GenerateOptions = {},
  tokenizer: Tokenizer = letters,
): Promise<string> {
  let text = "";
  for await (const piece of generateText(model, tokenizer, { maxNewTokens: 12, ...options })) text += piece;
  return text;
}

/** The logits after `ids`, from the model's own full pass over the last T of them. */
function lastRow(model: Transformer, ids: number[]): number[] {
  const seen = ids.slice(-T);
  const all = model.logits(tf.tensor2d([seen], [1, seen.length], "int32")).dataSync();
  return Array.from(all.slice(-V));
}

const likeliest = (logits: number[]) => logits.indexOf(Math.max(...logits));

onEveryBackend("generateText", () => {
  it("takes the likeliest token at temperature 0, beyond the context from the last tokens that fit", async () => {
    const model = tinyModel();
    const ids = [...letters.encode("ab")];
    for (let i = 0; i < 3 * T; i++) ids.push(likeliest(lastRow(model, ids)));
    expect(await write(model, { prompt: "ab", temperature: 0, maxNewTokens: 3 * T })).toBe(
      letters.decode(ids.slice(2)),
    );
    model.dispose();
  });

  it("reads a prompt longer than the context by its last tokens", async () => {
    const model = tinyModel();
    const long = "fedcbabcdef";
    const options = { temperature: 0.7, seed: 5, repetitionPenalty: 1 };
    expect(await write(model, { prompt: long, ...options })).toBe(
      await write(model, { prompt: long.slice(-T), ...options }),
    );
    model.dispose();
  });

  it("writes the same text for the same seed, other texts for another seed or sample", async () => {
    const model = tinyModel();
    const options = { prompt: "a", temperature: 1.5, maxNewTokens: 20 };
    const text = await write(model, { ...options, seed: 1 });
    expect(text.length).toBe(20);
    expect(await write(model, { ...options, seed: 1 })).toBe(text);
    const others = [
      await write(model, { ...options, seed: 2 }),
      await write(model, { ...options, seed: 1, sample: 1 }),
    ];
    expect(new Set([text, ...others]).size).toBe(3);
    model.dispose();
  });

  it("leaves no tensor behind", async () => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    await write(model);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe("generateText", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it("draws the first token as often as softmax(logits / temperature) says, by the chi-square test", async () => {
    const model = tinyModel();
    const expected = softmax(lastRow(model, [...letters.encode("cab")]).map((logit) => logit / 1.3));
    const samples = 400;
    const decoder = new Decoder(model);
    const counts = new Array<number>(V).fill(0);
    for (let sample = 0; sample < samples; sample++) {
      const text = await write(model, { prompt: "cab", temperature: 1.3, maxNewTokens: 1, sample, decoder });
      counts[letters.encode(text)[0]!]!++;
    }
    const chiSquare = counts.reduce(
      (sum, n, i) => sum + (n - samples * expected[i]!) ** 2 / (samples * expected[i]!),
      0,
    );
    expect(chiSquare).toBeLessThan(16.81); // exceeded with probability 0.01, for six degrees of freedom
    decoder.dispose();
    model.dispose();
  });

  it("never repeats a token under a great penalty on those seen, the prompt's included", async () => {
    const model = tinyModel();
    // Above 0: a penalty makes every seen one less likely.
    vi.spyOn(model, "logits").mockImplementation(() => tf.fill([1, 1, V], 5) as tf.Tensor3D);
    const options = { prompt: "ab", temperature: 0.1, repetitionPenalty: 1e6, maxNewTokens: V - 2 };
    expect([..."ab", ...(await write(model, options))].sort()).toEqual(["\n", "a", "b", "c", "d", "e", "f"]);
    model.dispose();
  });

  it("gives a piece a token, as soon as it is drawn", async () => {
    const model = tinyModel();
    const decoder = new Decoder(model);
    const calls = vi.spyOn(decoder, "write");
    const pieces = generateText(model, letters, { prompt: "a", maxNewTokens: 3, decoder });
    for (let i = 1; i <= 3; i++) {
      expect((await pieces.next()).value).toHaveLength(1);
      expect(calls).toHaveBeenCalledTimes(i);
    }
    expect((await pieces.next()).done).toBe(true);
    expect(calls).toHaveBeenCalledTimes(3);
    decoder.dispose();
    model.dispose();
  });

  it("stops before a stop text, and draws no token after it", async () => {
    const model = tinyModel();
    const decoder = new Decoder(model);
    const options = { prompt: "a", seed: 3, temperature: 2, maxNewTokens: 40, decoder };
    const text = await write(model, options);
    const stop = text.slice(10, 13);
    const calls = vi.spyOn(decoder, "write");
    expect(await write(model, { ...options, stop: [stop] })).toBe(text.slice(0, text.indexOf(stop)));
    expect(calls).toHaveBeenCalledTimes(text.indexOf(stop) + stop.length);
    decoder.dispose();
    model.dispose();
  });

  it("leaves its decoder with the prompt and the answer, whatever was written beyond the stop text", async () => {
    const model = tinyModel();
    const decoder = new Decoder(model);
    const options = { prompt: "a", seed: 3, temperature: 2, maxNewTokens: 40, decoder };
    const text = await write(model, options);
    expect(decoder.length).toBe(41);
    const stop = text.slice(10, 13);
    const end = text.indexOf(stop) + stop.length;
    const one = decoder.write.bind(decoder);
    vi.spyOn(decoder, "write").mockImplementation((most, ...rest) => {
      return Array.from({ length: Math.min(most, 16) }, () => one(1, ...rest)[0]!);
    });
    expect(await write(model, { ...options, stop: [stop] })).toBe(text.slice(0, end - stop.length));
    expect(decoder.length).toBe(1 + end);
    decoder.dispose();
    model.dispose();
  });

  it("frees its decoder where the reader stops early", async () => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    for await (const piece of generateText(model, letters)) if (piece) break;
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it("begins a new text where the prompt is empty", async () => {
    const model = tinyModel();
    expect(await write(model, { prompt: "", seed: 4 })).toBe(await write(model, { prompt: "\n\n", seed: 4 }));
    const [none] = [new CharTokenizer(["x", "y", "a", "b", "c", "d", "e"])];
    expect(await write(model, { seed: 4 }, none)).toHaveLength(12);
    model.dispose();
  });

  it("begins a new text with a blank line, a line's end, or the first token, as far as the tokenizer knows them", () => {
    expect(startIds(letters)).toEqual([0, 0]);
    expect(startIds(new CharTokenizer(["x", "\n"]))).toEqual([1, 1]);
    expect(startIds(new CharTokenizer(["x", "y"]))).toEqual([0]);
    expect(startIds(new CharTokenizer(["x", "<unk>"]))).toEqual([0]); // not the unknown token
    expect(startIds(new WordTokenizer(["x", "\n"]))).toEqual([1, 1]);
  });

  it("holds back half characters of a tokenizer of bytes, and writes what is left of one at the end as U+FFFD", async () => {
    const model = tinyModel();
    const decoder = new Decoder(model);
    const bytes = [...Buffer.from("a\u00e9\u{1f600}")]; // characters of 1, 2 and 4 bytes
    let at = 0;
    vi.spyOn(decoder, "write").mockImplementation(() => [at++]);
    const tokenizer = new ByteTokenizer(bytes);
    const pieces: string[] = [];
    const options = { prompt: "a", maxNewTokens: bytes.length - 1, decoder };
    for await (const piece of generateText(model, tokenizer, options)) pieces.push(piece);
    expect(pieces).toEqual(["a", "\u00e9", "\ufffd"]);
    expect(pieces.join("")).toBe(tokenizer.decode([0, 1, 2, 3, 4, 5]));
    at = 0;
    pieces.length = 0;
    for await (const piece of generateText(model, tokenizer, { ...options, maxNewTokens: 7 })) pieces.push(piece);
    expect(pieces).toEqual(["a", "\u00e9", "\u{1f600}"]);
    decoder.dispose();
    model.dispose();
  });

  it("goes on after a prompt's last space as if it were not there, and does not write it twice", async () => {
    const model = tinyModel();
    const words = new WordTokenizer(["\n", " a", " b", " c", "d", " e", "."]);
    const options = { seed: 3, temperature: 2, maxNewTokens: 8 };
    let spaced = 0;
    for (let seed = 0; seed < 8; seed++) {
      const after = await write(model, { ...options, seed, prompt: " a b" }, words);
      const afterSpace = await write(model, { ...options, seed, prompt: " a b " }, words);
      expect(afterSpace).toBe(after.replace(/^ /, ""));
      if (after.startsWith(" ")) spaced++;
    }
    expect(spaced).toBeGreaterThan(0);
    expect(spaced).toBeLessThan(8);
    expect(await write(model, { ...options, prompt: "a b" }, words)).toBe(
      await write(model, { ...options, prompt: " a b" }, words),
    );
    model.dispose();
  });

  it("refuses a prompt with a token that the tokenizer does not know, and says where it is", async () => {
    const model = tinyModel();
    await expect(write(model, { prompt: "ab\ncxz" })).rejects.toMatchObject({
      name: "DataError",
      message:
        'prompt, line 2, column 2: the character "x" is not among the tokenizer\'s 7 tokens: ' +
        "leave it out, or fit the tokenizer to text that has it, or train with --unknown-token",
    });
    model.dispose();
  });

  it("refuses options that break their rules before it draws anything", async () => {
    const model = tinyModel();
    const calls = vi.spyOn(Decoder.prototype, "write");
    await expect(write(model, { temperature: -1 })).rejects.toMatchObject({
      name: "ConfigError",
      message: "temperature must be a number from 0 to 100: got -1",
    });
    expect(calls).not.toHaveBeenCalled();
    model.dispose();
  });
});

/** The pieces of a text, and what the generator returns at its end. */
async function written(options: GenerateOptions) {
  const pieces = generateText(tinyModel(), letters, options);
  let text = "";
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) text += next.value;
  return { text, ...next.value };
}

it("returns the tokens and what ended the text", async () => {
  const options = { prompt: "ab", maxNewTokens: 12, seed: 3 };
  const whole = await written(options);
  expect(whole).toEqual({
    text: letters.decode(whole.ids),
    promptTokens: 2,
    ids: [...letters.encode(whole.text)],
    finishReason: "length",
  });
  const stop = whole.text.slice(4, 6);
  const stopped = await written({ ...options, stop: [stop] });
  expect(stopped.finishReason).toBe("stop");
  expect(stopped.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
  expect(letters.decode(stopped.ids)).toBe(stopped.text + stop);
});

it("stops when its signal asks to", async () => {
  const controller = new AbortController();
  const pieces = generateText(tinyModel(), letters, { maxNewTokens: 100, signal: controller.signal });
  await pieces.next();
  controller.abort();
  const rest = async () => {
    for await (const _ of pieces);
  };
  await expect(rest()).rejects.toThrow(/^stopped after \d+ new tokens$/);
});
