import { show } from "../../core/checks.js";
import { ConfigError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";
import {
  isLogarithmic,
  isNumber,
  isWhole,
  requireSetting,
  type SettingValue,
  settingValue,
  type TrialSettings,
} from "./trialSettings.js";

/** Values of a setting, or a range to draw from. */
export type GridAxis = { key: string; values: SettingValue[] } | { key: string; from: number; to: number };

/**
 * What to vary: `"heads=1,2,4 lr=1e-4..1e-2"`, or the same as an object, `{ heads: [1, 2, 4], lr: "1e-4..1e-2" }`.
 */
export type Grid = string | Record<string, unknown>;

/** @throws ConfigError naming a part that is no list of values of a known setting. */
export function parseGrid(grid: Grid): GridAxis[] {
  const parts = typeof grid === "string" ? textParts(grid) : Object.entries(grid);
  const seen = new Set<string>();
  return parts.map(([key, given]) => {
    requireSetting("grid", key);
    if (seen.has(key)) throw new ConfigError(`grid must name ${key} once: got it twice (put all values in one list)`);
    seen.add(key);
    return axis(key, given);
  });
}

function textParts(grid: string): [string, string][] {
  const parts = grid.split(/\s+/).filter((part) => part !== "");
  if (parts.length === 0) throw new ConfigError('grid must name settings, like "heads=1,2,4 dim=64,128": got none');
  return parts.map((part) => {
    const [, key, values] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    if (!key || !values) {
      throw new ConfigError(`grid must be made of parts like heads=1,2,4: got ${show(part)}`);
    }
    return [key, values];
  });
}

function axis(key: string, given: unknown): GridAxis {
  if (typeof given === "string" && given.includes("..")) return range(key, given);
  const list = typeof given === "string" ? given.split(",") : Array.isArray(given) ? given : [given];
  const values = list.map((value) => settingValue(key, value));
  if (values.length === 0) throw new ConfigError(`grid: ${key} must have a value: got none`);
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new ConfigError(`grid: ${key} must have different values: got ${twice} twice`);
  return { key, values };
}

function range(key: string, text: string): GridAxis {
  const ends = text.split("..");
  if (!isNumber(key) || ends.length !== 2) {
    throw new ConfigError(`grid: ${key} must be a list of values: got ${show(text)}`);
  }
  const [from, to] = ends.map((end) => settingValue(key, end) as number) as [number, number];
  if (from < to) return { key, from, to };
  throw new ConfigError(`grid: the range of ${key} must rise: got ${text}`);
}

/**
 * Every combination of the values, the last axis changing fastest.
 *
 * @throws ConfigError if an axis is a range, or there are more than `most` combinations.
 */
export function combinations(axes: readonly GridAxis[], most: number): TrialSettings[] {
  const count = axes.reduce((product, a) => product * ("values" in a ? a.values.length : 1), 1);
  if (count > most)
    throw new ConfigError(
      `grid must have at most ${most} combinations: got ${count} (draw some of them with --trials)`,
    );
  return axes.reduce<TrialSettings[]>(
    (all, a) => {
      if ("from" in a) {
        const remedy = "draw from it with --trials N, or list values";
        throw new ConfigError(`grid: ${a.key}=${a.from}..${a.to} is a range, which has no list of values (${remedy})`);
      }
      return all.flatMap((settings) => a.values.map((value) => ({ ...settings, [a.key]: value })));
    },
    [{}],
  );
}

/**
 * One value of each axis: any of a list, or a number of a range, with equal chance; of a learning rate its logarithm is
 * uniform. Numbers that need not be whole are rounded to four digits.
 *
 * @see Bergstra & Bengio 2012, Random Search for Hyper-Parameter Optimization
 */
export function draw(axes: readonly GridAxis[], random: Random): TrialSettings {
  return Object.fromEntries(
    axes.map((a) => [a.key, "values" in a ? a.values[random.nextInteger(a.values.length)]! : between(a, random)]),
  );
}

function between({ key, from, to }: { key: string; from: number; to: number }, random: Random): number {
  if (isWhole(key)) return from + random.nextInteger(to - from + 1);
  const u = random.uniform01();
  const isLog = isLogarithmic(key) && from > 0;
  return Number((isLog ? from * (to / from) ** u : from + u * (to - from)).toPrecision(4));
}
