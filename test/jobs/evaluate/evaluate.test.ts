import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { ConfigError, DataError } from "../../../src/core/errors.js";
import type { Choice } from "../../../src/dataset/choices.js";
import { type Evaluation, evaluate } from "../../../src/jobs/evaluate/evaluate.js";
import { LossReader } from "../../../src/jobs/evaluate/lossReader.js";
import type { Transformer } from "../../../src/model/transformer.js";
import { saveCheckpoint } from "../../../src/runs/checkpoint/checkpoint.js";
import { CharTokenizer } from "../../../src/tokenizers/char.js";
import { folderOf } from "../../dataset/files.js";
import { present } from "../../support/backends.js";
import { expectClose } from "../../support/numbers.js";
import { crossEntropy } from "../../support/plain.js";
import { tinyModel } from "../../support/tinyModel.js";

const text = "he had a red hat.\n\nshe had a red dress.\n\nhe had none.\n";
const tokenizer = new CharTokenizer([...new Set(`${text}0`)]);
const ids = [...tokenizer.encode(text)];
const contextLength = 5;

/** A folder with a checkpoint of a tiny model in `run`, and the files given. */
function workFolder(model: Transformer, files: Record<string, string>): (name: string) => string {
  const folder = folderOf(files);
  const { config } = model;
  saveCheckpoint(join(folder, "run"), { step: 3, config, tokenizer: tokenizer.toJSON(), weights: model.read() });
  return (name) => join(folder, name);
}

let model: Transformer;
beforeAll(async () => {
  await useBackend("cpu");
  model = tinyModel({ vocabSize: tokenizer.vocabSize, contextLength });
});

/** What the model loses on token `index` when it sees the tokens from `from` on, worked out for this one alone. */
function lossAt(index: number, from: number): number {
  const logits = tf.tidy(() => model.logits(tf.tensor2d([ids.slice(from, index)], undefined, "int32")).dataSync());
  const { vocabSize } = model.config;
  return crossEntropy(Array.from(logits.slice(-vocabSize)), ids[index]!);
}

/** The windows' beginnings, by the definition: every `stride` tokens, the last as far as it can be. */
function beginnings(stride: number): number[] {
  const last = ids.length - 1 - contextLength;
  const all = [0];
  while (all.at(-1)! < last) all.push(Math.min(all.at(-1)! + stride, last));
  return all;
}

/** Where the window begins that scores token `index`: the first one that reaches it. */
function windowOf(index: number, stride: number): number {
  return beginnings(stride).find((start) => index <= start + contextLength)!;
}

const sum = (values: number[]) => values.reduce((total, x) => total + x, 0);

