/**
 * The nearest half-precision number (IEEE 754 binary16: a sign, 5 bits of exponent and 10 of fraction) to each value, as
 * its 16 bits; halfway cases go to the even one, and what is too large becomes infinite.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (all) => {
    const sign = (all >>> 16) & 0x8000;
    const size = all & 0x7fffffff;
    if (size > 0x7f800000) return sign | 0x7e00; // not a number
    if (size >= 0x477ff000) return sign | 0x7c00; // 65,520 and more
    if (size >= 0x38800000) return sign | roundedShift(size - 0x38000000, 13);
    // Below 2^-14 the fraction counts in steps of 2^-24.
    const exponent = size >>> 23;
    return exponent < 102 ? sign : sign | roundedShift((size & 0x7fffff) | 0x800000, 126 - exponent);
  });
}

/** `value / 2^shift`, rounded to the nearest whole number, halves to the even one. */
function roundedShift(value: number, shift: number): number {
  const floor = value >>> shift;
  const rest = value - floor * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && floor % 2 === 1) ? floor + 1 : floor;
}

/** The values of half-precision numbers, which float32 holds exactly. */
export function fromFloat16(bits: ArrayLike<number>): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, one) => halfValue(one));
  return Float32Array.from(bits, (one) => table![one]!);
}

let table: Float32Array | undefined;

function halfValue(bits: number): number {
  const sign = bits < 0x8000 ? 1 : -1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
