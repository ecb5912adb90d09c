import type { Work } from "../../model/work.js";
import { nonNegativeLeastSquares } from "./leastSquares.js";

/** What each thing that a computation asks for takes on a machine, in seconds. */
export interface MachineCosts {
  /** Beginning the ops of one block: of its forward and backward pass and its updates. */
  op: number;
  /** A floating-point operation of a matrix product. */
  flop: number;
  /** Reading or writing a byte. */
  byte: number;
  /** Drawing a random number. */
  random: number;
}

/** The costs that explain measured times best: relative errors count alike, whether a step is short or long. */
export function fitCosts(measured: readonly { work: Work; seconds: number }[]): MachineCosts {
  const rows = measured.map(({ work, seconds }) => {
    return [work.ops, work.flops, work.bytes, work.randoms].map((amount) => amount / seconds);
  });
  const [op, flop, byte, random] = nonNegativeLeastSquares(
    rows,
    rows.map(() => 1),
  );
  return { op: op!, flop: flop!, byte: byte!, random: random! };
}

/** How long `work` takes, in seconds. */
export function secondsOf({ ops, flops, bytes, randoms }: Work, costs: MachineCosts): number {
  return ops * costs.op + flops * costs.flop + bytes * costs.byte + randoms * costs.random;
}
