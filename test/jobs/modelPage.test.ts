import { existsSync, readdirSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { describeModel } from "../../src/jobs/describeModel.js";
import { calibration } from "../../src/jobs/estimate/calibration.js";
import { planTraining } from "../../src/jobs/planTraining.js";
import { train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import { folderOf } from "../dataset/files.js";

vi.mock("node:os", async (original) => {
  const os = await original<typeof import("node:os")>();
  return { ...os, totalmem: vi.fn(os.totalmem) };
});

vi.mock("../../src/jobs/estimate/calibration.js", async (original) => ({
  ...(await original<typeof import("../../src/jobs/estimate/calibration.js")>()),
  calibration: vi.fn(),
}));

let folder: string;
let out: string;
let text: string;
beforeEach(() => {
  folder = folderOf({ "text.txt": "The cat sat on the mat. ".repeat(40) }); // 960 characters, 12 of them different
  out = join(folder, "runs", "run");
  text = join(folder, "text.txt");
});

const model = { numLayers: 1, hiddenDim: 4, numHeads: 2, contextLength: 8 } as const;
const training = { batchSize: 3, steps: 6, evalEvery: 0, evalBatches: 2 };
const untimed = { estimate: false };

function options(given: Partial<TrainOptions> = {}): TrainOptions {
  return { backend: "cpu", data: [text], model, out, ...given, training: { ...training, ...given.training } };
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was refused",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("planTraining", () => {
  it("says what training will go through, and makes no folder", async () => {
    const page = await planTraining(options(), untimed);
    expect(page.model).toMatchObject({ ...model, vocabSize: 12 });
    expect(page.data).toEqual({ train: 864, validation: 96, stepsDone: 0, epochs: (6 * 3 * 8) / 864 });
    expect([page.steps, page.tokens, page.compiled]).toEqual([6, 6 * 3 * 8, false]);
    expect(page.estimate).toBeUndefined();
    expect(page.notes).toEqual([]);
    expect(readdirSync(folder)).toEqual(["text.txt"]);
  });

  it("says that XLA is left out of the time", async () => {
    const { notes } = await planTraining(options({ xla: "on" }), untimed);
    expect(notes).toEqual(["the time is that of a step without XLA"]);
  });

  it("counts what is trained: the model, its tokens, its epochs", async () => {
    const page = await planTraining(options(), untimed);
    const result = await train(options());
    expect(result.parameters).toBe(page.parameters.total);
    expect(result.state.tokens).toBe(page.tokens);
  });

  it("of an earlier run counts the steps that are left, and changes nothing in its folder", async () => {
    await train(options());
    const files = () => readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const contents = () => files().map((file) => readFileSync(join(file.parentPath, file.name), "latin1"));
    const before = contents();
    const page = await planTraining({ out, resume: true, training: { steps: 10 } }, untimed);
    expect(page.data).toEqual({ train: 864, validation: 96, stepsDone: 6, epochs: (4 * 3 * 8) / 864 });
    expect([page.steps, page.tokens]).toEqual([4, 4 * 3 * 8]);
    expect(contents()).toEqual(before);
  });

  it("refuses what training refuses", async () => {
    await train(options());
    const wrong: Partial<TrainOptions>[] = [
      {}, // there is a run in the folder
      { out: folder },
      { out: text },
      { out: join(folder, "new"), data: [] },
      { out: join(folder, "new"), data: [join(folder, "gone.txt")] },
      { out: join(folder, "new"), model: { ...model, numHeads: 3 } },
      { out: join(folder, "new"), model: { ...model, contextLength: 900 } },
      { out: join(folder, "new"), tokenizer: "wrod" },
      { out: join(folder, "new"), valFraction: 2 },
      { out: join(folder, "new"), training: { precision: "bfloat16" } },
      { resume: true, training: { steps: 3 } },
      { resume: true, training: { seed: 4 } },
    ];
    for (const given of wrong) {
      const planned = await refusal(planTraining(options(given), untimed));
      expect(planned).toMatch(/^(Config|Data|Checkpoint)Error: /);
      expect(await refusal(train(options(given)))).toBe(planned);
    }
    expect(existsSync(join(folder, "new"))).toBe(false);
  });
});

describe("describeModel", () => {
  const page = (given: Parameters<typeof describeModel>[0]) =>
    describeModel({ backend: "cpu", training, ...untimed, ...given });

  it("takes the tokens known from texts, a tokenizer.json, a checkpoint, or a number", async () => {
    await train(options());
    const checkpoint = join(out, "checkpoint-6");
    const pages = await Promise.all([
      page({ data: [text], model }),
      page({ tokenizer: join(checkpoint, "tokenizer.json"), model }),
      page({ checkpoint: out }),
      page({ checkpoint }),
      page({ model: { ...model, vocabSize: 12 } }),
    ]);
    for (const { model } of pages) expect(model).toEqual(pages[0]!.model);
    expect(pages.map(({ data }) => data?.epochs)).toEqual([144 / 864, undefined, undefined, undefined, undefined]);
    expect(pages.flatMap(({ notes }) => notes)).toEqual([]);
    const words = await page({ data: [text], model, tokenizer: "word" });
    expect(words.model.vocabSize).toBeLessThan(12);
  });

  it("estimates the same time as the plan of that training, whose validations end with the text", async () => {
    const costs = { op: 1e-3, flop: 1e-9, byte: 1e-9, random: 0 };
    vi.mocked(calibration).mockResolvedValue({ costs, measured: [], at: "2026-01-31T12:00:00.000Z", load: 0 });
    const given = { ...training, evalBatches: 1000 };
    const known = await describeModel({ backend: "cpu", data: [text], model, training: given });
    const planned = await planTraining(options({ training: given }));
    expect(known.estimate).toEqual(planned.estimate);
    // 96 characters are 12 windows of 8, four batches of 3.
    const four = await describeModel({ backend: "cpu", data: [text], model, training: { ...given, evalBatches: 4 } });
    expect(known.estimate).toEqual(four.estimate);
    vi.mocked(calibration).mockReset();
  });

  it("says so where it assumes how many tokens are known", async () => {
    const { model, notes } = await page({});
    expect(model.vocabSize).toBe(65);
    expect(notes).toEqual([
      "vocabulary 65 is assumed, the characters of an English text (give --vocab-size, --data or --checkpoint)",
    ]);
  });

  it("warns of more memory than there is", async () => {
    vi.mocked(totalmem).mockReturnValue(2e9);
    const { notes } = await page({ model: { vocabSize: 10, hiddenDim: 4096 } });
    vi.mocked(totalmem).mockReset();
    expect(notes).toEqual([
      expect.stringMatching(/^training may need \d+\.\d GB, and this machine has 2\.0 GB \(try a smaller --batch\)$/),
    ]);
  });

  it("holds what it needs only op by op, where there is no graph", async () => {
    const { memory, compiled } = await page({ model: { vocabSize: 10 } });
    expect(compiled).toBe(false);
    expect(memory.training.gradients).toBe(2 * memory.training.weights);
    expect(memory.process).toBeGreaterThan(10e6);
  });

  it.each([
    [
      { checkpoint: "x", model: { numLayers: 2 } },
      "numLayers must not be given together with checkpoint: got 2 (leave one out)",
    ],
    [
      { checkpoint: "x", tokenizer: "word" },
      'tokenizer must not be given together with checkpoint: got "word" (leave one out)',
    ],
    [{ data: ["x"], model: { vocabSize: 9 } }, "vocabSize must not be given together with data: got 9 (leave one out)"],
    [{ model: { vocabSize: 1 } }, "vocabSize must be a whole number of at least 2: got 1"],
    [
      { model: { hiddenDim: 130 } },
      "numHeads must divide hiddenDim 130: got 4 (try 1, 2, 5 or 10, or hiddenDim 128 or 132)",
    ],
    [{ training: { steps: 0 } }, "steps must be a whole number from 1 to 1000000000: got 0"],
    [
      { training: { precision: "bfloat16" } },
      "precision bfloat16 needs the native backend and a processor with avx512_bf16 or amx_bf16: this is another backend (use --precision float32)",
    ],
  ] as const)("refuses %o", async (given, message) => {
    expect(await refusal(page(given as never))).toBe(`ConfigError: ${message}`);
  });

  it("refuses a number of tokens beside a tokenizer that knows it", async () => {
    await train(options());
    const tokenizer = join(out, "checkpoint-6", "tokenizer.json");
    expect(await refusal(page({ tokenizer, model: { vocabSize: 9 } }))).toBe(
      "ConfigError: vocabSize must not be given together with tokenizer: got 9 (leave one out)",
    );
  });
});
