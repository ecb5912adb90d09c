import jstat from "jstat";
import { mean, variance } from "./statistics.js";

/** One number a seed, for instance the final loss of its run. */
export type BySeed = ReadonlyMap<number, number>;

export interface Summary {
  count: number;
  mean: number;
  /** Of the values, with `count - 1`; undefined for one value. */
  standardDeviation?: number;
  /** Of the 95% t-interval of the mean, `mean ± halfWidth`; undefined for one value. */
  halfWidth?: number;
}

/** The difference `a - b` of two means. */
export interface Difference {
  mean: number;
  /** Standard error of `mean`. */
  error: number;
  /** Degrees of freedom of its t distribution. */
  df: number;
  /** `seed`: from the differences of runs of the same seed. `welch`: from two separate samples. */
  pairing: "seed" | "welch";
  /** Seeds in each of the two; for `welch` the smaller count. */
  seeds: number;
}

/**
 * `clear`: larger than noise, also when all comparisons of its family are held against it. `likely`: larger than noise
 * by itself, but among that many comparisons one such may be luck. `noise`: 0 lies inside the interval.
 */
export type Verdict = "clear" | "likely" | "noise";

/** A difference with its 95% t-interval, `mean ± halfWidth`, and what that says. */
export interface Judged extends Difference {
  halfWidth: number;
  verdict: Verdict;
}

/** The share of intervals, or of families of them, that may miss. */
const risk = 0.05;

/** Mean, spread and `t(0.975, n - 1) · s / √n` of `values`, which are not empty. */
export function summarize(values: readonly number[]): Summary {
  const count = values.length;
  if (count === 1) return { count, mean: values[0]! };
  const standardDeviation = Math.sqrt(variance(values));
  const halfWidth = (tQuantile(risk, count - 1) * standardDeviation) / Math.sqrt(count);
  return { count, mean: mean(values), standardDeviation, halfWidth };
}

/**
 * `a - b`: by the seeds that both have, as one seed draws the same batches for both; where they share fewer than two,
 * as separate samples with Welch's degrees of freedom. Undefined where there are fewer than two seeds to go by.
 */
export function difference(a: BySeed, b: BySeed): Difference | undefined {
  const shared = [...a.keys()].filter((seed) => b.has(seed));
  if (shared.length >= 2) {
    const each = shared.map((seed) => a.get(seed)! - b.get(seed)!);
    const error = Math.sqrt(variance(each) / each.length);
    return { mean: mean(each), error, df: each.length - 1, pairing: "seed", seeds: each.length };
  }
  if (a.size < 2 || b.size < 2) return undefined;
  const [x, y] = [[...a.values()], [...b.values()]];
  const [u, v] = [variance(x) / x.length, variance(y) / y.length];
  const df = u + v === 0 ? x.length + y.length - 2 : (u + v) ** 2 / (u ** 2 / (x.length - 1) + v ** 2 / (y.length - 1));
  const seeds = Math.min(x.length, y.length);
  return { mean: mean(x) - mean(y), error: Math.sqrt(u + v), df, pairing: "welch", seeds };
}

/** Two-sided p of "there is no difference". */
export function pValue({ mean, error, df }: Difference): number {
  if (error === 0) return mean === 0 ? 1 : 0;
  return 2 * jstat.studentt.cdf(-Math.abs(mean / error), df);
}

/**
 * Judges a family of differences. `clear` ones are those that Holm's method keeps, so that the chance to call any of
 * them clear by mere luck is 5% at most: the smallest p of `m` must be at most 5% / m, the next 5% / (m - 1), and so on;
 * the first that is not, and all after it, are not clear.
 *
 * @see Holm 1979, A simple sequentially rejective multiple test procedure
 */
export function judge(family: readonly Difference[]): Judged[] {
  const p = family.map(pValue);
  const order = family.map((_, i) => i).sort((i, j) => p[i]! - p[j]!);
  const fails = order.findIndex((index, rank) => p[index]! > risk / (family.length - rank));
  const clear = new Set(fails < 0 ? order : order.slice(0, fails));
  return family.map((each, i) => ({
    ...each,
    halfWidth: tQuantile(risk, each.df) * each.error,
    verdict: clear.has(i) ? "clear" : p[i]! <= risk ? "likely" : "noise",
  }));
}

/** How many standard errors to each side leave out the share `level` of the t distribution. */
function tQuantile(level: number, df: number): number {
  return jstat.studentt.inv(1 - level / 2, df);
}
