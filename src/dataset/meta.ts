import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError } from "../core/errors.js";
import { readJson } from "../core/strictJson.js";

/** The least loss that any model can have on a text: its entropy under the grammar that made it. */
export interface EntropyFloor {
  bitsPerCharacter: number;
  bitsPerWord: number;
}

/** What `meta.json` next to a data file says about one file of its corpus. */
interface MetaFile {
  sha256?: unknown;
  floor?: { bitsPerCharacter?: unknown; bitsPerWord?: unknown };
  choices?: unknown;
  relations?: unknown;
}

interface Meta {
  files: Record<string, MetaFile>;
  heldOut?: unknown;
}

/**
 * The held-out text that belongs to the data file at `path`: named by `heldOut` in a `meta.json` next to it that lists
 * the file, too. Undefined without one, and for the held-out text itself.
 *
 * @throws DataError if the held-out text is named but not there.
 */
export function heldOutFor(path: string): string | undefined {
  const meta = metaOf(path);
  const name = meta?.heldOut;
  if (typeof name !== "string" || name !== basename(name) || name === basename(path)) return undefined;
  const heldOut = join(dirname(path), name);
  if (!existsSync(heldOut)) {
    throw new DataError(
      `the held-out text that ${JSON.stringify(metaPath(path))} names must exist: got ${JSON.stringify(heldOut)} ` +
        "(put it back, or set valFraction or valFiles)",
    );
  }
  return heldOut;
}

/**
 * The entropy floor of the text at `path`, where a `meta.json` next to it states one for just these bytes; with `note`
 * instead where it states one for other bytes.
 */
export function knownFloor(path: string, sha256: string): { floor?: EntropyFloor; note?: string } {
  const entry = metaOf(path)?.files[basename(path)];
  const bitsPerCharacter = entry?.floor?.bitsPerCharacter;
  const bitsPerWord = entry?.floor?.bitsPerWord;
  if (typeof bitsPerCharacter !== "number" || typeof bitsPerWord !== "number") return {};
  if (entry?.sha256 === sha256) return { floor: { bitsPerCharacter, bitsPerWord } };
  return { note: `${path} is not the text that ${metaPath(path)} describes, so its entropy floor is not used` };
}

/** A file that a `meta.json` names, or why it is not there. */
export interface NamedFile {
  file?: string;
  note?: string;
}

/**
 * The file of choices for the text at `path`, where a `meta.json` next to it names one for just these bytes; with `note`
 * instead where it names one that is not there.
 */
export function choicesFile(path: string, sha256: string): NamedFile {
  return namedFile(path, sha256, "choices");
}

/** The same for the file that says which words of the text belong together. */
export function relationsFile(path: string, sha256: string): NamedFile {
  return namedFile(path, sha256, "relations");
}

function namedFile(path: string, sha256: string, field: "choices" | "relations"): NamedFile {
  const entry = metaOf(path)?.files[basename(path)];
  const name = entry?.[field];
  if (typeof name !== "string" || name !== basename(name) || entry?.sha256 !== sha256) return {};
  const file = join(dirname(path), name);
  if (existsSync(file)) return { file };
  return { note: `${file}, which ${metaPath(path)} names, is not there, so relations are left out` };
}

/** The `meta.json` next to `path`, where there is one of our form that lists the file; others are the user's own business. */
function metaOf(path: string): Meta | undefined {
  let value: unknown;
  try {
    value = readJson(metaPath(path));
  } catch {
    return undefined;
  }
  const files = isObject(value) ? value.files : undefined;
  if (!isObject(files) || !isObject(files[basename(path)])) return undefined;
  return value as unknown as Meta;
}

function metaPath(path: string): string {
  return join(dirname(path), "meta.json");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
