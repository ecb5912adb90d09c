import { markdownTable } from "../../core/markdownTable.js";
import type { BenchResult, ContestantRow, TableResult } from "./benchResults.js";
import { describeShape, stepFlops } from "./shapes.js";

/** What a bench measured, as Markdown. */
export function benchText(result: BenchResult): string {
  const { machine, threads, versions, rates, productSize, leftOut, tables } = result;
  const load = machine.loadBefore.toFixed(1);
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${gigabytes(machine.memoryBytes)} memory, ${machine.system}; ${threads} threads each; load before: ${load}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
  ];
  if (rates.length > 0) {
    const each = rates.map(({ contestant, gigaflops }) => `${contestant} ${gigaflops.toFixed(0)} GF/s`);
    lines.push(`best rate of ${productSize} x ${productSize} matrix products, float32: ${each.join(", ")}`);
  }
  for (const { contestant, problem } of leftOut) lines.push(`${contestant} is left out: ${problem}`);
  return [...lines, ...tables.flatMap((table) => ["", ...tableLines(table)])].join("\n");
}

function tableLines(table: TableResult): string[] {
  const { task, shape, rows, failures, warnings } = table;
  const work = task === "train" ? `; ${(stepFlops(shape) / 1e9).toFixed(2)} GF per step` : "";
  const unit = task === "train" ? "ms per step" : "ms per token";
  const head = ["", unit, "quartiles", "tokens/s", "x best peer", "quartiles", "peak memory", "cores"];
  if (task === "train") head.push("of best rate", `loss ${commonSteps(rows)}`);
  const cells = rows.map((row) => cellsOf(table, row));
  return [
    `## ${shape.name}`,
    `${describeShape(shape)}${work}`,
    "",
    ...(rows.length > 0 ? markdownTable([head, ...cells]) : ["nobody finished"]),
    ...failures.map(({ contestant, problem }) => `${contestant} dropped out: ${problem}`),
    ...warnings.map((warning) => `WARNING: ${warning}`),
  ];
}

function cellsOf({ task, rows }: TableResult, row: ContestantRow): string[] {
  const { milliseconds: ms, ratio, shareOfBest } = row;
  const cells = [
    row.contestant,
    digits(ms.median),
    `${digits(ms.lower)} to ${digits(ms.upper)}`,
    Math.round(row.tokensPerSecond).toLocaleString("en"),
    ratio ? `${ratio.median.toFixed(2)} (${ratio.to})` : "",
    ratio ? `${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)}` : "",
    gigabytes(row.peakBytes),
    row.cores.toFixed(1),
  ];
  if (task === "decode") return cells;
  const share = shareOfBest === undefined ? "" : `${(100 * shareOfBest).toFixed(0)}%`;
  return [...cells, share, row.values[commonSteps(rows) - 1]!.toFixed(4)];
}

/** The last step whose loss every contestant has, at most the tenth. */
const commonSteps = (rows: readonly ContestantRow[]): number =>
  Math.min(10, ...rows.map(({ values }) => values.length));

/** Three digits that count: 0.213, 35.1, 462. */
const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
