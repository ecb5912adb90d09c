import { isDeepStrictEqual } from "node:util";
import { requireBoolean, requireInteger, requireOneOf } from "../core/checks.js";
import { ConfigError, show } from "../core/errors.js";
import { nearest } from "../core/nearest.js";

/**
 * One row of a field table: all that there is to say of an option, said once. Types, defaults, checks, flags, help,
 * settings files and sweeps derive from it.
 */
export interface Field<T = unknown> {
  readonly kind: "number" | "integer" | "choice" | "switch" | "text" | "texts";
  /** The flag's name, without dashes. */
  readonly flag: string;
  /** What it is, in one line. */
  readonly help: string;
  /** Its value if it is left out, or that value as it follows from the fields before it. */
  // biome-ignore lint/suspicious/noExplicitAny: the fields before it are of any type
  readonly default?: T | ((before: Record<string, any>) => T);
  /** The default in words, where the value alone does not say it. */
  readonly defaultText?: string;
  /** How a sweep may vary it, and how charts draw it: evenly, or by its logarithm. Undefined: not at all. */
  readonly sweep?: "linear" | "log";
  /** Whether a run that goes on may change it. */
  readonly resumable?: boolean;
  /** The value if it follows the rule. @throws ConfigError naming `field`, the rule and the value */
  check(field: string, value: unknown): T;
}

/** A config's fields by name, in the order of the help. */
export type FieldTable = Readonly<Record<string, Field>>;

type ValueOf<F> = F extends { check(field: string, value: unknown): infer T } ? T : never;

/** The complete config that a table describes. */
export type ConfigOf<Table extends FieldTable> = { -readonly [K in keyof Table]: ValueOf<Table[K]> };

type About<T> = Pick<Field<T>, "flag" | "help" | "default" | "defaultText" | "sweep" | "resumable">;

interface Bounds {
  /** Least value. @default 1 for whole numbers, 0 for others */
  least?: number;
  /** Whether the least value itself is left out. @default false */
  above?: boolean;
  /** @default none */
  most?: number;
}

/** A finite number. */
export function number({ least = 0, above = false, most, ...about }: About<number> & Bounds): Field<number> {
  const ends = most === undefined ? "" : above ? ` and at most ${most}` : "";
  const range = above
    ? `above ${least}${ends}`
    : most === undefined
      ? `of at least ${least}`
      : `from ${least} to ${most}`;
  return {
    kind: "number",
    ...about,
    check(field, value) {
      const isFit =
        typeof value === "number" &&
        Number.isFinite(value) &&
        (above ? value > least : value >= least) &&
        value <= (most ?? Infinity);
      if (isFit) return value;
      throw new ConfigError({ field, rule: `be a number ${range}`, value });
    },
  };
}

/** A whole number. */
export function integer({ least = 1, most, ...about }: About<number> & Omit<Bounds, "above">): Field<number> {
  return { kind: "integer", ...about, check: (field, value) => requireInteger(field, value, least, most) };
}

/** One of several names: a fixed list, or a registry's. */
export function choice<T extends string>({
  choices,
  ...about
}: About<T> & { choices: readonly T[] | { readonly names: readonly T[] } }): Field<T> & {
  readonly choices: readonly T[];
} {
  const names = () => ("names" in choices ? choices.names : choices);
  return {
    kind: "choice",
    ...about,
    get choices() {
      return names();
    },
    check: (field, value) => requireOneOf(field, value, names()),
  };
}

/** True or false. */
export function toggle(about: About<boolean>): Field<boolean> {
  return { kind: "switch", ...about, check: requireBoolean };
}

/** A text: a path, a name. */
export function text(about: About<string>): Field<string> {
  return { kind: "text", ...about, check: requireText };
}

/** Texts; one alone stands for a list of one. */
export function texts(about: About<string[]>): Field<string[]> {
  return {
    kind: "texts",
    ...about,
    check: (field, value) =>
      typeof value === "string" ? [value] : requireList(field, value).map((item) => requireText(field, item)),
  };
}

/** A field that may be left out, without a default. */
export function optional<F extends Field>(field: F): Omit<F, "check"> & Field<ValueOf<F> | undefined> {
  const check = (name: string, value: unknown) => (value === undefined ? undefined : field.check(name, value));
  return { ...field, check } as never;
}

function requireText(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new ConfigError({ field, rule: "be a text", value });
}

function requireList(field: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new ConfigError({ field, rule: "be a text or a list of texts", value });
}

/** How errors name what is checked. */
interface Naming {
  /** What every message begins with: "run.json: model". */
  where?: string;
  /** What the fields are, for messages about all of them: "model". @default "options" */
  what?: string;
  /** Further tables by the option that holds them, where a field may have been meant: `{ training: trainingFields }`. */
  within?: Readonly<Record<string, FieldTable>>;
}

