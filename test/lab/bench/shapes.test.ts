import { expect, it } from "vitest";
import { contestantsOf } from "../../../src/lab/bench/contestants.js";
import { decodeShape, describeShape, scalingShapes, sizes, sizesOf, stepFlops } from "../../../src/lab/bench/shapes.js";
import { refusal } from "../../support/refusal.js";

it("counts the operations of a step's matrix products", () => {
  // S by hand: each of 768 tokens meets 4 blocks of 12 * 128 * 128 weights and 65 * 128 of the output, and in each block
  // 64 keys and 64 values of 128 numbers; two operations a weight, three passes.
  expect(stepFlops(sizes.S)).toBe(3 * 2 * 768 * (4 * (12 * 128 * 128 + 2 * 64 * 128) + 65 * 128));
  expect(stepFlops(sizes.M)).toBe(3 * 2 * 1024 * (6 * (12 * 384 * 384 + 2 * 256 * 384) + 65 * 384));
});

it("scales one thing at a time", () => {
  const base = stepFlops(sizes.S);
  const factors = scalingShapes.map((shape) => [shape.name, Number((stepFlops(shape) / base).toFixed(2))]);
  expect(factors).toEqual([
    ["S, context 128", 2.15],
    ["S, context 256", 4.91],
    ["S, 8 layers", 1.99],
    ["S, 16 layers", 3.97],
    ["S, vocabulary 50,257", 8.47],
    ["S, batch 48", 4],
  ]);
});

it("describes a shape", () => {
  expect(describeShape(decodeShape)).toBe("4 layers, 4 heads, 128 wide, 1 x 256 tokens, vocabulary 65");
});

it("reads lists of sizes and of contestants, each once", () => {
  expect(sizesOf("m, S,M").map(({ name }) => name)).toEqual(["M", "S"]);
  expect(refusal(() => sizesOf("L"))).toBe('ConfigError: size must be one of S, M: got "L"');
  expect(contestantsOf("torch, heed-cpu").map(({ name }) => name)).toEqual(["heed-cpu", "torch"]);
  expect(refusal(() => contestantsOf("pytorch"))).toBe(
    "ConfigError: only must be one of heed-native, heed-native-xla, heed-native-one, heed-native-bf16, heed-native-eager, heed-wasm, heed-cpu, torch, " +
      'torch-compile, torch-bf16, torch-compile-bf16, jax, transformers: got "pytorch"',
  );
});
