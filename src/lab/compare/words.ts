import type { SettingValue } from "../sweep/trialSettings.js";
import type { Analysis } from "./analysis.js";
import { validationText } from "./comparable.js";
import type { Effect } from "./differences.js";
import { bitsPerWord } from "./floor.js";
import { change, count, list, loss, plural, shortList } from "./format.js";
import { finalLoss, seedOf, summaryOf } from "./groups.js";
import { verdictOf } from "./resultTables.js";
import { compareValues, flagOf, meaningOf, showValue } from "./runSettings.js";

/** `Comparison of 27 runs: dim and heads`. */
export function titleOf({ runs, keys }: Analysis): string {
  const what = keys.length > 0 ? `: ${list(keys)}` : "";
  return runs.length === 1 ? "A run" : `Comparison of ${runs.length} runs${what}`;
}

/** What the runs have in common, name by name. */
export function factsOf({ runs, groups, keys, implied, floor }: Analysis): [string, string][] {
  const { record } = runs[0]!;
  const varied = keys.map((key) => {
    const meaning = meaningOf(key);
    const values = [...new Set(groups.map(({ settings }) => settings[key]!))].sort(compareValues).map(showValue);
    return `${key}${meaning ? ` (${meaning})` : ""}: ${shortList(values, 12)}`;
  });
  const trained = runs.map(
    ({ record: { model, training } }) => ({ ...model, ...training }) as Record<string, SettingValue>,
  );
  const names = ["numLayers", "hiddenDim", "numHeads", "contextLength", "batchSize", "learningRate", "steps"];
  const [same] = trained;
  const shared = names.filter((field) => trained.every((each) => each[field] === same![field]));
  const seeds = [...new Set(runs.map(seedOf))].sort((a, b) => a - b);
  const train = record.files.filter(({ split }) => split === "train").map(({ path }) => path);
  const backends = [...new Set(runs.map((run) => run.record.backend))];
  return [
    ["what differs", varied.join("; ") || "nothing but the seed"],
    ...implied.map(({ setting, because }): [string, string] => [`${setting} follows`, because]),
    ["the same for all", shared.map((field) => `${flagOf(field)} ${showValue(same![field]!)}`).join(", ")],
    ["seeds", shortList(seeds.map(String), 12)],
    ["trained on", keys.includes("data") ? "see data" : list(train)],
    ["validated on", validationText(runs[0]!).name],
    ["tokenizer", `${record.tokenizer}, ${count(record.model.vocabSize)} tokens`],
    ...(floor ? [["best possible", floorText(floor)] as [string, string]] : []),
    ["made with", `heed ${record.versions?.heed ?? "unknown"}, backend ${list(backends)}`],
  ];
}

function floorText(floor: NonNullable<Analysis["floor"]>): string {
  return `${loss(floor.loss)} nats per token, ${floor.bitsPerWord.toFixed(4)} bits per word (${count(floor.tokens)} tokens, ${count(floor.words)} words)`;
}

/** What came out, a sentence each. */
export function findings(analysis: Analysis): string[] {
  const { groups, best, changes, effects, floor, keys } = analysis;
  if (!best) return ["No run is finished yet, so there are curves to look at and nothing to compare."];
  const { mean, count: seeds, halfWidth } = summaryOf(best, finalLoss)!;
  const bits = floor && bitsPerWord(mean, floor);
  const inBits =
    floor && bits
      ? `, which is ${bits.toFixed(3)} bits per word, ${(bits - floor.bitsPerWord).toFixed(3)} above the best possible`
      : "";
  const spread = halfWidth === undefined ? "one seed" : `± ${loss(halfWidth)}, ${plural(seeds, "seed")}`;
  const first = keys.length > 0 ? `Lowest final validation loss: ${best.label}` : "Final validation loss";
  const asGood = groups
    .filter((group) => changes.get(group)?.change?.verdict === "noise")
    .map(({ label }) => `“${label}”`);
  return [
    `${first}: ${loss(mean)} nats per token (${spread})${inBits}.`,
    ...effects.map(effectSentence),
    ...(effects.length > 1 && asGood.length > 0 ? [`Within noise of the best: ${shortList(asGood)}.`] : []),
    ...(groups.length > 1 && groups.every(({ finished }) => finished.length < 2) ? [oneSeed] : []),
  ];
}

/** What a reader should know besides the figures, a sentence each. */
export function toBeKnown({ notes, failures }: Analysis): string[] {
  return [...notes, ...failures.map(({ name, error }) => `${name} failed: ${error}`)];
}

const oneSeed =
  "Each setting was trained with one seed only, and another seed alone can change a loss as much: nothing can be said " +
  "about which differences are real. Train each with three seeds or more.";

function effectSentence({ setting, with: tied, changes }: Effect): string {
  const name = setting + (tied.length > 0 ? ` (with ${list(tied)})` : "");
  const judged = changes.flatMap(({ change, ...pair }) => (change ? [{ ...pair, ...change }] : []));
  if (changes.length === 0) return `${name}: no two groups differ in it alone, so its effect can't be told.`;
  if (judged.length === 0) return `${name}: too few seeds to tell differences from noise.`;
  const [largest] = [...judged].sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
  const { from, to, mean, halfWidth } = largest!;
  const example = `${from} → ${to} changes the loss by ${change(mean, halfWidth)} (${verdictOf(largest)})`;
  if (judged.length === 1) return `${name}: ${example}.`;
  const verdicts = (["clear", "likely", "noise"] as const).map((verdict) =>
    judged.filter((j) => j.verdict === verdict),
  );
  const counts = verdicts.filter(({ length }) => length > 0);
  const how = counts.map((all) => `${counts.length === 1 ? "all" : all.length} ${verdictOf(all[0])}`);
  return `${name}: ${judged.length} differences, ${list(how)}. The largest: ${example}.`;
}