describe.each(present)("evaluate on %s", (backend) => {
  async function run(options: object = {}, files: Record<string, string> = {}): Promise<Evaluation> {
    await useBackend("cpu"); // the checkpoint's weights are read there
    const path = workFolder(model, { "text.txt": text, ...files });
    return evaluate({ checkpoint: path("run"), data: path("text.txt"), backend, ...options });
  }

  it.each(backend === "cpu" ? [1, 2, 3, 4, 5] : [2])("scores each token once, with stride %i", async (stride) => {
    for (const batchSize of backend === "cpu" && stride === 3 ? [1, 4, 1000] : [4]) {
      const result = await run({ stride, batchSize });
      await useBackend("cpu");
      const losses = ids.map((_, i) => (i === 0 ? 0 : lossAt(i, windowOf(i, stride))));
      const tokens = ids.length - 1;
      expect(result).toMatchObject({ stride, contextLength, tokens, characters: tokens, words: 13 });
      expectClose([result.loss, result.perplexity], [sum(losses) / tokens, Math.exp(sum(losses) / tokens)]);
      const bits = sum(losses) / Math.LN2;
      expectClose([result.bitsPerCharacter, result.bitsPerWord!], [bits / tokens, bits / 13]);
    }
  });

  it("takes a text in memory", async () => {
    const { data, ...fromMemory } = await run({ data: { text } });
    expect(data).toBe("-");
    const { data: _, checkpoint: __, ...fromFile } = await run();
    expect(fromMemory).toMatchObject(fromFile);
  });

  it("has a standard error from blocks that end at blank lines", async () => {
    const { standardError, loss } = await run({ stride: 2 });
    await useBackend("cpu");
    // The first block ends after ten tokens, for no blank line comes before; the second at one; and so on.
    const cut = [
      [1, 11],
      [11, 19],
      [19, 29],
      [29, 39],
      [39, 49],
      [49, 54],
    ] as const;
    expect([text.slice(11, 19), text.slice(39, 49), ids.length]).toEqual(["ed hat.\n\n".slice(-8), "\n\nhe had n", 54]);
    const residuals = cut.map(([start, end]) =>
      sum(Array.from({ length: end - start }, (_, i) => lossAt(start + i, windowOf(start + i, 2)) - loss)),
    );
    const k = cut.length;
    const error = Math.sqrt((k / (k - 1)) * sum(residuals.map((r) => r * r))) / (ids.length - 1);
    expectClose([standardError!.loss], [error], { relative: 1e-4 });
    expect(standardError).toMatchObject({ blocks: k, leastTokens: contextLength });
  });

  it("says how the loss falls with the tokens seen, over every window", async () => {
    const { lossByTokensSeen } = await run({ stride: 4 });
    await useBackend("cpu");
    const starts = beginnings(4);
    const wanted = [1, 2, 3, 4, 5].map((seen) => sum(starts.map((s) => lossAt(s + seen, s))) / starts.length);
    expectClose(lossByTokensSeen, wanted);
  });

  it("lists what is costly, in all and each time, with the place where it costs most", async () => {
    const { costly, loss, tokens } = await run({ stride: 5 });
    await useBackend("cpu");
    const found = new Map<string, { index: number; bits: number }[]>();
    for (let index = 1; index < ids.length; index++) {
      const token = text[index]!;
      found.set(token, [...(found.get(token) ?? []), { index, bits: lossAt(index, windowOf(index, 5)) / Math.LN2 }]);
    }
    const all = [...found].map(([token, places]) => {
      const bits = sum(places.map((p) => p.bits));
      const { index, bits: most } = places.sort((a, b) => b.bits - a.bits)[0]!;
      const example = { index, bits: most, before: text.slice(0, index).slice(-60) };
      return { token, count: places.length, bits, bitsEach: bits / places.length, example };
    });
    const inTotal = all.sort((a, b) => b.bits - a.bits).slice(0, 10);
    expect(costly.inTotal.map((c) => c.token)).toEqual(inTotal.map((c) => c.token));
    const often = all.filter((c) => c.count >= 5).sort((a, b) => b.bitsEach - a.bitsEach);
    expect(costly.onAverage.map((c) => c.token)).toEqual(often.slice(0, 10).map((c) => c.token));
    expect(often.length).toBeLessThan(all.length);
    const numbers = (c: (typeof all)[number]) => [c.count, c.bits, c.bitsEach, c.example.bits, c.example.index];
    expectClose(costly.inTotal.flatMap(numbers), inTotal.flatMap(numbers));
    expect(costly.inTotal.map((c) => c.example.before)).toEqual(inTotal.map((c) => c.example.before));
    expect(sum(costly.inTotal.map((c) => c.bits))).toBeLessThanOrEqual((loss * tokens) / Math.LN2);
  });

  it("scores relations of a text whose meta.json names them, and compares it with its floor", async () => {
    const at = (word: string, from: number) => text.indexOf(word, from);
    const choices: Choice[] = [
      { kind: "verb", context: 0, start: at("had", 0), right: "had", wrong: ["has", "red", "hat"] },
      { kind: "verb", context: 19, start: at("had", 19), right: "had", wrong: ["he", "she"] },
      { kind: "thing", context: 19, start: at("dress", 19), right: "dress", wrong: ["hat"] },
      { kind: "thing", context: 41, start: at("none", 41), right: "none", wrong: ["hat", "dress"] },
    ];
    const sha256 = createHash("sha256").update(text).digest("hex");
    const floor = { bitsPerCharacter: 0.5, bitsPerWord: 2.5 };
    const meta = { files: { "text.txt": { sha256, floor, choices: "asked.jsonl" } } };
    const lines = choices.map((c) => `${JSON.stringify(c)}\n`).join("");
    const progress: [number, number][] = [];
    const result = await run(
      { onProgress: (done: number, total: number) => progress.push([done, total]), batchSize: 4 },
      { "meta.json": JSON.stringify(meta), "asked.jsonl": lines },
    );
    await useBackend("cpu");
    // The context is 5 tokens: "dress" and what follows leave no room for any before, so two places are left out.
    const right = choices.slice(0, 2).map(({ context, start, right, wrong }) => {
      const [cost, ...others] = [right, ...wrong].map((word) => {
        const longest = Math.max(right.length, ...wrong.map((w) => w.length)) + 1;
        const from = Math.max(context, start - (contextLength - longest + 1));
        const asked = [...ids.slice(from, start), ...tokenizer.encode(`${word} `)];
        const inputs = tf.tensor2d([asked.slice(0, -1)], undefined, "int32");
        const logits = model.logits(inputs).dataSync();
        const { vocabSize } = model.config;
        return sum(
          asked.slice(start - from).map((id, i) => {
            const place = start - from + i - 1;
            return crossEntropy(Array.from(logits.slice(place * vocabSize, (place + 1) * vocabSize)), id);
          }),
        );
      });
      return others.every((other) => cost! < other);
    });
    const count = right.filter(Boolean).length;
    expect(result.relations).toMatchObject([{ kind: "verb", places: 2, right: count, chance: (1 / 4 + 1 / 3) / 2 }]);
    expect(result.floor).toEqual(floor);
    expect(result.bitsPerCharacterAboveFloor).toBeCloseTo(result.bitsPerCharacter - 0.5, 12);
    expect(result.bitsPerWordAboveFloor).toBeCloseTo(result.bitsPerWord! - 2.5, 12);
    const total = progress[0]![1];
    expect(progress.map(([done]) => done)).toEqual([...progress.map(([done]) => done)].sort((a, b) => a - b));
    expect(progress.every(([, all]) => all === total)).toBe(true);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(total).toBe(beginnings(3).length + 4 + 3);
  });

  it("leaves nothing behind", async () => {
    await run();
    const before = tf.memory().numTensors;
    const dispose = vi.spyOn(LossReader.prototype, "dispose");
    await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(dispose).toHaveBeenCalledTimes(1);
    dispose.mockRestore();
  });
});

