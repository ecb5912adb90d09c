import { createHash } from "node:crypto";

/** `text` with a last line that shows whether it was changed. */
export function withSignature(text: string): string {
  return `${text}<!-- written by heed compare, ${digest(text)} -->\n`;
}

/** Whether `text` is as `withSignature` gave it. */
export function isUnchanged(text: string): boolean {
  const [line, found] = /<!-- written by heed compare, ([0-9a-f]{64}) -->\n$/.exec(text) ?? [];
  return line !== undefined && digest(text.slice(0, -line.length)) === found;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
