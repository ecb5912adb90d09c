/** `isDeepStrictEqual` of `node:util`, for what JSON can hold. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keysA.length === keysB.length &&
    keysA.every((key) => Object.hasOwn(b, key) && isDeepStrictEqual(a[key as never], b[key as never]))
  );
}
