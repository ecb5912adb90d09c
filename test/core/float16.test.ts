import { expect, it } from "vitest";
import { fromFloat16, toFloat16 } from "../../src/core/float16.js";

/** Bits and values of IEEE 754 binary16, as NumPy's `np.float16(value).view(np.uint16)` gives them. */
const known: [value: number, bits: number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.1, 0x2e66],
  [1 / 3, 0x3555],
  [65_504, 0x7bff],
  [65_519.996, 0x7bff],
  [65_520, 0x7c00],
  [-1e10, 0xfc00],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000], // halfway between 0 and the least: 0 is even
  [1.5 * 2 ** -24, 0x0002], // halfway: 2 is even
  [3e-8, 0x0001],
  [1 + 2 ** -11, 0x3c00], // halfway: the even one is below
  [1 + 3 * 2 ** -11, 0x3c02], // halfway: the even one is above
  [2047.5, 0x6800], // rounds up into the next exponent
];

it("rounds to the nearest half-precision number, halves to even", () => {
  const bits = toFloat16(Float32Array.from(known, ([value]) => value));
  expect([...bits].map((b) => b.toString(16))).toEqual(known.map(([, b]) => b.toString(16)));
  expect(fromFloat16(toFloat16(Float32Array.of(Number.NaN)))[0]).toBeNaN();
});

it("gives back every half-precision number as it was", () => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(toFloat16(fromFloat16(all))).toEqual(all);
});

it("is nowhere further from a value than the neighbours are", () => {
  for (let i = 0; i < 2000; i++) {
    const value = Math.fround(Math.sin(i) * 2 ** ((i % 40) - 26));
    const [bits] = toFloat16(Float32Array.of(value));
    const [own, above, below] = fromFloat16([bits!, bits! + 1, bits! - 1]);
    for (const other of [above!, below!]) {
      if (Number.isFinite(other) && Math.sign(other) === Math.sign(own!))
        expect(Math.abs(own! - value), `${value}`).toBeLessThanOrEqual(Math.abs(other - value));
    }
  }
});
