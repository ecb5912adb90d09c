import { checkGiven } from "../../config/fields.js";
import { modelFields } from "../../config/model.js";
import { noPath } from "../../config/textSource.js";
import { trainingFields } from "../../config/training.js";
import { requireInteger, show } from "../../core/checks.js";
import { ConfigError } from "../../core/errors.js";
import { type Budget, parseBudget } from "./budget.js";
import { type GridAxis, parseGrid } from "./grid.js";
import type { Asked } from "./options.js";
import { requireSetting, settingsText, settingValue, type TrialSettings } from "./trialSettings.js";

/** What was asked for, parsed. */
export interface Request {
  axes: GridAxis[];
  list: TrialSettings[] | undefined;
  /** Settings to draw from the axes; undefined for all combinations. */
  trials: number | undefined;
  seeds: number[];
  budget: Budget | undefined;
  bestOf: string[];
}

/**
 * Checks all that can be checked before a text is read.
 *
 * @throws ConfigError naming the option, its rule and the value.
 */
export function parseRequest(asked: Asked): Request {
  checkShared(asked);
  if (asked.grid !== undefined && asked.list !== undefined) throw new ConfigError("grid and list can't both be given");
  const axes = asked.grid === undefined ? [] : parseGrid(asked.grid);
  const list = asked.list && parseList(asked.list);
  const seeds = parseSeeds(asked);
  if (axes.length === 0 && !list && seeds.length === 1) {
    throw new ConfigError(
      'grid must say what to vary: got none (add --grid "heads=1,2,4", or --seeds 3 to vary the seed alone)',
    );
  }
  if (asked.trials !== undefined) {
    requireInteger("trials", asked.trials, 1, 10_000);
    if (axes.length === 0) throw new ConfigError("trials must come with a grid to draw from: got none");
  }
  const varied = [
    ...new Set([...axes.map(({ key }) => key), ...(list ?? []).flatMap((settings) => Object.keys(settings))]),
  ];
  const budget = asked.budget === undefined ? undefined : parseBudget(asked.budget);
  if (budget && varied.includes("steps")) throw new ConfigError("grid must not vary steps where a budget decides them");
  const { trials } = asked;
  const bestOf = namesIn(asked.bestOf ?? []);
  requireVaried(bestOf, varied);
  return { axes, list, trials, seeds, budget, bestOf };
}

/** Each field that all trials share, by itself: whether fields go together is a question to each trial. */
function checkShared({ model, training, data = [], valData = [] }: Asked): void {
  if (data.length === 0) throw new ConfigError({ field: "data", rule: "name at least one text file", got: "none" });
  if ([...data, ...valData].some((source) => typeof source !== "string" || source === noPath)) {
    const rule = "be files, for every trial reads them";
    throw new ConfigError({ field: "data", rule, got: "a text that is no file", remedy: "save it to one" });
  }
  checkGiven(modelFields, model);
  checkGiven(trainingFields, training);
}

function parseList(given: unknown): TrialSettings[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new ConfigError(`list must hold settings, like { "heads": 4, "dim": 64 }: got ${JSON.stringify(given)}`);
  }
  const list = given.map((settings: unknown, i) => {
    const where = `list, entry ${i + 1}`;
    if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
      throw new ConfigError(
        `${where} must hold settings, like { "heads": 4, "dim": 64 }: got ${JSON.stringify(settings)}`,
      );
    }
    const entries = Object.entries(settings);
    return Object.fromEntries(entries.map(([key, value]) => [requireSetting(where, key), settingValue(key, value)]));
  });
  const texts = list.map((settings) => settingsText(Object.fromEntries(Object.entries(settings).sort())));
  const twice = texts.findIndex((text, i) => texts.indexOf(text) !== i);
  if (twice < 0) return list;
  throw new ConfigError(
    `list, entry ${twice + 1} must differ from entry ${texts.indexOf(texts[twice]!) + 1}: got ${texts[twice]} twice`,
  );
}

/** `3` and `"3"` are a number of seeds; `[3]` and `"1,2,3"` are seeds. */
function parseSeeds({ seeds = 1, training }: Asked): number[] {
  const wanted = typeof seeds === "string" ? numbersIn(seeds) : seeds;
  const first = training.seed ?? (trainingFields.seed.default as number);
  const list = Array.isArray(wanted)
    ? wanted
    : Array.from({ length: requireInteger("seeds", wanted, 1, 10_000) }, (_, i) => first + i);
  if (list.length === 0) throw new ConfigError("seeds must name a seed: got none");
  for (const seed of list) requireInteger("seeds", seed, 0, 2 ** 31 - 1);
  const twice = list.find((seed, i) => list.indexOf(seed) !== i);
  if (twice !== undefined) throw new ConfigError(`seeds must differ: got ${twice} twice`);
  return list;
}

function numbersIn(text: string): number | number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.some(Number.isNaN)) throw new ConfigError(`seeds must be like 3, or like 1,2,3: got ${show(text)}`);
  return numbers.length === 1 ? numbers[0]! : numbers;
}

/** `"lr,dropout"` as a list. */
export function namesIn(names: string | string[]): string[] {
  return typeof names === "string" ? names.split(",").map((name) => name.trim()) : names;
}

function requireVaried(bestOf: readonly string[], varied: readonly string[]): void {
  const other = bestOf.find((key) => !varied.includes(key));
  if (other === undefined) return;
  const what = varied.length > 0 ? `it varies ${varied.join(", ")}` : "it varies none";
  throw new ConfigError(`bestOf must name settings that the grid varies: got ${show(other)} (${what})`);
}
