import type { Analysis } from "./analysis.js";
import { changeChart } from "./charts/changeChart.js";
import { settingChart } from "./charts/settingChart.js";
import { stylesOf } from "./charts/theme.js";
import type { Effect } from "./differences.js";
import { list, signed } from "./format.js";
import type { Group } from "./groups.js";
import { type Figure, legendHtml, type PageBlock, paragraph } from "./html.js";
import { changeTable, summaryTable, verdictOf } from "./resultTables.js";
import { labelOf, meaningOf } from "./runSettings.js";

/** What each setting does to the final loss. */
export function effectSection(analysis: Analysis): PageBlock[] {
  return [
    `<h2 id="settings">Final loss by setting</h2>`,
    paragraph(
      "In the first picture, each small dot is a run and each larger mark the mean of its seeds; the bar reaches one standard " +
        "deviation to each side: this is how much the seed alone changes. Marks that agree in the other settings are joined. Lower is better. The scale does not begin at 0.",
    ),
    paragraph(
      "The second shows how much the loss changes from one value to another, and the 95% interval in which the true change " +
        "lies as far as these seeds tell. A filled mark is a clear change. A hollow grey one is within noise: its bar crosses 0, " +
        "so the seeds alone could have made it, which does not show that there is none. A hollow blue one is " +
        "larger than noise by itself, but with so many comparisons one like it may be luck. A bar that ends in an arrowhead goes on beyond the picture.",
    ),
    ...analysis.effects.flatMap((effect) => settingPart(analysis, effect)),
  ];
}

function settingPart({ groups, keys, ranked }: Analysis, effect: Effect): PageBlock[] {
  const { setting, with: tied, changes } = effect;
  const isOther = (key: string) => key !== setting && !tied.includes(key);
  const others = keys.filter(isOther);
  const shown = comparedGroups(groups, setting, others);
  const all = shown.map(({ settings }) => settings);
  const styles = stylesOf(all, others, ranked.filter(isOther));
  const judged = changes.flatMap(({ change, ...pair }) => (change ? [{ ...pair, change }] : []));
  const sentence = ({ from, to, change }: (typeof judged)[number]) =>
    `From ${from} to ${to}: ${signed(change.mean)}, ${verdictOf(change)}.`;
  const description = judged.map(sentence).join(" ") || "There are too few seeds to compare.";
  const losses: Figure = {
    id: `setting-${setting}`,
    title: `Final loss by ${setting}`,
    description,
    spec: settingChart(shown, { setting, others }, styles),
    table: summaryTable(shown, keys),
    ...(others.length > 0 && { legend: styles.legend }),
  };
  const differences = (): Figure => ({
    id: `setting-${setting}-changes`,
    title: `Change of the loss by ${setting}`,
    description,
    spec: changeChart(judged),
    table: changeTable(effect),
    open: true,
  });
  const meaning = meaningOf(setting);
  const together = `${list(tied)} ${tied.length > 1 ? "go" : "goes"} with ${setting}: what each of them does can't be told apart.`;
  return [
    `<h3>${setting}${meaning ? `: ${meaning}` : ""}</h3>`,
    ...(tied.length > 0 ? [paragraph(together)] : []),
    ...(others.length > 0 ? [legendHtml(styles.legend)] : []),
    [losses, ...(judged.length > 0 ? [differences()] : [])],
  ];
}

/** Groups that another differs from in `setting` alone; all where there are none. */
function comparedGroups(groups: readonly Group[], setting: string, others: readonly string[]): readonly Group[] {
  const done = groups.filter(({ finished }) => finished.length > 0);
  const rest = ({ settings }: Group) => labelOf(settings, others);
  const compared = done.filter((one) =>
    done.some((other) => rest(other) === rest(one) && other.settings[setting] !== one.settings[setting]),
  );
  return compared.length > 0 ? compared : done;
}
