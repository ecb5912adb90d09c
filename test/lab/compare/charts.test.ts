import { expect, it } from "vitest";
import type { Judged } from "../../../src/core/tTests.js";
import { changeChart } from "../../../src/lab/compare/charts/changeChart.js";
import { renderSvg } from "../../../src/lab/compare/charts/render.js";
import { linear } from "../../../src/lab/compare/charts/scales.js";

const change = (mean: number, halfWidth: number): Judged => ({
  mean,
  halfWidth,
  error: 1,
  df: 1,
  pairing: "seed",
  seeds: 2,
  verdict: "noise",
});

it("an interval that goes on beyond the chart ends in an arrowhead at its edge", () => {
  const spec = changeChart([
    { from: "1", to: "2", change: change(0.01, 0.02) },
    { from: "1", to: "4", change: change(-0.02, 9) },
  ]);
  const layers = spec.layer as { data?: { values: { name?: string; edge?: number; shape?: string }[] } }[];
  const heads = layers.flatMap(({ data }) => data?.values ?? []).filter(({ shape }) => shape !== undefined);
  // The chart reaches six times the largest change, 0.02, to each side.
  expect(heads.map(({ name, edge, shape }) => [name, edge?.toFixed(2), shape])).toEqual([
    ["1 → 4", "-0.12", "triangle-left"],
    ["1 → 4", "0.12", "triangle-right"],
  ]);
  const within = changeChart([{ from: "1", to: "2", change: change(0.01, 0.02) }]);
  expect((within.layer as unknown[]).length).toBe(layers.length - 1);
});

it("numbers on an axis are written out: 5,000 and 0.0001", async () => {
  const written = async (values: number[]) => {
    const x = { field: "x", type: "quantitative", ...linear(values, "x") };
    const spec = { data: { values: values.map((x) => ({ x })) }, mark: "point", encoding: { x } };
    const svg = await renderSvg({ id: "a", title: "t", description: "d", spec });
    return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  };
  expect(await written([5000, 20000])).toEqual(["5,000", "10,000", "15,000", "20,000", "x"]);
  expect(await written([0.0001, 0.0003])).toEqual(["0.0001", "0.00015", "0.0002", "0.00025", "0.0003", "x"]);
});
