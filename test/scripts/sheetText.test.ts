import { describe, expect, it } from "vitest";
import { sheetText } from "../../scripts/support/sheetText.js";
import type { ModelConfig } from "../../src/config/model.js";
import { capture } from "../../src/inspection/capture.js";
import { arithmeticSheet } from "../../src/inspection/sheet.js";
import { fitTokenizer } from "../../src/tokenizers/tokenizers.js";
import { tinyModel } from "../support/tinyModel.js";

const story =
  "Lucy carried a china pig full of pennies, and Father went with her to the bank. At the bank nobody was in a hurry.";
const tokenizer = fitTokenizer(story, { kind: "word" });
const ids = [...tokenizer.encode(story)];
const texts = ids.map((id) => tokenizer.token(id));
const [layer, head, token] = [1, 1, texts.lastIndexOf(" bank")];
const [H, D] = [2, 8];

/** The sheet of the second "bank" on paper. */
function paper(width: number, changes: Partial<ModelConfig> = {}): string {
  const size = { vocabSize: tokenizer.vocabSize, contextLength: ids.length, numHeads: H, hiddenDim: H * D };
  const model = tinyModel({ ...size, ...changes });
  const sheet = arithmeticSheet(model, capture(model, [ids]), { layer, head, token });
  model.dispose();
  return sheetText(sheet, texts, width);
}

type Row = [name: string, numbers: number[]];

/** The rows of each numbered step: a name, and the numbers behind it. */
function rowsOf(text: string): Row[][] {
  return text.split(/^\d+\. /m).map((step) =>
    step.split("\n").flatMap((line): Row[] => {
      const found = /^ {2}(.*?)((?: +-?\d+\.\d+)+)$/.exec(line);
      return found ? [[found[1]!.trim(), found[2]!.trim().split(/ +/).map(Number)]] : [];
    }),
  );
}

/** By how much a number may be off that is worked out from `terms` numbers of four decimals. */
const rounding = (terms: number) => 0.5e-4 * (terms + 1) + 1e-9;

const expectNear = (got: number, expected: number, within: number) =>
  expect(Math.abs(got - expected), `${got} and ${expected}`).toBeLessThanOrEqual(within);

/** Column by column, `total` is the sum of `parts`. */
function expectSum(total: number[], parts: number[][]): void {
  for (const [i, sum] of total.entries()) {
    const added = parts.reduce((all, part) => all + part[i]!, 0);
    expectNear(sum, added, rounding(parts.length));
  }
}

/** The last number of a row is the sum of those before it. */
const expectAcross = (numbers: number[]) =>
  expectNear(
    numbers.at(-1)!,
    numbers.slice(0, -1).reduce((sum, x) => sum + x, 0),
    rounding(numbers.length),
  );

