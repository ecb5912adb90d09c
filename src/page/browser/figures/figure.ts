/** A number as a reader reads it: `0.037`, `-1.25`, `12.3`; three digits that tell. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A number of any size with the three digits that tell: `0.000831`. */
export function precise(value: number): string {
  return Math.abs(value) >= 0.01 || value === 0 ? figure(value) : `${Number(value.toPrecision(3))}`.replace("-", "−");
}

/** A change, with its sign: `+0.12`. */
export function change(value: number): string {
  const text = figure(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A share from 0 to 1: `43 %`, `0.4 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value.toFixed(value >= 9.95 || value === 0 ? 0 : 1)} %`;
}

/** A token as it is shown: without the space before a word, and with a sign for white space. */
export function shownToken(text: string): string {
  const word = /^ \S/u.test(text) ? text.slice(1) : text;
  return word.replaceAll(" ", "␣").replaceAll("\n", "↵").replaceAll("\t", "⇥");
}

/** `layer 0, head 1`; both counted from 0, as everywhere. */
export function headName(layer: number, head: number): string {
  return `layer ${layer}, head ${head}`;
}
