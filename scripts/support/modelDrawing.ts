import type { ModelConfig } from "../../src/config/model.js";

/** Columns: of the trunk that data flows down, of a box's inside, and of the drawing, to whose right shapes stand. */
const trunk = 26;
const inside = 30;
const width = 51;

/** A model's blocks as boxes that data passes from top to bottom, with the shapes of what comes out; 80 columns wide. */
export function modelDrawing(config: ModelConfig, batchSize: number): string {
  const { contextLength, hiddenDim, intermediateDim, vocabSize, numHeads, numLayers, positions } = config;
  const of = (...sizes: number[]) => `[${[batchSize, ...sizes].join(", ")}]`;
  const hidden = of(contextLength, hiddenDim);
  const embedding = ["token embedding", ...(positions === "none" ? [] : [`+ ${positions} positions`])];
  const attention = ["layer norm", `attention, ${numHeads} heads of ${hiddenDim / numHeads}`];
  const feedForward = ["layer norm", `feed-forward, ${hiddenDim} to ${intermediateDim}`];
  const logits = ["layer norm", config.tie ? "logits, by the embedding" : "logits"];
  return [
    withShapes([`${" ".repeat(trunk - 4)}token ids`], [of(contextLength)]),
    withShapes(box(embedding), [...embedding.map(() => ""), hidden]),
    framed(
      [
        ...residual(attention, ["", "", hidden, `${of(numHeads, contextLength, contextLength)} weights`]),
        ...residual(feedForward, ["", "", hidden, `${of(contextLength, intermediateDim)} inside`]),
      ],
      numLayers,
    ),
    withShapes(box(logits, "─"), ["", hidden, of(contextLength, vocabSize)]),
  ]
    .flat()
    .join("\n");
}

/** A box around lines, with the trunk above it and below. */
function box(lines: string[], bottom = "┬"): string[] {
  const before = inside / 2;
  const edge = (start: string, middle: string, end: string) =>
    `${start}${"─".repeat(before)}${middle}${"─".repeat(inside - before - 1)}${end}`;
  const centred = lines.map((line) => line.padStart((inside + line.length + 1) >> 1).padEnd(inside));
  const all = [edge("┌", "┴", "┐"), ...centred.map((line) => `│${line}│`), edge("└", bottom, "┘")];
  return all.map((line) => " ".repeat(trunk - before - 1) + line);
}

/** A box that the trunk also passes by, and what comes out of it is added. */
function residual(lines: string[], shapes: string[]): string[] {
  const branch = 6;
  const edge = (start: string, end: string) =>
    `${" ".repeat(branch)}${start}${"─".repeat(trunk - branch - end.length)}${end}`;
  const passed = box(lines).map((line) => `${" ".repeat(branch)}│${line.slice(branch + 1)}`);
  return withShapes([edge("┌", "┤"), ...passed, edge("└", "(+)")], shapes);
}

/** A frame around what is repeated. */
function framed(lines: string[], times: number): string[] {
  const right = 47;
  const label = ` × ${times} ─`;
  const top = `┌${"─".repeat(trunk - 2)}┼${"─".repeat(right - trunk - label.length - 1)}${label}┐`;
  const bottom = `└${"─".repeat(trunk - 2)}┼${"─".repeat(right - trunk - 1)}┘`;
  const sides = lines.map((line) => ` │${line.slice(2, right).padEnd(right - 2)}│${line.slice(right + 1)}`);
  return [` ${top}`, ...sides, ` ${bottom}`];
}

/** Lines with shapes to their right, as far as there are some. */
function withShapes(lines: string[], shapes: string[]): string[] {
  return lines.map((line, i) => (shapes[i] ? `${line.padEnd(width)}${shapes[i]}` : line));
}
