import type { Options } from "yargs";
import { evaluationFields } from "../../src/config/evaluation.js";
import { type Field, type FieldTable, parseField } from "../../src/config/fields.js";
import { generationFields } from "../../src/config/generation.js";
import { inspectionFields } from "../../src/config/inspection.js";
import { modelFields } from "../../src/config/model.js";
import { pageFields } from "../../src/config/pageFields.js";
import { dataFields, machineFields, outputFields } from "../../src/config/run.js";
import { trainingFields } from "../../src/config/training.js";
import { ConfigError } from "../../src/core/errors.js";

type Flags = Record<string, unknown>;

/** The flags of a field table, under one heading of the help. */
export function tableFlags(table: FieldTable, group?: string): Record<string, Options> {
  return Object.fromEntries(Object.values(table).map((field) => [field.flag, fieldFlag(field, group)]));
}

/** The flag of one row. Its text is parsed by `givenFields`. */
export function fieldFlag(field: Field, group?: string): Options {
  const { kind, help, defaultText = constantDefault(field) } = field;
  const choices = "choices" in field ? `: ${(field.choices as string[]).join(", ")}` : "";
  const about = { describe: help + choices, group, ...defaultsTo(defaultText) };
  if (kind === "switch") return { ...about, type: "boolean" };
  if (kind === "texts") return { ...about, type: "string", array: true, requiresArg: true };
  return { ...about, type: kind === "number" || kind === "integer" ? "number" : "string", requiresArg: true };
}

function constantDefault({ default: value }: Field): string | undefined {
  return value === undefined || typeof value === "function" ? undefined : String(value);
}

export function textFlag(describe: string, byDefault?: string): Options {
  return { type: "string", requiresArg: true, describe, ...defaultsTo(byDefault) };
}

export function numberFlag(flag: string, describe: string, byDefault?: number | string): Options {
  const coerce = (value: string) => {
    const parsed = value.trim() === "" ? Number.NaN : Number(value);
    if (Number.isNaN(parsed)) throw new ConfigError({ field: `--${flag}`, rule: "be a number", value });
    return parsed;
  };
  return { type: "number", requiresArg: true, describe, ...defaultsTo(byDefault), coerce };
}

export function choiceFlag(describe: string, choices: readonly string[], byDefault?: string): Options {
  return textFlag(`${describe}: ${choices.join(", ")}`, byDefault);
}

export function switchFlag(describe: string, byDefault?: boolean): Options {
  return { type: "boolean", describe, ...defaultsTo(byDefault) };
}

/** The library applies defaults, so that a flag left out can be told from one that is given; help states them. */
function defaultsTo(byDefault: unknown): Options {
  return byDefault === undefined ? {} : { defaultDescription: String(byDefault) };
}

export const backendFlag = fieldFlag(machineFields.backend);

/**
 * The fields of a table that were given as flags.
 *
 * @throws ConfigError naming a field whose text is no value for it
 */
export function givenFields(table: FieldTable, flags: Flags): Record<string, never> {
  const given = Object.entries(table).flatMap(([name, field]) => {
    const value = flagValue(flags, field.flag);
    return value === undefined ? [] : [[name, fieldValue(field, name, value) as never]];
  });
  return Object.fromEntries(given);
}

function fieldValue(field: Field, name: string, given: unknown): unknown {
  if (field.kind === "switch" || field.kind === "texts" || typeof given === "number") return field.check(name, given);
  return parseField(field, name, given as string);
}

/** The value of `--some-flag`, which yargs calls someFlag. */
function flagValue(flags: Flags, flag: string): unknown {
  return flags[flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
}

const tables: FieldTable[] = [
  modelFields,
  trainingFields,
  generationFields,
  evaluationFields,
  inspectionFields,
  dataFields,
  machineFields,
  outputFields,
  pageFields,
];

/** `--layers` for numLayers; a name that no row has stays as it is. */
export function flagOfField(field: string): string {
  const flag = tables.map((table) => table[field]?.flag).find((name) => name !== undefined);
  if (flag === undefined && field === "checkpoint") return "--checkpoint";
  return flag === undefined ? field : `--${flag}`;
}
