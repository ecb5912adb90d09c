import { existsSync, readdirSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { describeModel } from "../../src/jobs/describeModel.js";
import { planTraining } from "../../src/jobs/planTraining.js";
import { timeSteps } from "../../src/jobs/timeSteps.js";
import { train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import { folderOf } from "../dataset/files.js";

vi.mock("node:os", async (original) => {
  const os = await original<typeof import("node:os")>();
  return { ...os, totalmem: vi.fn(os.totalmem) };
});

vi.mock("../../src/jobs/timeSteps.js", async (original) => ({
  ...(await original<typeof import("../../src/jobs/timeSteps.js")>()),
  timeSteps: vi.fn(),
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
const timing = { secondsPerStep: 2, tokensPerSecond: 12, secondsPerEvalBatch: 0.5, peakMemory: 1e9 };
const untimed = { timing: false };

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
    const summary = await planTraining(options(), untimed);
    expect(summary.model).toMatchObject({ ...model, vocabSize: 12 });
    expect(summary.data).toEqual({
      train: 864,
      validation: 96,
      evalBatches: 2,
      stepsDone: 0,
      epochs: (6 * 3 * 8) / 864,
    });
    expect([summary.steps, summary.tokens, summary.compiled]).toEqual([6, 6 * 3 * 8, false]);
    expect(summary.timing).toBeUndefined();
    expect(summary.notes).toEqual([]);
    expect(readdirSync(folder)).toEqual(["text.txt"]);
  });

  it("times steps as training would run them", async () => {
    vi.mocked(timeSteps).mockResolvedValue(timing);
    await planTraining(options({ xla: "on", compiled: false }));
    expect(timeSteps).toHaveBeenLastCalledWith(expect.objectContaining(model), expect.objectContaining(training), {
      compiled: false,
      xla: true,
    });
  });

  it("counts what is trained: the model, its tokens, its epochs", async () => {
    const summary = await planTraining(options(), untimed);
    const result = await train(options());
    expect(result.parameters).toBe(summary.parameters.total);
    expect(result.state.tokens).toBe(summary.tokens);
  });

  it("of an earlier run counts the steps that are left, and changes nothing in its folder", async () => {
    await train(options());
    const files = () => readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const contents = () => files().map((file) => readFileSync(join(file.parentPath, file.name), "latin1"));
    const before = contents();
    const summary = await planTraining({ out, resume: true, training: { steps: 10 } }, untimed);
    expect(summary.data).toEqual({
      train: 864,
      validation: 96,
      evalBatches: 2,
      stepsDone: 6,
      epochs: (4 * 3 * 8) / 864,
    });
    expect([summary.steps, summary.tokens]).toEqual([4, 4 * 3 * 8]);
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
  const summary = (given: Parameters<typeof describeModel>[0]) =>
    describeModel({ backend: "cpu", training, ...untimed, ...given });

  it("takes the tokens known from texts, a tokenizer.json, a checkpoint, or a number", async () => {
    await train(options());
    const checkpoint = join(out, "checkpoint-6");
    const summarys = await Promise.all([
      summary({ data: [text], model }),
      summary({ tokenizer: join(checkpoint, "tokenizer.json"), model }),
      summary({ checkpoint: out }),
      summary({ checkpoint }),
      summary({ model: { ...model, vocabSize: 12 } }),
    ]);
    for (const { model } of summarys) expect(model).toEqual(summarys[0]!.model);
    expect(summarys.map(({ data }) => data?.epochs)).toEqual([144 / 864, undefined, undefined, undefined, undefined]);
    expect(summarys.flatMap(({ notes }) => notes)).toEqual([]);
    const words = await summary({ data: [text], model, tokenizer: "word" });
    expect(words.model.vocabSize).toBeLessThan(12);
  });

  it("gives the same time as the plan of that training, whose validations end with the text", async () => {
    vi.mocked(timeSteps).mockResolvedValue(timing);
    const given = { ...training, evalBatches: 1000 };
    const known = await describeModel({ backend: "cpu", data: [text], model, training: given });
    const planned = await planTraining(options({ training: given }));
    expect(known.timing).toEqual(planned.timing);
    // 96 characters are 12 windows of 8, four batches of 3; six steps and one validation.
    expect(known.timing?.seconds).toBe(6 * 2 + 4 * 0.5);
  });

  it("says so where it assumes how many tokens are known", async () => {
    const { model, notes } = await summary({});
    expect(model.vocabSize).toBe(65);
    expect(notes).toEqual([
      "vocabulary 65 is assumed, the characters of an English text (give --vocab-size, --data or --checkpoint)",
    ]);
  });

  it("warns of more memory than there is, and times no step of such a model", async () => {
    vi.mocked(totalmem).mockReturnValue(2e9);
    vi.mocked(timeSteps).mockClear();
    const { notes } = await describeModel({ backend: "cpu", model: { vocabSize: 10, hiddenDim: 4096 } });
    vi.mocked(totalmem).mockReset();
    expect(notes).toEqual([
      expect.stringMatching(
        /^training needs more than \d+\.\d GB, and this machine has 2\.0 GB: no step was timed \(try a smaller model\)$/,
      ),
    ]);
    expect(timeSteps).not.toHaveBeenCalled();
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
    expect(await refusal(summary(given as never))).toBe(`ConfigError: ${message}`);
  });

  it("refuses a number of tokens beside a tokenizer that knows it", async () => {
    await train(options());
    const tokenizer = join(out, "checkpoint-6", "tokenizer.json");
    expect(await refusal(summary({ tokenizer, model: { vocabSize: 9 } }))).toBe(
      "ConfigError: vocabSize must not be given together with tokenizer: got 9 (leave one out)",
    );
  });
});
