import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { packageRoot } from "../../src/core/packageRoot.js";
import { capture } from "../../src/inspection/capture.js";
import { Transformer } from "../../src/model/transformer.js";
import { saveCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { fitTokenizer } from "../../src/tokenizers/tokenizers.js";
import { heed, workFolder } from "../scripts/heed.js";
import { words } from "../scripts/readme.js";
import { expectClose } from "../support/numbers.js";
import { softmax } from "../support/plain.js";
import { tinyConfig, tinyModel } from "../support/tinyModel.js";

const page = readFileSync(join(packageRoot, "docs", "attention.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)\\n\`\`\``, "gms"))].map(([, block]) => block!);
const [train, ...looks] = blocks("sh").map((command) => command.replaceAll("\\\n", ""));

describe("the page's commands", () => {
  const folder = workFolder();

  beforeAll(async () => {
    await useBackend("cpu");
    const text = readFileSync(join(packageRoot, "data", "tales", "tales.txt"), "utf8");
    const tokenizer = fitTokenizer(text, { kind: "word" });
    const shape = { vocabSize: tokenizer.vocabSize, numLayers: 4, numHeads: 4, hiddenDim: 8, contextLength: 128 };
    const model = new Transformer(shape);
    const run = join(folder, "models", "tales");
    mkdirSync(run, { recursive: true });
    saveCheckpoint(run, { step: 1, config: model.config, tokenizer: tokenizer.toJSON(), weights: model.read() });
    model.dispose();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("begin with the model's training", () => {
    expect(train).toBe("npm run train -- data/tales/tales.txt --tokenizer word --out models/tales");
    expect(looks.length).toBe(9);
  });

  it.each(looks)("%s", async (command) => {
    const [npm, run, inspect, dashes, ...flags] = words(command);
    expect([npm, run, inspect, dashes]).toEqual(["npm", "run", "inspect", "--"]);
    const fewer = flags.includes("--heads") ? "2" : "60";
    const onFile = /--(heads|senses)/.test(command) ? ["--data", "data/tales/heldout.txt", "--texts", fewer] : [];
    const { code, stderr, stdout } = await heed(["inspect", ...flags, ...onFile, "--backend", "cpu"], folder);
    expect(stderr).not.toContain("heed:");
    expect(stdout).not.toBe("");
    expect(code).toBe(0);
  });
});

/** The numbers of the lines of a figure that `pattern` matches, by its groups. */
function numbersIn(figure: string, pattern: RegExp): number[][] {
  const block = blocks("text").find((text) => text.includes(figure))!;
  return block.split("\n").flatMap((line) => {
    const found = pattern.exec(line);
    return found ? [found.slice(1).map(Number)] : [];
  });
}

/** The cells of a table. */
function tableOf(figure: string): string[][] {
  const block = blocks("text").find((text) => text.includes(figure))!;
  const rows = block.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  return rows.filter((_, i) => i !== 1).map((row) => row.slice(1, -1));
}

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const share = (cell: string) => Number.parseFloat(cell) / 100;

describe("the page's figures agree with their formulas:", () => {
  it("a vector is the sum of its parts", () => {
    const lines = numbersIn(
      "+ position",
      /^ +[+=]? ?\w[\w ]*? {2,}(-?\d\S*) +(-?\d\S*) +(-?\d\S*) +(-?\d\S*) +(-?\d\S*)$/,
    );
    const [embedding, position, vector, attention, feedForward, x] = lines as [
      number[],
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    for (let i = 0; i < 5; i++) {
      expect(vector[i]).toBeCloseTo(embedding[i]! + position[i]!, 3);
      expect(x[i]).toBeCloseTo(vector[i]! + attention[i]! + feedForward[i]!, 3);
    }
    for (const line of lines) expect(line[4]).toBeCloseTo(sum(line.slice(0, 4)), 3);
  });

  it("scores are products by the root of 32, weights their softmax", () => {
    const rows = numbersIn("sqrt(32)", /^ +\d+ \S+ +(-?\d\S*) +(-?\d\S*) +(\d\S*) +(\d\S*)$/);
    expect(rows.length).toBe(14);
    const weights = softmax(rows.map(([, score]) => score!));
    rows.forEach(([product, score, exp, weight], i) => {
      expect(score).toBeCloseTo(product! / Math.sqrt(32), 3);
      expect(exp).toBeCloseTo(Math.exp(score! - Math.max(...rows.map((row) => row[1]!))), 3);
      expect(weight).toBeCloseTo(weights[i]!, 3);
    });
  });

  it("a row adds up to 1", () => {
    const row = numbersIn("12 Ruby           97.3%", /^ +\d+ \S+ +(\d\S*)%/).flat();
    expect(row.length).toBe(14);
    expect(Math.abs(sum(row) - 100)).toBeLessThan(14 * 0.05);
  });

  it("probabilities go by the difference of logits", () => {
    const [her, his] = numbersIn("What comes next", /^ +(\S+)% +(\S+)/) as [[number, number], [number, number]];
    expect(her[0] / his[0]).toBeCloseTo(Math.exp(her[1] - his[1]), 1);
  });

  it("chance is the most frequent meaning, and vectors without context know no more", () => {
    const [head, ...rows] = tableOf("bank: river");
    const [all, words] = [rows.at(-2)!, rows.slice(0, -2)];
    const counts = words.map(([name]) => [...name!.matchAll(/\d+/g)].map(Number));
    const total = sum(counts.flat());
    words.forEach((row, i) => {
      expect(share(row[1]!)).toBeCloseTo(Math.max(...counts[i]!) / sum(counts[i]!), 3);
      expect(row.slice(2, 4)).toEqual([row[1], row[1]]);
    });
    for (let column = 1; column < head!.length; column++) {
      const right = words.map((row, i) => share(row[column]!) * sum(counts[i]!));
      expect(share(all[column]!), head![column]).toBeCloseTo(sum(right) / total, 3);
    }
  });

  it("the text names what the tables have", () => {
    const heads = tableOf("| head | previous");
    expect(heads.slice(1).filter((row) => row.at(-1) === "none found").length, "fourteen of sixteen").toBe(14);
    const column = (name: string) => heads.slice(1).map((row) => share(row[heads[0]!.indexOf(name)]!));
    expect(Math.max(...column("previous"))).toBeCloseTo(0.14, 5);
    expect(Math.max(...column("induction"))).toBeLessThan(0.01);
    const finds = tableOf("looks there").slice(1);
    expect(finds.map(([head, kind, row]) => `${head} ${kind} ${row}`)).toEqual([
      "1.3 pronoun the token before it",
      "3.3 object the token before it",
    ]);
    const cosines = tableOf("its own vector")
      .slice(1)
      .map(([, cosine]) => Number(cosine));
    expect(cosines[0]).toBe(1);
    expect(page).toContain(`cosine ${cosines.at(-2)!.toFixed(2)}`);
    expect(page).toContain(`one of ${((Math.acos(cosines.at(-2)!) * 180) / Math.PI).toFixed(0)} `);
  });
});

describe("what the page says of every model holds for a small one:", () => {
  const { contextLength: T, hiddenDim: C } = tinyConfig;
  const of = (values: Float32Array, t: number) => values.slice(t * C, (t + 1) * C);

  it("rows add up to 1, and no token sees a later one", () => {
    const model = tinyModel();
    const { values } = capture(model, [[1, 2, 3, 4, 5]]).at("blocks.1.attention", "weights"); // [1, H, T, T]
    for (let row = 0; row < values.length / T; row++) {
      const weights = [...values.slice(row * T, (row + 1) * T)];
      expect(sum(weights)).toBeCloseTo(1, 5);
      expect(weights.slice((row % T) + 1).every((weight) => weight === 0)).toBe(true);
    }
    model.dispose();
  });

  it("a word's embedding is the same in two texts; from the first layer on its vector is not", () => {
    const model = tinyModel();
    const [a, b] = [
      [1, 2, 6],
      [3, 4, 6],
    ].map((ids) => capture(model, [ids]));
    const at = (layer: string, point: "output" | "residual" = "output") =>
      [a, b].map((text) => of(text!.at(layer, point).values, 2));
    expect(at("tokens")[0]).toEqual(at("tokens")[1]);
    expect(at("positions")[0]).toEqual(at("positions")[1]);
    expect(at("blocks.0.attention", "residual")[0]).not.toEqual(at("blocks.0.attention", "residual")[1]);
    model.dispose();
  });

  it("without positions, attention sees the words before it in no order; with them it does not", () => {
    const lastOutputs = (positions: "none" | "learned") => {
      const model = tinyModel({ positions });
      const [a, b] = [
        [1, 2, 3, 4],
        [3, 1, 2, 4],
      ].map((ids) => of(capture(model, [ids]).at("blocks.0.attention").values, 3));
      model.dispose();
      return [a!, b!] as const;
    };
    const [a, b] = lastOutputs("none");
    expectClose(a, b);
    const [c, d] = lastOutputs("learned");
    expect(Math.max(...c.map((x, i) => Math.abs(x - d[i]!)))).toBeGreaterThan(0.01);
  });
});
