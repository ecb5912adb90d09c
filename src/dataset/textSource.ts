/** A text that is no file. */
export interface TextInMemory {
  /** The text, or its bytes in UTF-8. */
  text: string | Uint8Array;
  /** What messages call it. @default "text" */
  name?: string;
}

/** Where a text comes from: the path of a file, or memory. */
export type TextSource = string | TextInMemory;

/** What a record calls the path of a text that is no file. */
export const noPath = "-";

/** The path of a text, as records keep it. */
export function pathOf(source: TextSource): string {
  return typeof source === "string" ? source : noPath;
}

/** What messages call a text. */
export function nameOf(source: TextSource): string {
  return typeof source === "string" ? source : (source.name ?? "text");
}
