import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { generationConfig } from "../../src/config/generation.js";
import type { ModelConfig } from "../../src/config/model.js";
import { Random } from "../../src/core/random.js";
import { Decoder } from "../../src/generation/decoder.js";
import { evaluate } from "../../src/jobs/evaluate/evaluate.js";
import { generate } from "../../src/jobs/generate.js";
import { openModel } from "../../src/jobs/openModel.js";
import type { VariableValues } from "../../src/model/variables.js";
import { saveCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { CharTokenizer } from "../../src/tokenizers/char.js";
import { folderOf } from "../dataset/files.js";
import { onEveryBackend } from "../support/backends.js";
import { tinyModel } from "../support/tinyModel.js";

const text = "he had a red hat.\n\nshe had a red dress.\n";
const tokenizer = new CharTokenizer([...new Set(text)]);
const { vocabSize } = tokenizer;

interface Saved {
  folder: string;
  config: ModelConfig;
  weights: VariableValues;
}

function save(config: ModelConfig, weights: VariableValues): Saved {
  const run = folderOf({ "text.txt": text });
  return { folder: saveCheckpoint(run, { step: 3, config, tokenizer: tokenizer.toJSON(), weights }), config, weights };
}

/** A checkpoint of a tiny model of `rows` tokens. */
async function saved(rows: number, changes: Partial<ModelConfig> = {}): Promise<Saved> {
  await useBackend("cpu");
  const model = tinyModel({ vocabSize: rows, contextLength: 16, ...changes });
  const checkpoint = save(model.config, model.read());
  model.dispose();
  return checkpoint;
}

/** The same model with `more` rows that are far likelier than any token. */
function padded({ config, weights }: Saved, more: number): Saved {
  const rows = [...weights].map(([name, { shape, data }]) => {
    if (shape[0] !== config.vocabSize || shape.length !== 2) return [name, { shape, data }] as const;
    const width = shape[1]!;
    const wide = new Float32Array((config.vocabSize + more) * width);
    wide.set(data);
    for (let i = 0; i < more * width; i++) wide[data.length + i] = 5 * data[i]!;
    return [name, { shape: [config.vocabSize + more, width], data: wide }] as const;
  });
  return save({ ...config, vocabSize: config.vocabSize + more }, new Map(rows));
}

onEveryBackend("a model with more rows than its tokenizer has tokens", (backend) => {
  it.each([true, false])("writes and is measured as without them, tied: %s", async (tie) => {
    const exact = await saved(vocabSize, { tie });
    const more = padded(exact, 6);
    const notes: string[] = [];
    const write = async (checkpoint: string, temperature: number) => {
      const onNote = (note: string) => notes.push(note);
      const { answers } = await generate({ checkpoint, backend, maxNewTokens: 60, temperature, onNote });
      return answers.map(({ text, ids }) => ({ text, ids }));
    };
    for (const temperature of [0, 1]) {
      expect(await write(more.folder, temperature)).toEqual(await write(exact.folder, temperature));
    }
    expect(notes).toContain(
      `${more.folder}: the model has ${vocabSize + 6} tokens, the tokenizer ${vocabSize}: the rest is padding and left out`,
    );
    const measure = async (checkpoint: string) => {
      const data = join(checkpoint, "..", "text.txt");
      const { loss, lossByTokensSeen, costly } = await evaluate({ checkpoint, data, backend });
      return { loss, lossByTokensSeen, costly };
    };
    expect(await measure(more.folder)).toEqual(await measure(exact.folder));
  });
});

describe("openModel", () => {
  it("takes a vocabulary that another program padded, beside heed's own config", async () => {
    const exact = await saved(vocabSize);
    const more = padded(exact, 6);
    const path = join(more.folder, "config.json");
    const json = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...json, heed: { ...json.heed, vocabSize } })); // as transformers leaves it
    rmSync(join(more.folder, "manifest.json"));
    const opened = openModel(more.folder);
    expect(opened.model.config).toEqual(exact.config);
    expect(opened.model.read().get("tokens.weight")!.data).toEqual(exact.weights.get("tokens.weight")!.data);
    opened.dispose();
  });

  it("refuses a tokenizer that knows more tokens than the model", async () => {
    const { folder } = await saved(vocabSize - 2);
    expect(() => openModel(folder)).toThrow(
      `${folder}: tokenizer.json must know at most the ${vocabSize - 2} tokens that the model has: got ${vocabSize} (put the tokenizer.json of this model beside it)`,
    );
  });
});

onEveryBackend("finite weights that are too large to compute with", (backend) => {
  const huge = async (): Promise<Saved> => {
    const { config, weights } = await saved(vocabSize);
    const large = [...weights].map(
      ([name, { shape, data }]) => [name, { shape, data: data.map((x) => x * 1e25) }] as const,
    );
    return save(config, new Map(large));
  };
  const refused = (folder: string) =>
    `${folder}: logits must be finite numbers: got infinity or NaN: its weights are too large to compute with (use an earlier checkpoint)`;

  it("are refused by generate and evaluate, which name the checkpoint", async () => {
    const { folder } = await huge();
    for (const temperature of [0, 1]) {
      await expect(generate({ checkpoint: folder, backend, temperature })).rejects.toThrow(refused(folder));
    }
    const data = join(folder, "..", "text.txt");
    await expect(evaluate({ checkpoint: folder, data, backend })).rejects.toThrow(refused(folder));
  });

  it("are noticed where the graph chooses", async () => {
    const { folder } = await huge();
    await useBackend(backend);
    const { model, dispose } = openModel(folder);
    const decoder = new Decoder(model, { inGraph: true, source: folder });
    for (const temperature of [0, 1]) {
      decoder.begin([0]);
      const choice = generationConfig({ temperature });
      expect(() => decoder.write(3, choice, new Random(1, "test"))).toThrow(refused(folder));
    }
    decoder.dispose();
    dispose();
  });
});
