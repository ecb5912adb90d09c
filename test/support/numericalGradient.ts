const step = 1 / 64; // a power of two: float32 adds it without rounding

/**
 * The gradient of `f` at `x` by differences of five points, `(8 (f₊ - f₋) - (f₊₊ - f₋₋)) / 12h`: off by about h⁴/30 of
 * the fifth derivative, so a step as wide as float32 needs is narrow enough. `f` answers in float64.
 */
export function numericalGradient(f: (x: Float32Array) => number, x: Float32Array): Float64Array {
  return Float64Array.from(x, (centre, i) => {
    const at = (offset: number) => {
      const moved = x.slice();
      moved[i] = centre + offset;
      return f(moved);
    };
    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
  });
}
