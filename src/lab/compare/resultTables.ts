import type { Judged, Summary } from "../../core/tTests.js";
import type { Analysis } from "./analysis.js";
import type { Effect } from "./differences.js";
import { bitsPerWord, type Floor } from "./floor.js";
import { change as changeText, count, large, loss, signed } from "./format.js";
import { bestLoss, bySeed, finalLoss, type Group, type Measure, speed, summaryOf } from "./groups.js";
import type { Table, TableRow } from "./html.js";
import { labelOf, showValue } from "./runSettings.js";

const tokens: Measure = ({ points }) => points.at(-1)!.tokens;

interface Column {
  head: string;
  cell(group: Group): string;
  /** Whether a terminal shows it, too. */
  brief?: boolean;
}

/** A line a group: its settings, how well it does and what it costs; the best first, where several settings differ. */
export function resultTable(analysis: Analysis, { brief = false } = {}): Table {
  const { groups, keys, chosen, best } = analysis;
  const named = [...keys, ...chosen].map(
    (key): Column => ({ head: key, brief: true, cell: (g) => showValue(g.settings[key]!) }),
  );
  const unnamed: Column = { head: "settings", brief: true, cell: ({ label }) => label };
  const words = named.length > 0 ? named : [unnamed];
  const columns = [...words, ...lossColumns(analysis), ...costColumns(groups)].filter((each) => !brief || each.brief);
  const loss = (group: Group) => summaryOf(group, finalLoss)?.mean ?? Infinity;
  const ordered = keys.length > 1 ? [...groups].sort((a, b) => loss(a) - loss(b) || 0) : groups;
  const rows = ordered.map((group): TableRow => {
    const kind = group === best && groups.length > 1 ? "best" : undefined;
    return { cells: columns.map(({ cell }) => cell(group)), kind };
  });
  return { head: columns.map(({ head }) => head), rows, words: words.length };
}

function lossColumns({ groups, floor, best, changes }: Analysis): Column[] {
  const comparison: Column[] = [
    { head: "against the best", brief: true, cell: (group) => changeCell(changes.get(group)?.change) },
    {
      head: "verdict",
      brief: true,
      cell: (group) => (group === best ? "best" : verdictOf(changes.get(group)?.change)),
    },
  ];
  const inBits = (group: Group) => {
    const final = summaryOf(group, finalLoss);
    return floor && final ? bitsText(final.mean, floor) : "";
  };
  return [
    { head: "seeds", brief: true, cell: ({ finished }) => String(finished.length) },
    { head: "final loss", brief: true, cell: (group) => meanText(summaryOf(group, finalLoss)) },
    ...(groups.length > 1 ? comparison : []),
    { head: "best loss", brief: true, cell: (group) => meanText(summaryOf(group, bestLoss)) },
    ...(floor ? [{ head: "bits per word (above the best possible)", cell: inBits }] : []),
  ];
}

function costColumns(groups: readonly Group[]): Column[] {
  const total = (group: Group) => summaryOf(group, tokens)?.mean;
  const totals = new Set(groups.map(total).filter((each) => each !== undefined));
  const text = (value: number | undefined, show: (value: number) => string) => (value === undefined ? "" : show(value));
  const flops = (group: Group) => text(total(group), (count) => large(count * group.flopsPerToken));
  return [
    { head: "parameters", brief: true, cell: ({ parameters }) => count(parameters.total) },
    ...(totals.size > 1 ? [{ head: "tokens", cell: (group: Group) => text(total(group), large) }] : []),
    { head: "FLOPs", cell: flops },
    { head: "tokens/s", brief: true, cell: (group) => text(summaryOf(group, speed)?.mean, count) },
  ];
}

/** `3.5123 ± 0.0312`: the mean and its 95% interval; the mean alone where there is one seed. */
function meanText(summary: Summary | undefined): string {
  if (!summary) return "";
  return loss(summary.mean) + (summary.halfWidth === undefined ? "" : ` ± ${loss(summary.halfWidth)}`);
}

/** `6.105 (+5.335)` */
function bitsText(loss: number, floor: Floor): string {
  const bits = bitsPerWord(loss, floor);
  return `${bits.toFixed(3)} (${signed(bits - floor.bitsPerWord, 3)})`;
}

/** The final losses of each group, seed by seed in their spread. */
export function summaryTable(groups: readonly Group[], keys: readonly string[]): Table {
  const rows = groups.flatMap((group): TableRow[] => {
    const final = summaryOf(group, finalLoss);
    if (!final) return [];
    const losses = [...bySeed(group, finalLoss).values()].sort((a, b) => a - b).map(loss);
    const spread = final.standardDeviation === undefined ? "" : loss(final.standardDeviation);
    return [{ cells: [labelOf(group.settings, keys), loss(final.mean), spread, losses.join(" ")] }];
  });
  return { head: ["settings", "mean", "standard deviation", "each seed"], rows };
}

const changeCell = (change: Judged | undefined) => (change ? changeText(change.mean, change.halfWidth) : "");

/** A line for each pair of values of a setting. */
export function changeTable({ setting, with: tied, changes }: Effect): Table {
  const several = changes.some(({ among }) => among > 1);
  const name = [setting, ...tied].join(", ");
  const head = [name, "change of the loss", "seeds", ...(several ? ["averaged over"] : []), "verdict"];
  const rows = changes.map(({ from, to, among, change }): TableRow => {
    const cells = [
      `${from} → ${to}`,
      ...[changeCell(change), change ? String(change.seeds) : ""],
      ...(several ? [among === 1 ? "1" : `${among} settings of the others`] : []),
      verdictOf(change),
    ];
    return { cells, kind: change?.verdict === "clear" ? undefined : "noise" };
  });
  return { head, rows };
}

/** What a judgement is called. */
export function verdictOf(change: Judged | undefined): string {
  if (!change) return "too few seeds";
  return change.verdict === "noise" ? "within noise" : change.verdict;
}
