import { show } from "../../core/checks.js";
import { ConfigError, FileError } from "../../core/errors.js";
import { nearest } from "../../core/nearest.js";
import { readJson } from "../../core/strictJson.js";
import type { SweepOptions } from "./options.js";

const fields = ["grid", "list", "trials", "seeds", "budget", "bestOf"] as const;

/** What the JSON file of a plan may say. */
export type PlanFile = Pick<SweepOptions, (typeof fields)[number]>;

/**
 * The plan in a JSON file, such as `{ "list": [{ "heads": 4 }, { "heads": 8, "dim": 256 }], "seeds": 3 }`.
 *
 * @throws FileError if the file can't be read; ConfigError if it is not JSON, or holds a field that nothing reads.
 */
export function planFile(path: string): PlanFile {
  let value: unknown;
  try {
    value = readJson(path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new ConfigError(`plan must be a JSON file: ${(error as Error).message} (${path})`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(`plan must be an object, like { "grid": { "heads": [1, 2] } }: got ${JSON.stringify(value)}`);
  }
  const other = Object.keys(value).find((name) => !(fields as readonly string[]).includes(name));
  if (other === undefined) return value as PlanFile;
  throw new ConfigError(`${path}: nothing reads ${show(other)} (did you mean ${show(nearest(other, fields))}?)`);
}
