import type { Machine } from "../../core/machine.js";
import { largestDifference, median, type Spread, speedRatio, spread } from "../../core/statistics.js";
import { newTokens } from "./inputs.js";
import { allValues, type Failure, type Racer } from "./race.js";
import { type BenchShape, stepFlops } from "./shapes.js";

/** One contestant's line of a table. */
export interface ContestantRow {
  contestant: string;
  precision: "float32" | "bfloat16";
  /** Milliseconds a training step, or a written token: the median, and quartiles, of the rounds' medians. */
  milliseconds: Spread;
  tokensPerSecond: number;
  /** How many times as fast as the fastest peer of the same precision, round by round; none where there is no peer. */
  ratio?: Spread & { to: string };
  /** Of the machine's best rate of float32 matrix products; `train` only. */
  shareOfBest?: number;
  peakBytes: number;
  /** What the process held after each round. */
  memoryBytes: number[];
  /** Processor time over time: how many cores were at work. */
  cores: number;
  /** `train`: the loss of every step, from the first on. `decode`: the ids of the text. */
  values: number[];
  /** Milliseconds of every measured step (or text), round by round. */
  rounds: number[][];
}

export interface TableResult {
  task: "train" | "decode";
  shape: BenchShape;
  rows: ContestantRow[];
  failures: Failure[];
  /** Where contestants that should do the same work differ. */
  warnings: string[];
}

/** The best rate at which a library multiplied two square float32 matrices. */
export interface Rate {
  contestant: string;
  gigaflops: number;
}

export interface BenchResult {
  started: string;
  machine: Machine;
  threads: number;
  versions: Record<string, string>;
  productSize: number;
  rates: Rate[];
  leftOut: Failure[];
  tables: TableResult[];
}

/** The table of one race. `bestRate` is in floating-point operations a second. */
export function tableOf(
  task: "train" | "decode",
  { shape, bestRate }: { shape: BenchShape; bestRate: number | undefined },
  { racers, failures }: { racers: readonly Racer[]; failures: Failure[] },
): TableResult {
  const units = task === "train" ? 1 : newTokens; // what a time is divided by
  const tokens = task === "train" ? shape.batchSize * shape.model.contextLength : newTokens;
  const rows = racers.map((racer): ContestantRow => {
    const rounds = timesOf(racer);
    const milliseconds = spread(roundMedians(racer).map((time) => time / units));
    const seconds = (milliseconds.median * units) / 1000;
    const peer = fastestPeer(racers, racer);
    const cpu = racer.turns.reduce((sum, turn) => sum + turn.cpuMilliseconds, 0);
    return {
      contestant: racer.contestant.name,
      precision: racer.contestant.precision,
      milliseconds,
      tokensPerSecond: tokens / seconds,
      ratio: peer && { ...speedRatio(rounds, timesOf(peer)), to: peer.contestant.name },
      shareOfBest: task === "train" && bestRate ? stepFlops(shape) / seconds / bestRate : undefined,
      peakBytes: racer.turns.at(-1)!.peakBytes,
      memoryBytes: racer.turns.map(({ memoryBytes }) => memoryBytes),
      cores: cpu / rounds.flat().reduce((sum, time) => sum + time, 0),
      values: task === "train" ? allValues(racer) : racer.turns.at(-1)!.values,
      rounds,
    };
  });
  return { task, shape, rows, failures, warnings: task === "train" ? lossWarnings(rows) : textWarnings(rows) };
}

const timesOf = ({ turns }: Racer): number[][] => turns.map(({ milliseconds }) => milliseconds);

const roundMedians = (racer: Racer): number[] => timesOf(racer).map(median);

function fastestPeer(racers: readonly Racer[], { contestant: { precision } }: Racer): Racer | undefined {
  const peers = racers.filter(({ contestant: c }) => c.library !== "heed" && c.precision === precision);
  return peers.sort((a, b) => median(roundMedians(a)) - median(roundMedians(b)))[0];
}

/** Steps whose losses are compared: rounding differs from library to library, and grows from step to step. */
const comparedSteps = 5;
const tolerance = { float32: 1e-3, bfloat16: 3e-2 };

/** All start from the same weights and batches, so the first losses must agree, and every loss must fall. */
function lossWarnings(rows: readonly ContestantRow[]): string[] {
  const reference = rows.find(({ precision }) => precision === "float32");
  return rows.flatMap((row) => {
    const { contestant, precision, values } = row;
    const warnings: string[] = [];
    if (reference) {
      const difference = largestDifference(values, reference.values, comparedSteps);
      if (!(difference <= tolerance[precision])) {
        const percent = `${(100 * difference).toFixed(2)}%`;
        warnings.push(`${contestant}'s first losses differ from those of ${reference.contestant} by up to ${percent}`);
      }
    }
    if (!(values.at(-1)! < values[0]!)) {
      warnings.push(
        `${contestant}'s loss does not fall: ${values[0]!.toFixed(4)}, at the end ${values.at(-1)!.toFixed(4)}`,
      );
    }
    return warnings;
  });
}

/** All take the likeliest token of the same model, so all write the same text. */
function textWarnings(rows: readonly ContestantRow[]): string[] {
  const [reference, ...others] = rows;
  return others.flatMap(({ contestant, values }) => {
    const place = values.findIndex((id, i) => id !== reference!.values[i]);
    if (place < 0 && values.length === reference!.values.length) return [];
    const from = place < 0 ? values.length : place;
    return [`${contestant} writes another text than ${reference!.contestant} from token ${from + 1} on`];
  });
}
