import { CheckpointError, show } from "./errors.js";
import { isObject, type JsonObject } from "./strictJson.js";

/** Where a value that came from a file stands. */
export interface JsonPlace {
  /** The file, and the line where it has many. */
  where: string;
  /** The value's path in it, like `files.0.bytes`; empty for the whole. */
  field: string;
  /** What to do about a value that breaks its rule. */
  remedy?: string;
}

/**
 * Turns a value from a file into the type that it must have.
 *
 * @throws CheckpointError naming the place, the rule and the value.
 */
export type Parse<T> = (value: unknown, place: JsonPlace) => T;

/** What a parser returns. */
export type Parsed<P> = P extends Parse<infer T> ? T : never;

const rule =
  <T>(text: string, holds: (value: unknown) => boolean): Parse<T> =>
  (value, place) => {
    if (holds(value)) return value as T;
    throw broken(text, value, place);
  };

function broken(text: string, value: unknown, { where, field, remedy }: JsonPlace): CheckpointError {
  return field === ""
    ? new CheckpointError(`${where} must ${text}: got ${show(value)}${remedy === undefined ? "" : ` (${remedy})`}`)
    : new CheckpointError({ where, field, rule: text, value, remedy });
}

const isWhole = (least: number) => (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least;

/** Parsers of plain values. */
export const aString = rule<string>("be a string", (value) => typeof value === "string");
export const aBoolean = rule<boolean>("be true or false", (value) => typeof value === "boolean");
export const aNumber = rule<number>("be a number", (value) => Number.isFinite(value));
export const aCount = rule<number>("be a whole number of at least 0", isWhole(0));
export const aPositiveCount = rule<number>("be a whole number of at least 1", isWhole(1));
export const aSha256 = rule<string>(
  "be 64 hexadecimal digits",
  (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
);
/** Any value but null. */
export const present = rule<unknown>("have a value", (value) => value !== null);
export const anObject = rule<JsonObject>("be an object", isObject);

export function oneOf<T extends string>(choices: readonly T[]): Parse<T> {
  return rule<T>(`be one of ${choices.join(", ")}`, (value) => (choices as readonly unknown[]).includes(value));
}

export function listOf<T>(item: Parse<T>): Parse<T[]> {
  const list = rule<unknown[]>("be a list", Array.isArray);
  return (value, place) => list(value, place).map((each, i) => item(each, inside(place, String(i))));
}

/** A field that may be missing. */
export function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (value, place) => (value === undefined ? undefined : parse(value, place));
}

type Fields<T> = { [K in keyof T]-?: Parse<T[K]> };

/**
 * An object of exactly these fields; those that are `optional` may be missing, and stay so.
 *
 * @example
 * const parsePoint = objectOf<{ x: number; name?: string }>({ x: aNumber, name: optional(aString) });
 * parsePoint(JSON.parse(text), { where: "points.json", field: "" });
 */
export function objectOf<T extends object>(fields: Fields<T>): Parse<T> {
  return (value, place) => {
    const given = anObject(value, place);
    for (const field of Object.keys(given)) {
      if (!Object.hasOwn(fields, field)) throw broken("be a field that heed knows", given[field], inside(place, field));
    }
    return knownFields(fields, given, place);
  };
}

/** An object with at least these fields: the others are left out. */
export function objectWith<T extends object>(fields: Fields<T>): Parse<T> {
  return (value, place) => knownFields(fields, anObject(value, place), place);
}

function knownFields<T extends object>(fields: Fields<T>, given: JsonObject, place: JsonPlace): T {
  const parsed = Object.entries<Parse<unknown>>(fields).map(([field, parse]) => [
    field,
    parse(Object.hasOwn(given, field) ? given[field] : undefined, inside(place, field)),
  ]);
  return Object.fromEntries(parsed.filter(([, value]) => value !== undefined)) as T;
}

/** The place of a field or an item of what stands at `place`. */
export function inside(place: JsonPlace, field: string): JsonPlace {
  return { ...place, field: place.field === "" ? field : `${place.field}.${field}` };
}
