import util from "node:util";

/**
 * The type checks that Node 23 and 26 dropped from `util`, and that tfjs-node 4.22 and its dependencies call at run time.
 * Older Nodes have them but print a deprecation warning, so these replace theirs everywhere.
 */
const dropped = {
  isArray: Array.isArray,
  isBoolean: (x: unknown) => typeof x === "boolean",
  isBuffer: Buffer.isBuffer,
  isDate: (x: unknown) => x instanceof Date,
  isError: (x: unknown) => x instanceof Error,
  isFunction: (x: unknown) => typeof x === "function",
  isNull: (x: unknown) => x === null,
  isNullOrUndefined: (x: unknown) => x === null || x === undefined,
  isNumber: (x: unknown) => typeof x === "number",
  isObject: (x: unknown) => x !== null && typeof x === "object",
  isPrimitive: (x: unknown) => x === null || (typeof x !== "object" && typeof x !== "function"),
  isRegExp: (x: unknown) => x instanceof RegExp,
  isString: (x: unknown) => typeof x === "string",
  isSymbol: (x: unknown) => typeof x === "symbol",
  isUndefined: (x: unknown) => x === undefined,
};

/** Gives `util` back the functions that tfjs-node calls; call it before tfjs-node is loaded. */
export function restoreUtilChecks(): void {
  Object.assign(util, dropped);
}
