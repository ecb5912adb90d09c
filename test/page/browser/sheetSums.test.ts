import { afterAll, beforeAll, expect, it } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { capture } from "../../../src/inspection/capture.js";
import { arithmeticSheet, type Sheet } from "../../../src/inspection/sheet.js";
import type { Transformer } from "../../../src/model/transformer.js";
import type { EngineModel, Look } from "../../../src/page/browser/engine.js";
import {
  inputTrace,
  largestTerms,
  outputTrace,
  partTrace,
  productTrace,
  projectedTrace,
  residualTrace,
  sumTrace,
  type Trace,
} from "../../../src/page/browser/sheetSums.js";
import { whatIfInterventions } from "../../../src/page/browser/whatIf.js";
import { tinyModel, tinyRows } from "../../support/tinyModel.js";

const place = { layer: 1, head: 1, token: 2 };
let model: Transformer;
let sheet: Sheet;
beforeAll(async () => {
  await useBackend("cpu");
  model = tinyModel();
  sheet = arithmeticSheet(model, capture(model, tinyRows(1)), place);
});
afterAll(() => model.dispose());

/** What the terms add up to, and what each pair of factors multiplies to. */
const summed = ({ terms }: Trace) => terms.reduce((sum, { value, factors: [a, b] = [value, 1] }) => sum + a * b, 0);

it("takes numbers of the pass apart into terms that add up to them", () => {
  const look = { capture: capture(model, tinyRows(1)) } as Look;
  const engineModel = { model, config: model.config } as EngineModel;
  const traces = [
    inputTrace(sheet, 3),
    ...(["query", "key", "value"] as const).map((what) =>
      projectedTrace(look, engineModel, { ...place, token: 1, what, component: 1 }),
    ),
    productTrace(sheet, 1),
    sumTrace(sheet, 1, String),
    outputTrace(sheet, 3),
    partTrace(sheet, 3),
    residualTrace(sheet, 3),
  ];
  for (const trace of traces) expect(summed(trace)).toBeCloseTo(trace.result, 5);
  expect(traces[1]!.result).not.toBeCloseTo(traces[2]!.result, 5);
});

it("keeps the largest terms by size, and sums the others", () => {
  const terms = [1, -5, 2, 4, -3].map((value) => ({ name: String(value), value }));
  const { largest, others, rest } = largestTerms({ result: -1, terms }, 2);
  expect([largest.map(({ value }) => value), others, rest]).toEqual([[-5, 4], 3, 0]);
  expect(largestTerms({ result: -1, terms }, 4)).toEqual({ largest: terms, others: 0, rest: 0 });
});

it("adds to one component of the query, and divides the token's scores before softmax", () => {
  const change = { ...place, component: 1, added: 2, temperature: 3 };
  const changed = capture(model, tinyRows(1), { interventions: whatIfInterventions(change) });
  const after = arithmeticSheet(model, changed, place);
  expect(after.query.vector.map((x, d) => x - sheet.query.vector[d]!)[1]).toBeCloseTo(2, 5);
  const exps = after.keys.map(({ score, index }) => (index > place.token ? 0 : Math.exp(score / 3)));
  const sum = exps.reduce((a, b) => a + b, 0);
  after.keys.forEach(({ weight }, i) => {
    expect(weight).toBeCloseTo(exps[i]! / sum, 5);
  });
  expect(after.keys[0]!.weight).not.toBeCloseTo(sheet.keys[0]!.weight, 3);
  const other = arithmeticSheet(model, changed, { ...place, token: 1 });
  const before = arithmeticSheet(model, capture(model, tinyRows(1)), { ...place, token: 1 });
  expect(other.keys.map(({ weight }) => weight)).toEqual(before.keys.map(({ weight }) => weight));
  expect(whatIfInterventions({ ...change, added: 0, temperature: 1 })).toEqual([]);
});
