import type { CurveAxis } from "../curves.js";

/**
 * Numbers on an axis: `5,000`, `0.0001`. The precision is said, as Vega would take it from the spacing of the ticks and
 * write `5e+3`.
 */
export const numberFormat = ",.6~r";

/** A vertical axis of losses: logarithmic, from a little below the least to a little above the greatest. */
export function logLosses(losses: readonly number[], title: string): object {
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  const room = (most / least) ** 0.04;
  const [low, high] = [least / room, most * room];
  return {
    title,
    scale: { type: "log", domain: [low, high], nice: false },
    axis: { values: ticks(low, high), format: numberFormat },
  };
}

/** A linear axis around `values`, with a little room. */
export function linear(values: readonly number[], title: string): object {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least) * 0.06 || Math.abs(most) * 0.01 || 1;
  const [low, high] = [least - room, most + room];
  return {
    title,
    scale: { domain: [low, high], nice: false, zero: false },
    axis: { values: ticks(low, high), format: numberFormat },
  };
}

/** Round numbers from `low` to `high`, evenly spaced, six at most. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}

/** 1, 2 and 5 times the powers of ten from `low` to `high`, or what suits a narrower or wider range. */
export function logTicks(low: number, high: number): number[] {
  const powers = Array.from({ length: 40 }, (_, i) => i - 10).map((power) => 10 ** power);
  const within = (multiples: number[]) =>
    powers.flatMap((p) => multiples.map((m) => Number((m * p).toPrecision(1)))).filter((v) => v >= low && v <= high);
  const all = [[1, 2, 5], [1, 2, 3, 4, 5, 6, 8], [1]].map(within);
  return all.find(({ length }) => length >= 3 && length <= 8) ?? ticks(low, high);
}

/** How far back a curve goes: the first hundredth of a run would take half of a logarithmic axis. */
export const firstShare = 0.01;

const titles: Record<CurveAxis, string> = {
  tokens: "tokens trained on",
  flops: "floating-point operations of training",
  seconds: "seconds of training",
};

/** A logarithmic horizontal axis. */
export function logAxis(title: string, values: readonly number[]): object {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [low, high] = least === most ? [least / 2, most * 2] : [least, most];
  const format = high < 1000 ? numberFormat : "~s";
  return {
    title,
    scale: { type: "log", domain: [low, high], nice: false },
    axis: { values: logTicks(low, high), format },
  };
}

export const axisTitle = (axis: CurveAxis): string => titles[axis];
