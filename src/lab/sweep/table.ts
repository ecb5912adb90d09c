import { markdownTable } from "../../core/markdownTable.js";
import type { Summary } from "../../core/tTests.js";
import { lackingSeeds, type SettingsResult, withinNoise } from "./summary.js";
import type { SweepResult } from "./sweep.js";
import { settingsText } from "./trialSettings.js";

/** What a sweep found, as a Markdown table with a line for each settings, and what was not done. */
export function sweepText({ settings, skipped, results, best }: SweepResult): string {
  const several = results.some(({ seed }) => seed !== results[0]!.seed);
  const loss = several ? "mean ± 95% interval" : "nats per token";
  const isTrainLoss = settings.every(({ bestValLoss }) => !bestValLoss) && settings.some((s) => s.finalTrainLoss);
  const lossHead = isTrainLoss
    ? [`training loss of the last batch (${loss})`]
    : [`best held-out loss (${loss})`, "last"];
  const losses = ({ finalTrainLoss, bestValLoss, finalValLoss }: SettingsResult) =>
    (isTrainLoss ? [finalTrainLoss] : [bestValLoss, finalValLoss]).map(meanText);
  const head = ["settings", "parameters", "steps", "seeds", ...lossHead];
  const lines = markdownTable([head, ...settings.map((each) => [...cells(each), ...losses(each)])]);
  if (best) lines.push("", `best: ${nameOf(best)}, held-out loss ${meanText(best.bestValLoss)}`);
  const asGood = best ? withinNoise(settings, best).map(nameOf).join("; ") : "";
  if (asGood) lines.push(`within noise of the best: ${asGood}`);
  const lacking = lackingSeeds(settings).map(nameOf).join("; ");
  if (lacking) lines.push(`of fewer seeds than others, so the mean says less: ${lacking}`);
  for (const { run, status, error } of results) if (status === "failed") lines.push(`failed: ${run}: ${error}`);
  for (const { settings, reason } of skipped) lines.push(`left out: ${settingsText(settings)}: ${reason}`);
  return lines.join("\n");
}

function cells(each: SettingsResult): string[] {
  const { results } = each;
  const done = results.filter(({ status }) => status === "done");
  const steps = [...new Set(done.map((result) => result.steps))];
  return [
    nameOf(each),
    results[0]!.parameters.toLocaleString("en"),
    steps.length === 0
      ? ""
      : steps.length === 1
        ? String(steps[0])
        : `${Math.min(...(steps as number[]))} to ${Math.max(...(steps as number[]))}`,
    done.length === results.length ? String(done.length) : `${done.length} of ${results.length}`,
  ];
}

const nameOf = ({ settings }: SettingsResult): string => settingsText(settings).replaceAll(",", ", ") || "all";

function meanText(summary: Summary | undefined): string {
  if (!summary) return "";
  const { mean, halfWidth } = summary;
  return mean.toFixed(4) + (halfWidth === undefined ? "" : ` ± ${halfWidth.toFixed(4)}`);
}
