import { expect, it } from "vitest";
import { modelConfig } from "../../../src/config/model.js";
import { type BenchResult, tableOf } from "../../../src/lab/bench/benchResults.js";
import { benchText } from "../../../src/lab/bench/benchTable.js";
import { contestants } from "../../../src/lab/bench/contestants.js";
import type { Racer } from "../../../src/lab/bench/race.js";
import { decodeShape, stepFlops } from "../../../src/lab/bench/shapes.js";

const shape = {
  name: "tiny",
  batchSize: 2,
  model: modelConfig({ numLayers: 1, numHeads: 2, hiddenDim: 8, contextLength: 10, vocabSize: 5 }),
};

/** A racer whose rounds took these times, and whose losses (or ids) were these. */
function racer(name: string, rounds: number[][], values: number[]): Racer {
  const measured = { cpuMilliseconds: 0, memoryBytes: 1e8, peakBytes: 0, milliseconds: [], values: [] };
  return {
    contestant: contestants.find((each) => each.name === name)!,
    versions: {},
    child: undefined as never,
    warmUp: { ...measured, values: values.slice(0, 2) },
    turns: rounds.map((milliseconds, round) => ({
      ...measured,
      milliseconds,
      cpuMilliseconds: 2 * milliseconds.reduce((a, b) => a + b),
      peakBytes: 1.5e9 + round,
      values: round === 0 ? values.slice(2) : [],
    })),
  };
}

const result = (tables: BenchResult["tables"]): BenchResult => ({
  started: "2026-01-01T00:00:00.000Z",
  machine: { cpu: "Some CPU", cores: 2, memoryBytes: 25.3e9, system: "linux 6", loadBefore: 0.26 },
  threads: 2,
  versions: { Node: "20.0.0", PyTorch: "2.15.0" },
  productSize: 2048,
  rates: [{ contestant: "torch", gigaflops: 199.6 }],
  leftOut: [{ contestant: "jax", problem: "no jax in python3" }],
  tables,
});

it("shows times, ratios, shares and losses, and says who is missing", () => {
  const seconds = 0.02; // of the slower one's step
  const bestRate = stepFlops(shape) / seconds / 0.5;
  const racers = [
    racer("heed-native", [[10, 10], [11, 11], [10]], [3, 2.9, 2.8]),
    racer("torch", [[20], [22], [20, 20]], [3, 2.9, 2.8, 2.7]),
    racer("torch-compile", [[30], [33], [30]], [3, 2.9, 2.8, 2.7]),
    racer("torch-bf16", [[15], [15], [15]], [3.01, 2.9, 2.8]),
  ];
  const failures = [{ contestant: "heed-wasm", problem: "it ended with SIGKILL" }];
  const table = tableOf("train", { shape, bestRate }, { racers, failures });
  expect(benchText(result([table]))).toBe(`\
Some CPU, 2 cores, 25.30 GB memory, linux 6; 2 threads each; load before: 0.3
Node 20.0.0, PyTorch 2.15.0
best rate of 2048 x 2048 matrix products, float32: torch 200 GF/s
jax is left out: no jax in python3

## tiny
1 layers, 2 heads, 8 wide, 2 x 10 tokens, vocabulary 5; 0.00 GF per step

|               | ms per step |    quartiles | tokens/s |       x best peer |    quartiles | peak memory | cores | of best rate | loss 3 |
|---------------|------------:|-------------:|---------:|------------------:|-------------:|------------:|------:|-------------:|-------:|
| heed-native   |        10.0 | 10.0 to 10.5 |    2,000 |      2.00 (torch) | 2.00 to 2.00 |     1.50 GB |   2.0 |         100% | 2.8000 |
| torch         |        20.0 | 20.0 to 21.0 |    1,000 |      1.00 (torch) | 1.00 to 1.00 |     1.50 GB |   2.0 |          50% | 2.8000 |
| torch-compile |        30.0 | 30.0 to 31.5 |      667 |      0.67 (torch) | 0.67 to 0.67 |     1.50 GB |   2.0 |          33% | 2.8000 |
| torch-bf16    |        15.0 | 15.0 to 15.0 |    1,333 | 1.00 (torch-bf16) | 1.00 to 1.00 |     1.50 GB |   2.0 |          67% | 2.8000 |
heed-wasm dropped out: it ended with SIGKILL`);
});

it("warns of a contestant whose losses are others, do not fall or are no numbers", () => {
  const racers = [
    racer("heed-native", [[10]], [3, 2.9, 2.8]),
    racer("torch", [[20]], [3, 2.9, 2.81]),
    racer("torch-compile", [[20]], [3, Number.NaN, Number.NaN]),
    racer("torch-bf16", [[20]], [3, 2.9, 2.81]),
    racer("jax", [[20]], [3, 3, 3]),
  ];
  const { warnings } = tableOf("train", { shape, bestRate: undefined }, { racers, failures: [] });
  expect(warnings).toEqual([
    "torch's first losses differ from those of heed-native by up to 0.36%",
    "torch-compile's first losses differ from those of heed-native by up to NaN%",
    "torch-compile's loss does not fall: 3.0000, at the end NaN",
    "jax's first losses differ from those of heed-native by up to 7.14%",
    "jax's loss does not fall: 3.0000, at the end 3.0000",
  ]);
});

it("shows decoding by the token, and warns of another text", () => {
  const racers = [
    racer("heed-native", [[100]], [0, 0, 1, 2, 3]),
    racer("heed-wasm", [[400]], [0, 0, 1, 4, 3]),
    racer("transformers", [[200]], [0, 0, 1, 2]),
  ];
  const table = tableOf("decode", { shape: decodeShape, bestRate: 1e9 }, { racers, failures: [] });
  expect(
    benchText(result([table]))
      .split("\n")
      .slice(7),
  ).toEqual([
    "",
    "|              | ms per token |      quartiles | tokens/s |         x best peer |    quartiles | peak memory | cores |",
    "|--------------|-------------:|---------------:|---------:|--------------------:|-------------:|------------:|------:|",
    "| heed-native  |        0.500 | 0.500 to 0.500 |    2,000 | 2.00 (transformers) | 2.00 to 2.00 |     1.50 GB |   2.0 |",
    "| heed-wasm    |         2.00 |   2.00 to 2.00 |      500 | 0.50 (transformers) | 0.50 to 0.50 |     1.50 GB |   2.0 |",
    "| transformers |         1.00 |   1.00 to 1.00 |    1,000 | 1.00 (transformers) | 1.00 to 1.00 |     1.50 GB |   2.0 |",
    "WARNING: heed-wasm writes another text than heed-native from token 2 on",
    "WARNING: transformers writes another text than heed-native from token 3 on",
  ]);
});
