import { distance } from "fastest-levenshtein";

/** The one of `known` that takes the fewest changes to come from `name`. */
export function nearest(name: string, known: readonly string[]): string {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b))[0]!;
}
