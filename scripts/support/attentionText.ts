import type { AttentionRow, InspectedAttention } from "../../src/jobs/inspect.js";
import { clipped, percent, tokenName, wordTable } from "./tokenText.js";

/** What a weight is drawn as: the first sign whose share it is below. */
const shades = [
  { below: 0.05, sign: "·" },
  { below: 0.2, sign: "░" },
  { below: 0.4, sign: "▒" },
  { below: 0.6, sign: "▓" },
  { below: Number.POSITIVE_INFINITY, sign: "█" },
];
const legend = "· below 5%   ░ to 20%   ▒ to 40%   ▓ to 60%   █ more   blank: masked, later tokens";

const sharpest =
  "Sharp is a head whose tokens give one earlier token, the text's first aside, a large weight, on average over tokens.";

const shadeOf = (weight: number): string => shades.find(({ below }) => weight < below)!.sign;

/** Columns of a token's name before its row. */
const longestName = 12;
/** Columns of the longest bar. */
const longestBar = 40;

/** Attention matrices: a row of shades for each token, over the tokens that it may look at. */
export function matricesText({ rule, heads }: InspectedAttention, texts: readonly string[], width: number): string {
  const which =
    rule === "sharpest"
      ? `Attention of the ${heads.length === 1 ? "sharpest head" : `${heads.length} sharpest heads`} (--layer and --head show others). ${sharpest}`
      : "Attention";
  const matrices = heads.map(({ layer, head, weights }) => {
    return `layer ${layer}, head ${head}\n${matrix(weights, texts, width)}`.split("\n");
  });
  const how = "Each row is a token, and shows how much it looks at each token up to itself.";
  return [which, `${how}\n${legend}`, ...besideEachOther(matrices, width)].join("\n\n");
}

/** Columns between matrices. */
const gap = "    ";

/** Blocks of lines, as many beside each other as a terminal has room for; below each other in a file or a pipe. */
function besideEachOther(blocks: readonly (readonly string[])[], width: number): string[] {
  const blockWidth = Math.max(...blocks.flat().map(({ length }) => length));
  const perRow = Number.isFinite(width) ? Math.max(1, Math.floor((width + gap.length) / (blockWidth + gap.length))) : 1;
  const groups = Array.from({ length: Math.ceil(blocks.length / perRow) }, (_, i) =>
    blocks.slice(i * perRow, (i + 1) * perRow),
  );
  return groups.map((group) =>
    group[0]!
      .map((_, i) =>
        group
          .map((block) => block[i]!.padEnd(blockWidth))
          .join(gap)
          .trimEnd(),
      )
      .join("\n"),
  );
}

/** In a terminal that is too narrow for all columns, one band of columns under the other. */
function matrix(weights: readonly (readonly number[])[], texts: readonly string[], width: number): string {
  const names = texts.map((text, index) => `${`${index}`.padStart(3)} ${clipped(tokenName(text), longestName)}`);
  const margin = Math.max(...names.map((name) => name.length)) + 1;
  const cell = margin + 2 * texts.length <= width ? 2 : 1;
  const columns = Math.min(texts.length, Math.floor((width - margin) / cell));
  const bands = Array.from({ length: Math.ceil(texts.length / columns) }, (_, i) => i * columns);
  return bands
    .map((from) => {
      const to = Math.min(texts.length, from + columns);
      const rows = weights.slice(from).map((row, i) => {
        const signs = row.slice(from, to).map((weight) => shadeOf(weight));
        const cells = cell === 1 ? signs : signs.map((sign) => (sign === "·" ? " ·" : sign.repeat(2)));
        return `${names[from + i]!.padEnd(margin)}${cells.join("")}`;
      });
      return [...columnNumbers(from, to, cell).map((line) => " ".repeat(margin) + line), ...rows].join("\n");
    })
    .join("\n\n");
}

/** The numbers of columns, their tens above their ones. */
function columnNumbers(from: number, to: number, cell: 1 | 2): string[] {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  const line = (digit: (n: number) => string) =>
    numbers
      .map((n) => digit(n).padStart(cell))
      .join("")
      .trimEnd();
  const tens = line((n) => (n % 10 === 0 && n > 0 ? `${Math.floor(n / 10) % 10}` : " "));
  return [...(tens === "" ? [] : [tens]), line((n) => `${n % 10}`)];
}

/** What one token looks at: the first three tokens by each head, and the sharpest head's row as bars. */
export function rowText(index: number, heads: readonly AttentionRow[], texts: readonly string[]): string {
  const nameOf = (i: number) => `${i} ${tokenName(texts[i]!)}`;
  const [sharpest] = heads;
  const bars = sharpest!.weights.map((weight, i) => {
    const bar = "█".repeat(Math.round(weight * longestBar));
    return `  ${clipped(nameOf(i), longestName + 4).padEnd(longestName + 4)} ${percent(weight).padStart(6)} ${bar}`.trimEnd();
  });
  const table = heads.map(({ layer, head, weights }) => {
    const order = weights.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]!);
    const three = [0, 1, 2].map((place) => {
      const i = order[place];
      return i === undefined ? "" : `${nameOf(i)} ${percent(weights[i]!)}`;
    });
    return [`${layer}.${head}`, ...three];
  });
  return [
    `What token ${nameOf(index)} looks at`,
    `\nlayer ${sharpest!.layer}, head ${sharpest!.head}${heads.length > 1 ? ", the sharpest for this token" : ""}`,
    ...bars,
    ...(heads.length > 1 ? ["", wordTable([["layer.head", "looks most at", "then at", "and at"], ...table])] : []),
  ].join("\n");
}
