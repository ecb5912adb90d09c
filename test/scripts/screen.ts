import { vi } from "vitest";

/** Has `use` write to stderr as to a terminal of so many columns; returns what stands on the screen then, line by line. */
export function onScreen(columns: number, use: () => void): string[] {
  let written = "";
  const properties = { isTTY: true, columns, hasColors: () => false };
  const before = Object.keys(properties).map((name) => [name, Object.getOwnPropertyDescriptor(process.stderr, name)]);
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(process.stderr, name, { value, configurable: true });
  }
  try {
    use();
  } finally {
    write.mockRestore();
    for (const [name, descriptor] of before as [string, PropertyDescriptor | undefined][]) {
      if (descriptor) Object.defineProperty(process.stderr, name, descriptor);
      else Reflect.deleteProperty(process.stderr, name);
    }
  }
  return screenOf(written, columns);
}

/** The lines of a terminal that was sent `text`: line breaks, returns, moves up, and erasing what is below. */
export function screenOf(text: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const down = () => {
    row++;
    rows[row] ??= [];
  };
  for (const [token] of text.replaceAll("\x1b[", "␛").matchAll(/␛\d*[A-Za-z]|./gsu)) {
    if (token === "\n") {
      down();
      column = 0;
    } else if (token === "\r") column = 0;
    else if (token === "␛J") {
      rows.length = row + 1;
      rows[row]!.length = Math.min(rows[row]!.length, column);
    } else if (/^␛\d+A$/.test(token)) row = Math.max(0, row - Number(token.slice(1, -1)));
    else if (token.startsWith("␛")) throw new Error(`the screen does not know ${JSON.stringify(token)}`);
    else {
      if (column === columns) {
        down();
        column = 0;
      }
      while (rows[row]!.length < column) rows[row]!.push(" ");
      rows[row]![column++] = token;
    }
  }
  return rows.map((cells) => cells.join("").trimEnd());
}
