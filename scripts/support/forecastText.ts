import type { SweepForecast } from "../../src/lab/sweep/forecast.js";
import { settingsText } from "../../src/lab/sweep/trialSettings.js";
import { duration } from "./pace.js";

/** What a sweep would do, and how long it would take. */
export function forecastText({
  trials,
  skipped,
  notes,
  survey,
  workers,
  threads,
  timed,
  seconds,
}: SweepForecast): string {
  const whole = (value: number) => value.toLocaleString("en");
  const range = (values: number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? whole(least) : `${whole(least)} to ${whole(most)}`;
  };
  const seeds = new Set(trials.map(({ seed }) => seed)).size;
  const steps = trials.map(({ training }) => training.steps);
  const tokens = trials.map(
    ({ model, training: { steps, batchSize, gradAccum } }) => steps * batchSize * gradAccum * model.contextLength,
  );
  const rows: [string, string][] = [
    ["backend", survey.reason],
    ["text", `${whole(survey.tokens.train)} tokens, ${whole(survey.tokens.validation)} held out`],
    [
      "trials",
      `${whole(trials.length)}: ${whole(trials.length / seeds)} settings, ${whole(seeds)} ${seeds === 1 ? "seed" : "seeds"} each`,
    ],
    ["at a time", `${workers}, each on ${threads} ${threads === 1 ? "thread" : "threads"}`],
    ["budget", `each ${range(steps)} steps, ${range(tokens)} tokens`],
    ...notes.concat(survey.notes).map((note): [string, string] => ["note", note]),
    ...skipped.map(({ settings, reason }): [string, string] => ["left out", `${settingsText(settings)}: ${reason}`]),
    ...timed.map(({ settings, secondsPerStep, tokensPerSecond }): [string, string] => [
      "speed",
      `${settingsText(settings) || "all"}: ${Number((1000 * secondsPerStep).toPrecision(2))} ms per step, ${whole(Number(tokensPerSecond.toPrecision(2)))} tokens/s`,
    ]),
  ];
  if (seconds !== undefined) rows.push(["time", `about ${duration(Number(seconds.toPrecision(2)))} for all trials`]);
  return rows.map(([name, value]) => `${name.padEnd(11)} ${value}`).join("\n");
}
