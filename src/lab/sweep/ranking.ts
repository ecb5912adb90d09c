import { mean } from "../../core/statistics.js";

/** The losses of the seeds that are at their end. */
type LossesOf<T> = (one: T) => readonly number[];

/** Those of `all` with the most losses. */
function ofMostSeeds<T>(all: readonly T[], lossesOf: LossesOf<T>): T[] {
  const most = Math.max(...all.map((one) => lossesOf(one).length));
  return all.filter((one) => lossesOf(one).length === most);
}

/** Those of `all` with losses, but of fewer seeds than others have. */
export function ofFewerSeeds<T>(all: readonly T[], lossesOf: LossesOf<T>): T[] {
  const compared = ofMostSeeds(all, lossesOf);
  return all.filter((one) => lossesOf(one).length > 0 && !compared.includes(one));
}

/** The first with the smallest mean loss; undefined where there is no loss. */
export function bestByMean<T>(all: readonly T[], lossesOf: LossesOf<T>): T | undefined {
  const known = all.filter((one) => lossesOf(one).length > 0);
  const means = known.map((one) => mean(lossesOf(one)));
  return known[means.indexOf(Math.min(...means))];
}

/** `bestByMean` of those with the most losses: a value that lost seeds would be chosen for the seeds that it kept. */
export function bestOfMostSeeds<T>(all: readonly T[], lossesOf: LossesOf<T>): T | undefined {
  return bestByMean(ofMostSeeds(all, lossesOf), lossesOf);
}

/** `all` in parts of the same name, in the order in which the names come. */
export function partsBy<T>(all: readonly T[], nameOf: (one: T) => string): T[][] {
  const parts = new Map<string, T[]>();
  for (const one of all) {
    const name = nameOf(one);
    const part = parts.get(name);
    if (part) part.push(one);
    else parts.set(name, [one]);
  }
  return [...parts.values()];
}
