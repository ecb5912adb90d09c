import { ConfigError } from "./errors.js";

export { show } from "./errors.js";

/** `value` if it is a finite number above 0, else a ConfigError that names `field`. */
export function requirePositive(field: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new ConfigError({ field, rule: "be a number above 0", value });
}

/** `value` if it is a whole number from `least` to `most`, else a ConfigError that names `field`. */
export function requireInteger(field: string, value: unknown, least = 1, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new ConfigError({ field, rule: `be a whole number ${range}`, value });
}

/** `value` if it is a finite number with `least <= value <= most`, else a ConfigError that names `field`. */
export function requireRange(field: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= least && value <= most) return value;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new ConfigError({ field, rule: `be a number ${range}`, value });
}

/** `value` if it is one of `choices`, else a ConfigError that names `field` and lists them. */
export function requireOneOf<T extends string>(field: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw new ConfigError({ field, rule: `be one of ${choices.join(", ")}`, value });
}

/** `value` if it is true or false, else a ConfigError that names `field`. */
export function requireBoolean(field: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ConfigError({ field, rule: "be true or false", value });
}

/** `value` if it is a text of at least one character, else a ConfigError that names `field` and what it must name. */
export function requireNamed(field: string, value: unknown, rule: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigError({ field, rule, ...(value === undefined ? { got: "none" } : { value }) });
}

/** The fields of `given` that have a value, so that spreading them over defaults keeps the others. */
export function definedFields<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