describe.each([60, 80, 140])("the sheet of bank, %d columns wide, recomputed from what is printed", (width) => {
  const text = paper(width);
  const [, vector, norm, query, keys, products, scores, values, weighted, joined, written, output] = rowsOf(text);
  const bare = (rows: Row[]) => rows.map(([, numbers]) => numbers);
  const named = (rows: Row[], name: string) => rows.find(([each]) => each === name)![1];

  it("fits", () => {
    expect(
      Math.max(
        ...text
          .split("\n")
          .slice(1)
          .filter((line) => line.startsWith("  "))
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(width);
  });

  it("1: vector, position, what earlier layers added", () => {
    for (const row of bare(vector!)) expectAcross(row);
    expectSum(named(vector!, "= vector"), [named(vector!, "embedding"), named(vector!, "+ position")]);
    const added = ["= vector", "+ attention 0", "+ feedForward 0"].map((name) => named(vector!, name));
    expectSum(named(vector!, "= x"), added);
  });

  it("2: layer norm", () => {
    const [, mean, variance, root] = /mean (\S+), variance (\S+), epsilon 0.00001: root (\S+)/.exec(text)!.map(Number);
    expectNear(root!, Math.sqrt(variance! + 1e-5), 2e-4);
    const [x, centred, scaled, gain, gained, bias, n] = bare(norm!);
    const components = x!.length - 2;
    for (let i = 0; i < components; i++) {
      expectNear(centred![i]!, x![i]! - mean!, rounding(2));
      expectNear(scaled![i]!, centred![i]! / root!, 1e-3);
      expectNear(gained![i]!, scaled![i]! * gain![i]!, 1e-3);
    }
    expectNear(mean!, x!.at(-1)! / (H * D), rounding(1));
    expectSum(n!, [gained!, bias!]);
  });

  it("3: the query, each component a sum of products and a bias", () => {
    const q = named(query!, "q");
    expectAcross(q);
    const rows = query!.filter(([name]) => /^q\[\d\]$/.test(name));
    expect(rows).toHaveLength(q.length - 2);
    for (const [i, [, numbers]] of rows.entries()) {
      expectAcross(numbers);
      expect(numbers.at(-1)).toBe(q[i]);
    }
  });

  it("4 and 5: the query against the keys of the tokens that it may see", () => {
    const q = named(query!, "q");
    const seen = texts.slice(0, token + 1);
    expect(seen.filter((text) => text === " bank")).toHaveLength(2);
    expect(keys!.map(([name]) => name)).toEqual(seen.map((text, i) => `${i} ${text.trim()}`));
    for (const [j, k] of bare(keys!).entries()) {
      const product = products![j]![1];
      expectAcross(product);
      for (let i = 0; i < q.length - 2; i++) expectNear(product[i]!, q[i]! * k[i]!, 1e-3);
    }
  });

  it("6: scores, mask, softmax", () => {
    const highest = Number(/highest is\s(-?[\d.]+)/.exec(text)![1]);
    const rows = bare(scores!).slice(0, -1);
    expect(rows).toHaveLength(token + 1);
    let [sum, total] = [0, 0];
    for (const [j, [product, score, exp, weight]] of rows.entries()) {
      expect(product).toBe(products![j]![1].at(-1));
      expectNear(score!, product! / Math.sqrt(D), rounding(1));
      expectNear(exp!, Math.exp(score! - highest), 3e-4);
      sum += exp!;
      total += weight!;
    }
    const [expSum, weights] = named(scores!, "sum");
    expectNear(expSum!, sum, rounding(rows.length));
    for (const [, , exp, weight] of rows) expectNear(weight!, exp! / sum, 2e-4);
    expect(weights).toBe(1);
    expectNear(total, 1, rounding(rows.length));
    expect(text.replaceAll("\n", " ")).toContain(
      `the ${texts.length - token - 1} later tokens are masked: score - 1e9, exp 0.0000, weight 0.0000`,
    );
  });

  it("7 and 8: values times weights, and their sum", () => {
    for (const [j, v] of bare(values!).entries()) {
      const part = weighted![j]![1];
      expectAcross(part);
      for (const [i, x] of v.entries()) expectNear(part[i]!, x * scores![j]![1].at(-1)!, 1e-3);
    }
    expectSum(named(weighted!, `= head ${head}`), bare(weighted!.slice(0, -1)));
  });

  it("9 to 11: heads joined, projected, and added to the residual stream", () => {
    const headNames = Array.from({ length: H }, (_, h) => `head ${h}${h === head ? " (this)" : ""}`);
    expect(joined!.map(([name]) => name)).toEqual(headNames);
    expect(joined![head]![1]).toEqual(named(weighted!, `= head ${head}`));
    for (const [c, row] of bare(written!).entries()) {
      expectAcross(row);
      expect(row.at(-1)).toBe(output![head]![1][c]);
    }
    for (const row of bare(output!)) expectAcross(row);
    expectSum(named(output!, "= attention"), bare(output!.slice(0, H + 1)));
    expect(named(output!, "+ x")).toEqual(vector!.at(-1)![1]);
    expectSum(named(output!, "= residual"), [named(output!, "= attention"), named(output!, "+ x")]);
  });
});

it("a model without positions, biases and means says nothing of them", () => {
  const text = paper(80, { positions: "none", norm: "rmsnorm", bias: false });
  expect(text).toContain("RMS norm: n = gain · x / sqrt(mean of x² + epsilon)");
  expect(text).not.toMatch(/position {2}|bias|x - mean|variance/);
});
