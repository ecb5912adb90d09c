import { wrapped } from "./wordWrap.js";

/** Writes a result to stdout: exactly as it is to a file or a pipe, fitted to a terminal. */
export function showResult(text: string): void {
  const { isTTY, columns } = process.stdout;
  process.stdout.write(`${isTTY && columns ? wrapped(fitTables(text, columns), columns) : text}\n`);
}

/**
 * `text` for a terminal of `columns` columns: a Markdown table that is wider is shown row by row, each cell on a line of
 * its own after the name of its column. What fits stays as it is.
 */
export function fitTables(text: string, columns: number): string {
  const lines = text.split("\n");
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (lines[end]?.startsWith("|")) end++;
    const table = lines.slice(at, end);
    if (table.length === 0) shown.push(lines[at++]!);
    else {
      shown.push(...(table[0]!.length <= columns ? table : rowByRow(table)));
      at = end;
    }
  }
  return shown.join("\n");
}

function rowByRow([head, , ...rows]: string[]): string[] {
  const names = cellsOf(head!);
  const width = Math.max(...names.slice(1).map((name) => name.length));
  const blocks = rows.map((row) => {
    const [title, ...cells] = cellsOf(row);
    const named = cells.map((cell, i) => [names[i + 1]!, cell] as const).filter(([, cell]) => cell !== "");
    return [`${names[0]} ${title}`.trim(), ...named.map(([name, cell]) => `  ${name.padEnd(width)}  ${cell}`)];
  });
  return blocks.flatMap((block, i) => (i === 0 ? block : ["", ...block]));
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