/**
 * A complete config from the fields given: every one is checked, defaults fill in the rest.
 *
 * @throws ConfigError naming a field that no row describes, with the nearest, or one that breaks its rule
 */
export function completeConfig<Table extends FieldTable>(
  table: Table,
  given: Partial<ConfigOf<Table>>,
  { where, what = "options" }: Naming = {},
): ConfigOf<Table> {
  requireKnown(table, given, where ?? what);
  const values = given as Record<string, unknown>;
  const config: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(table)) {
    const value = values[name];
    config[name] = checkField(name, field, value === undefined ? defaultOf(field, config) : value, where);
  }
  return config as ConfigOf<Table>;
}

/**
 * The fields of `given` that have a value, each checked, without defaults.
 *
 * @throws ConfigError as `completeConfig` does
 */
export function checkGiven<Table extends FieldTable>(
  table: Table,
  given: object,
  { where, what = "options", within }: Naming = {},
): Partial<ConfigOf<Table>> {
  requireKnown(table, given, where ?? what, within);
  const entries = Object.entries(given).filter(([name, value]) => name in table && value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, checkField(name, table[name]!, value, where)]),
  ) as Partial<ConfigOf<Table>>;
}

function defaultOf(field: Field, before: object): unknown {
  return typeof field.default === "function" ? field.default(before) : field.default;
}

function checkField(name: string, field: Field, value: unknown, where: string | undefined): unknown {
  try {
    return field.check(name, value);
  } catch (error) {
    throw where === undefined || !(error instanceof ConfigError) ? error : error.in(where);
  }
}

/**
 * @throws ConfigError if `given` is no object, or has a field that `table` does not describe, with the nearest that is
 */
export function requireKnown(
  table: FieldTable,
  given: unknown,
  where = "options",
  within: Naming["within"] = {},
): void {
  requireObject(given, where);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(table, name) && !Object.hasOwn(within, name));
  if (unknown === undefined) return;
  const near = nearestOption(unknown, { "": table, ...within });
  throw new ConfigError(`${where}: there is no option ${show(unknown)} (did you mean ${show(near)}?)`);
}

export function requireObject(value: unknown, where: string): asserts value is Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new ConfigError({ field: where, rule: "be an object", value });
}

/** The option that was meant: one whose flag or field is called so, or the one that is spelled most like it. */
function nearestOption(name: string, tables: Readonly<Record<string, FieldTable>>): string {
  const named = new Map<string, string>();
  for (const [holder, table] of Object.entries(tables)) {
    if (holder !== "") named.set(holder, holder);
    for (const [field, { flag }] of Object.entries(table)) {
      const path = holder === "" ? field : `${holder}.${field}`;
      for (const spelling of [field, flag]) if (!named.has(spelling)) named.set(spelling, path);
    }
  }
  const spelling = named.has(kebabCase(name)) ? kebabCase(name) : nearest(name, [...named.keys()]);
  return named.get(spelling)!;
}

/** The field that a flag sets. */
export function fieldOfFlag(table: FieldTable, flag: string): string | undefined {
  return Object.keys(table).find((name) => table[name]!.flag === flag);
}

const kebabCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * The value that a text gives to a field: of a flag, of a sweep's grid.
 *
 * @throws ConfigError if the text is none of the field's kind, or the value breaks its rule
 */
export function parseField(field: Field, name: string, given: string): unknown {
  return field.check(name, valueOfText(field, name, given.trim(), given));
}

function valueOfText({ kind }: Field, field: string, trimmed: string, value: string): unknown {
  if (kind === "number" || kind === "integer") {
    const parsed = trimmed === "" ? Number.NaN : Number(trimmed);
    if (Number.isNaN(parsed)) throw new ConfigError({ field, rule: "be a number", value });
    return parsed;
  }
  if (kind === "switch") {
    if (trimmed !== "true" && trimmed !== "false") throw new ConfigError({ field, rule: "be true or false", value });
    return trimmed === "true";
  }
  return value;
}

/** The fields of `config` without those whose values follow from others by default. */
export function withoutImplied(table: FieldTable, config: object): object {
  const values = config as Record<string, unknown>;
  const isImplied = ([name, value]: [string, unknown]) => {
    const field = table[name];
    return typeof field?.default === "function" && value === defaultOf(field, values);
  };
  return Object.fromEntries(Object.entries(values).filter((entry) => !isImplied(entry)));
}

/** The fields of `config` that differ from their defaults, as words of a command line: `--layers 2 --no-bias`. */
export function flagWords(table: FieldTable, config: object): string[] {
  const values = config as Record<string, unknown>;
  return Object.entries(table).flatMap(([name, field]) => {
    const value = values[name];
    if (value === undefined || isDeepStrictEqual(value, defaultOf(field, values))) return [];
    if (typeof value === "boolean") return [`--${value ? "" : "no-"}${field.flag}`];
    return [`--${field.flag}`, ...[value].flat().map(String)];
  });
}
