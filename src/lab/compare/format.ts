/** A loss: four decimals. */
export const loss = (value: number): string => value.toFixed(4);

/** A change of a loss, with its sign. */
export function signed(value: number, digits = 4): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** `12,345`. */
export const count = (value: number): string => Math.round(value).toLocaleString("en");

/** Three digits that count and a prefix: `146 G`, `2.05 M`, `812`. */
export function large(value: number): string {
  const power = Math.max(0, Math.min(6, Math.floor(Math.log10(Math.max(1, Number(value.toPrecision(3)))) / 3)));
  const digits = Number((value / 1000 ** power).toPrecision(3));
  return `${digits}${power === 0 ? "" : ` ${" kMGTPE"[power]}`}`;
}

/** `1 seed`, `3 seeds`. */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A list that ends with how many more there are, where there are many. */
export function shortList(words: readonly string[], most = 8): string {
  return words.length <= most
    ? list(words)
    : `${words.slice(0, most - 1).join(", ")} and ${words.length - most + 1} more`;
}

/** `+0.0312 ± 0.0102`. */
export const change = (mean: number, halfWidth: number): string => `${signed(mean)} ± ${loss(halfWidth)}`;
