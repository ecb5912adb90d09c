/** A token as a table shows it: without the space before it, line breaks as a sign, and what is all space in quotes. */
export function tokenName(token: string): string {
  const bare = token.trim() === "" ? JSON.stringify(token) : token.trim();
  return bare.replace(/\r?\n/g, "⏎");
}

/** A text of at most so many columns. */
export function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** A Markdown table of words: all columns to the left. */
export function wordTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
}
