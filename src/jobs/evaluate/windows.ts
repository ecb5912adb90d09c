/** A stretch of text that the model reads at once. */
export interface Window {
  /** The token that it begins with. */
  start: number;
  /** How many of its predictions, at its end, no earlier window has made. */
  fresh: number;
}

/**
 * Windows of `length` tokens that together make `count` predictions, each once: a window begins `stride` tokens after the
 * one before it, the last as far along as the text allows. So each prediction has at least `length - stride` tokens
 * before its own input to go by, but at the start.
 */
export function windowsOf(count: number, { length, stride }: { length: number; stride: number }): Window[] {
  const windows = [{ start: 0, fresh: length }];
  for (let covered = length; covered < count; ) {
    const fresh = Math.min(stride, count - covered);
    covered += fresh;
    windows.push({ start: covered - length, fresh });
  }
  return windows;
}
