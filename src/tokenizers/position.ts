/** A place in a text: lines and columns count from 1, columns in Unicode characters; a line ends after "\n". */
export interface TextPosition {
  /** What the text is, as a message names it: a file's path, or "prompt". */
  source?: string;
  line: number;
  column: number;
}

/** The place after `text` when `text` begins at `from`. */
export function positionAfter(text: string, from: TextPosition = { line: 1, column: 1 }): TextPosition {
  let line = from.line;
  let lineStart = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", lineStart)) {
    line++;
    lineStart = end + 1;
  }
  const column = countCharacters(text.slice(lineStart)) + (lineStart === 0 ? from.column : 1);
  return { source: from.source, line, column };
}

/** `position` as a message begins: `data.txt, line 3, column 7`. */
export function showPosition({ source, line, column }: TextPosition): string {
  return `${source === undefined ? "" : `${source}, `}line ${line}, column ${column}`;
}

/** How many Unicode characters (code points) `text` has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
