import { ConfigError } from "./errors.js";

/** `value` if it is a finite number above 0, else a ConfigError that names `field`. */
export function requirePositive(field: string, value: number): number {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new ConfigError(`${field} must be a number above 0: got ${show(value)}`);
  }
  return value;
}

/** `value` if it is a whole number from `least` to `most`, else a ConfigError that names `field`. */
export function requireInteger(field: string, value: number, least = 1, most = Number.MAX_SAFE_INTEGER): number {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(`${field} must be a whole number ${range}: got ${show(value)}`);
  }
  return value;
}

/** `value` if it is a finite number with `least <= value <= most`, else a ConfigError that names `field`. */
export function requireRange(field: string, value: number, least: number, most: number): number {
  if (!(Number.isFinite(value) && value >= least && value <= most)) {
    const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(`${field} must be a number ${range}: got ${show(value)}`);
  }
  return value;
}

/** `value` if it is one of `choices`, else a ConfigError that names `field` and lists them. */
export function requireOneOf<T extends string>(field: string, value: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) {
    throw new ConfigError(`${field} must be one of ${choices.join(", ")}: got ${show(value)}`);
  }
  return value as T;
}

/** `value` if it is true or false, else a ConfigError that names `field`. */
export function requireBoolean(field: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new ConfigError(`${field} must be true or false: got ${show(value)}`);
  return value;
}

/** The fields of `given` that have a value, so that spreading them over defaults keeps the others. */
export function definedFields<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

/** A value as an error message shows it. */
export function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
