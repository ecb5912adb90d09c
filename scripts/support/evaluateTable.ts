import asciichart from "asciichart";
import { type CostlyToken, leastCount } from "../../src/jobs/evaluate/costlyTokens.js";
import type { Evaluation } from "../../src/jobs/evaluate/evaluate.js";
import type { RelationAccuracy } from "../../src/jobs/evaluate/relations.js";

/** An evaluation as people read it. */
export function evaluationTable(e: Evaluation): string {
  const parts = [figures(e), memoryChart(e.lossByTokensSeen), costlyTable(e)];
  if (e.relations) parts.push(relationTable(e.relations));
  return parts.filter((part) => part !== "").join("\n\n");
}

const count = (n: number): string => n.toLocaleString("en");

function figures({ standardError: error, floor, ...e }: Evaluation): string {
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
    ["loss", `${e.loss.toFixed(4)}${plusMinus(error?.loss)} nats a token (perplexity ${e.perplexity.toFixed(3)})`],
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
  return rows.map(([name, value]) => `${name.padEnd(20)}${value}`).join("\n");
}

const chartWidth = 64;

/** The loss over the tokens seen before, each step to the right the same factor more of them. */
function memoryChart(losses: readonly number[]): string {
  if (losses.length < 4) return "";
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
  return `loss (nats a token) by the number of tokens seen before\n${chart}\n${" ".repeat(margin)}${axis}`;
}

function costlyTable({ costly: { inTotal, onAverage }, tokens, loss }: Evaluation): string {
  const bits = (tokens * loss) / Math.LN2;
  const parts = [columns(["costly in all", ...costlyHead], inTotal, bits)];
  if (onAverage.length > 0) parts.push(columns(["costly each time", ...costlyHead], onAverage, bits));
  return `${parts.join("\n\n")}\n(each time: of tokens that stand there ${leastCount} times or more)`;
}

const costlyHead = ["bits in all", "share", "times", "bits each", "where it cost most"];

function columns(head: string[], list: readonly CostlyToken[], allBits: number): string {
  const rows = list.map(({ token, bits, bitsEach, count: times, example }) => [
    JSON.stringify(token),
    bits.toFixed(0),
    percent(bits / allBits),
    count(times),
    bitsEach.toFixed(2),
    `${example.bits.toFixed(1)} bits: …${oneLine(example.before)}[${oneLine(token)}]`,
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const last = head.length - 1;
  const line = (row: string[]) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : i === last ? cell : cell.padStart(widths[i]!)))
      .join("  ");
  return [head, ...rows].map(line).join("\n");
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function oneLine(text: string): string {
  return text.replace(/\r?\n/g, "⏎");
}

function relationTable(relations: readonly RelationAccuracy[]): string {
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
  return `relations: is the right word likelier than each wrong one, given the story so far?\n${[head, ...rows].join("\n")}`;
}