describe("evaluate", () => {
  async function refused(options: object, files: Record<string, string> = {}): Promise<Error> {
    const path = workFolder(model, { "text.txt": text, ...files });
    const data = path("text.txt");
    return evaluate({ checkpoint: path("run"), data, backend: "cpu", ...options }).then(
      () => expect.fail("nothing was refused"),
      (error: Error) => Object.assign(error, { message: error.message.replace(`${path("")}/`, "") }),
    );
  }

  it.each([
    [{ stride: 0 }, "stride must be a whole number of at least 1: got 0"],
    [{ stride: 6 }, "stride must be a whole number from 1 to 5: got 6"],
    [{ stride: 1.5 }, "stride must be a whole number of at least 1: got 1.5"],
    [{ batchSize: 0 }, "batchSize must be a whole number from 1 to 65536: got 0"],
  ])("refuses %o", async (options, message) => {
    expect(await refused(options)).toEqual(new ConfigError(message));
  });

  it("refuses a text of a single token, and one that is not there", async () => {
    expect(await refused({}, { "text.txt": "h" })).toEqual(
      new DataError(
        'data must have at least 2 tokens, for the first is not predicted: got "text.txt", 1 token (give a longer text)',
      ),
    );
    expect(await refused({ data: "gone.txt" })).toEqual(
      new DataError('data file must exist: got "gone.txt" (check the path)'),
    );
  });

  it("measures a text shorter than the context, as one block without a standard error", async () => {
    const path = workFolder(model, { "text.txt": "he" });
    const result = await evaluate({ checkpoint: path("run"), data: path("text.txt"), backend: "cpu" });
    expect(result).toMatchObject({ tokens: 1, characters: 1, words: 1 });
    expect(result.lossByTokensSeen).toEqual([result.loss]);
    expectClose([result.loss], [lossAt(1, 0)]);
    expect(result).not.toHaveProperty("standardError");
    expect(result).not.toHaveProperty("floor");
    expect(result).not.toHaveProperty("relations");
  });

  it("has no bits per word for a text without words", async () => {
    const path = workFolder(model, { "text.txt": "0 0 0" });
    const result = await evaluate({ checkpoint: path("run"), data: path("text.txt"), backend: "cpu" });
    expect(result.words).toBe(0);
    expect(JSON.parse(JSON.stringify(result))).not.toHaveProperty("bitsPerWord");
  });

  it("takes half the context as stride, rounded up, and says which backend runs and what is left out", async () => {
    const sha256 = createHash("sha256").update(text).digest("hex");
    const floor = { bitsPerCharacter: 0.5, bitsPerWord: 2.5 };
    const meta = { files: { "text.txt": { sha256, choices: "gone.jsonl" }, "other.txt": { sha256: "aa", floor } } };
    const path = workFolder(model, { "text.txt": text, "other.txt": text, "meta.json": JSON.stringify(meta) });
    const notes: string[] = [];
    const given = { checkpoint: path("run"), backend: "cpu", onNote: (line: string) => notes.push(line) } as const;
    expect((await evaluate({ ...given, data: path("text.txt") })).stride).toBe(3);
    await evaluate({ ...given, data: path("other.txt") });
    const began = expect.stringMatching(/^backend cpu.*; .*checkpoint-3$/);
    expect(notes).toEqual([
      began,
      `${path("gone.jsonl")}, which ${path("meta.json")} names, is not there, so relations are left out`,
      began,
      `${path("other.txt")} is not the text that ${path("meta.json")} describes, so its entropy floor is not used`,
    ]);
  });

  it("frees the model after a refusal, too", async () => {
    const path = workFolder(model, { "text.txt": text });
    writeFileSync(path("bad.txt"), "XYZ");
    const given = { checkpoint: path("run"), data: path("bad.txt"), backend: "cpu" } as const;
    await expect(evaluate(given)).rejects.toThrow(/bad.txt, line 1, column 1: the character "X" is not among/);
    const before = tf.memory().numTensors;
    await expect(evaluate(given)).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});
