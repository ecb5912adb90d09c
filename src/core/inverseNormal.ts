/** A polynomial of degree 7: the coefficients of 1, r, r^2, ... r^7. */
type Polynomial = readonly [number, number, number, number, number, number, number, number];

// The coefficients of PPND16, rounded to doubles: one quotient of polynomials for the centre, another for the tails.
const centreTop: Polynomial = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const centreBottom: Polynomial = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const tailTop: Polynomial = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const tailBottom: Polynomial = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];

/**
 * The standard normal quantile at `(word + 1/2) / 2^32` for a 32-bit `word`: Wichura's PPND16, with a relative error of
 * about 1e-16. It uses only `+ - * /` and `sqrt`, whose results IEEE 754 fixes to the bit; `Math.log` and `Math.cos`
 * may differ between engines.
 *
 * @see Wichura 1988, algorithm AS 241, https://doi.org/10.2307/2347330
 */
export function inverseNormal(word: number): number {
  const q = (word + 0.5) / 2 ** 32 - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * evaluate(centreTop, r)) / evaluate(centreBottom, r);
  }
  // The distance to the nearer end, in units of 2^-33: an integer, so nothing is lost to rounding.
  const r = Math.sqrt(-logOf33Bits(q < 0 ? 2 * word + 1 : 2 * (2 ** 32 - 1 - word) + 1)) - 1.6; // at most 3.2
  const size = evaluate(tailTop, r) / evaluate(tailBottom, r);
  return q < 0 ? -size : size;
}

function evaluate(c: Polynomial, r: number): number {
  return ((((((c[7] * r + c[6]) * r + c[5]) * r + c[4]) * r + c[3]) * r + c[2]) * r + c[1]) * r + c[0];
}

/**
 * `ln(k / 2^33)` for an integer `k` from 1 to 2^32 - 1, by `ln m = 2 atanh((m - 1) / (m + 1))` with m from 0.7 to 1.42.
 */
function logOf33Bits(k: number): number {
  let exponent = 31 - Math.clz32(k);
  let m = k / 2 ** exponent; // in [1, 2)
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return (exponent - 33) * Math.LN2 + 2 * s * sum;
}
