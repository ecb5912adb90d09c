/** A piece of a text that a tokenizer does not know. */
export interface UnknownPiece {
  piece: string;
  start: number;
}

/** The piece that a tokenizer's refusal names, `… line 1, column 5: the word "foo" is not …`, and where it is in `text`. */
export function unknownPiece(refusal: string, text: string): UnknownPiece | undefined {
  const found = /line (\d+), column (\d+): the \w+ ("(?:[^"\\]|\\.)*")/.exec(refusal);
  if (!found) return undefined;
  const [, line, column, quoted] = found;
  const lines = text.split("\n");
  const before = lines.slice(0, Number(line) - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const start = before + [...(lines[Number(line) - 1] ?? "")].slice(0, Number(column) - 1).join("").length;
  const piece = JSON.parse(quoted!) as string;
  return text.startsWith(piece, start) ? { piece, start } : undefined;
}

/** `text` without a piece of it, and without the space before it. */
export function leftOut(text: string, { piece, start }: UnknownPiece): string {
  const from = text[start - 1] === " " ? start - 1 : start;
  return text.slice(0, from) + text.slice(start + piece.length);
}
