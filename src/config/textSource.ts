import { ConfigError } from "../core/errors.js";
import { type Field, texts } from "./fields.js";

/** A text that is no file. */
export interface TextInMemory {
  /** The text, or its bytes in UTF-8. */
  text: string | Uint8Array;
  /** What messages call it. @default "text" */
  name?: string;
}

/** Where a text comes from: the path of a file, or memory. */
export type TextSource = string | TextInMemory;

/** What a record calls the path of a text that is no file. */
export const noPath = "-";

/** The path of a text, as records keep it. */
export function pathOf(source: TextSource): string {
  return typeof source === "string" ? source : noPath;
}

/** What messages call a text. */
export function nameOf(source: TextSource): string {
  return typeof source === "string" ? source : (source.name ?? "text");
}

/** A field of texts; one alone stands for a list of one. */
export function sources(about: Parameters<typeof texts>[0]): Field<TextSource[]> {
  const check = (field: string, value: unknown) => [value].flat().map((source) => requireSource(field, source));
  return { ...texts(about), default: undefined, check };
}

function requireSource(field: string, value: unknown): TextSource {
  const isInMemory = typeof value === "object" && value !== null && "text" in value;
  const { text, name = "" } = isInMemory ? (value as Record<string, unknown>) : { text: undefined };
  const isText = (typeof text === "string" || text instanceof Uint8Array) && typeof name === "string";
  if (typeof value === "string" || isText) return value as TextSource;
  throw new ConfigError({ field, rule: "be paths of text files, or texts as { text }", value });
}
