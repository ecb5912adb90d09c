import asciichart from "asciichart";
import { type CostlyToken, leastCount } from "../../src/jobs/evaluate/costlyTokens.js";
import type { Evaluation } from "../../src/jobs/evaluate/evaluate.js";
import type { RelationAccuracy } from "../../src/jobs/evaluate/relations.js";
import { wrapped } from "./wordWrap.js";

/** An evaluation as people read it, in lines of `width` columns at most, from 60 on. */
export function evaluationTable(e: Evaluation, width = Number.POSITIVE_INFINITY): string {
  const parts = [figures(e, width), memoryChart(e.lossByTokensSeen, width), costlyTable(e, width)];
  if (e.relations) parts.push(relationTable(e.relations, width));
  return parts.filter((part) => part !== "").join("\n\n");
}

const count = (n: number): string => n.toLocaleString("en");

function figures({ standardError: error, floor, ...e }: Evaluation, width: number): string {
  const plusMinus = (value: number | undefined) => (value === undefined ? "" : ` ± ${value.toFixed(4)}`);
  const aboveFloor = (above: number | undefined, best: number | undefined) =>
    above === undefined ? "" : `   (${above.toFixed(4)} above the best possible, ${best!.toFixed(4)})`;
  const bits = (value: number, spread: number | undefined, above: string) =>
    value.toFixed(4) + plusMinus(spread) + above;
  const rows: [string, string][] = [
    ["checkpoint", e.checkpoint],
    [
      "text",
      `${e.data}: ${count(e.tokens)} tokens, ${count(e.characters)} characters, ${count(e.words)} words after the first token`,
    ],
    ["windows", `${e.contextLength} tokens, the next one ${e.stride} further on; each token scored once`],
    ["loss", `${e.loss.toFixed(4)}${plusMinus(error?.loss)} nats per token (perplexity ${e.perplexity.toFixed(3)})`],
    [
      "bits per character",
      bits(
        e.bitsPerCharacter,
        error?.bitsPerCharacter,
        aboveFloor(e.bitsPerCharacterAboveFloor, floor?.bitsPerCharacter),
      ),
    ],
  ];
  if (e.bitsPerWord !== undefined) {
    const above = aboveFloor(e.bitsPerWordAboveFloor, floor?.bitsPerWord);
    rows.push(["bits per word", bits(e.bitsPerWord, error?.bitsPerWord, above)]);
  }
  if (error) {
    const { blocks, leastTokens } = error;
    rows.push([
      "±",
      `standard error, from ${count(blocks)} blocks of ${leastTokens} tokens or more, cut at blank lines where there are any`,
    ]);
  }
  const indented = (value: string) => wrapped(value, width - 20).replaceAll("\n", `\n${"".padEnd(20)}`);
  return rows.map(([name, value]) => `${name.padEnd(20)}${indented(value)}`).join("\n");
}

/** Columns of the chart, where there is room, and of what stands to its left. */
const widestChart = 64;
const chartMargin = 14;

/** The loss over the tokens seen before, each step to the right the same factor more of them. */
function memoryChart(losses: readonly number[], width: number): string {
  if (losses.length < 4) return "";
  const chartWidth = Math.min(widestChart, width - chartMargin);
  const seenAt = (column: number) => losses.length ** (column / (chartWidth - 1));
  const points = Array.from({ length: chartWidth }, (_, column) => {
    const from = Math.round(seenAt(column - 0.5));
    const to = Math.max(from, Math.round(seenAt(column + 0.5)) - 1);
    const part = losses.slice(Math.max(0, from - 1), Math.min(losses.length, to));
    return part.reduce((sum, loss) => sum + loss, 0) / part.length;
  });
  const chart = asciichart.plot(points, { height: 8 }).replace(/ +$/gm, "");
  const margin = chart.split("\n")[0]!.search(/[┤┼]/) + 1;
  let axis = "";
  for (let seen = 1; seen <= losses.length; seen *= 2) {
    const column = Math.round(((chartWidth - 1) * Math.log(seen)) / Math.log(losses.length));
    if (axis.length < column || seen === 1) axis = axis.padEnd(column) + seen;
  }
  return `loss (nats per token) by the number of tokens seen before\n${chart}\n${" ".repeat(margin)}${axis}`;
}

function costlyTable({ costly: { inTotal, onAverage }, tokens, loss }: Evaluation, width: number): string {
  const bits = (tokens * loss) / Math.LN2;
  const parts = [columns(["costly in all", ...costlyHead], inTotal, { bits, width })];
  if (onAverage.length > 0) parts.push(columns(["costly each time", ...costlyHead], onAverage, { bits, width }));
  return `${parts.join("\n\n")}\n(each time: of tokens that stand there ${leastCount} times or more)`;
}

const costlyHead = ["bits in all", "share", "times", "bits each", "where it cost most"];

interface CostlyOptions {
  /** Of all tokens. */
  bits: number;
  width: number;
}

function columns(head: string[], list: readonly CostlyToken[], { bits: allBits, width }: CostlyOptions): string {
  const rows = list.map(({ token, bits, bitsEach, count: times }) => [
    JSON.stringify(token),
    bits.toFixed(0),
    percent(bits / allBits),
    count(times),
    bitsEach.toFixed(2),
  ]);
  const widths = rows[0]!.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const room = width - widths.reduce((sum, each) => sum + each + 2, 0);
  const examples = list.map(({ token, example: { bits, before } }) => {
    const start = `${bits.toFixed(1)} bits: …`;
    const end = `[${oneLine(token)}]`;
    const left = Math.max(0, room - start.length - end.length);
    const seen = oneLine(before);
    return `${start}${seen.slice(Math.max(0, seen.length - left))}${end}`;
  });
  const line = (row: string[]) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!)));
  const lines = [head.slice(0, -1), ...rows].map(line);
  if (room >= leastExample)
    for (const [i, cells] of lines.entries()) cells.push(i === 0 ? head.at(-1)! : examples[i - 1]!);
  return lines.map((cells) => cells.join("  ")).join("\n");
}

/** Columns that an example needs at least; where there are fewer, it is left out. */
const leastExample = 20;

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function oneLine(text: string): string {
  return text.replace(/\r?\n/g, "⏎");
}

function relationTable(relations: readonly RelationAccuracy[], width: number): string {
  const rows = relations.map(({ kind, accuracy, low, high, chance, places }) =>
    [
      kind.padEnd(14),
      percent(accuracy).padStart(8),
      `${percent(low)} to ${percent(high)}`.padStart(20),
      percent(chance).padStart(10),
      count(places).padStart(9),
    ].join(""),
  );
  const head = `${"".padEnd(14)}${"right".padStart(8)}${"95% interval".padStart(20)}${"guessing".padStart(10)}${"places".padStart(9)}`;
  const question = "relations: is the right word likelier than each wrong one, given the story so far?";
  return `${wrapped(question, width)}\n${[head, ...rows].join("\n")}`;
}
