import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { requireInteger, show } from "../../core/checks.js";
import { BackendError, ConfigError } from "../../core/errors.js";
import { makeFolder, onFile } from "../../core/files.js";
import { type Machine, readMachine } from "../../core/machine.js";
import { type BenchResult, type Rate, tableOf } from "./benchResults.js";
import type { Task } from "./childProtocol.js";
import { type Contestant, contestants, contestantsOf, scalingNames } from "./contestants.js";
import { writeInputs } from "./inputs.js";
import { findPeers, missingPeer, type PythonWithPeers, pythonFor } from "./pythons.js";
import { type Failure, type RaceOptions, type Racer, race } from "./race.js";
import { type BenchShape, decodeShape, scalingShapes, sizes, sizesOf, stepFlops } from "./shapes.js";

export interface BenchOptions {
  /** Training tables, such as "S,M". @default "S,M", or none if another table is asked for */
  size?: string;
  /** Whether to make the scaling table. @default false */
  scaling?: boolean;
  /** Whether to make the decoding table. @default false */
  decode?: boolean;
  /** Who takes part, such as "heed-native,torch". @default everyone, and in the scaling table the fast ones */
  only?: string;
  /** Turns of each contestant. @default 7 */
  rounds?: number;
  /** Most steps of a turn. @default 10 */
  steps?: number;
  /** Threads that each contestant may use. @default all cores */
  threads?: number;
  /** Pythons to look for peers in. @default that of `heed bench --setup`, and the one on the path */
  python?: string[];
  /** JSON file to write. @default models/bench-<time>.json */
  out?: string;
  /** Whether `out` may replace a file. @default false */
  overwrite?: boolean;
}

/** What a bench works on, besides its options; tests make it small. */
export interface BenchWork {
  trained: readonly BenchShape[];
  decoded: readonly BenchShape[];
  productSize: number;
}

export interface BenchListeners {
  onNote?(line: string): void;
  /** What begins, and how much of all is done, from 0 to 1. */
  onProgress?(what: string, done: number): void;
}

/**
 * Trains (and decodes) with heed and with its peers, side by side, and writes what it measured to a JSON file.
 *
 * @throws ConfigError if an option breaks its rule.
 * @throws BackendError if nobody is there to take part.
 */
export async function bench(
  options: BenchOptions = {},
  listeners: BenchListeners = {},
  work: BenchWork = workOf(options),
): Promise<{ result: BenchResult; out: string }> {
  const rounds = requireInteger("rounds", options.rounds ?? 7, 1, 100_000);
  const steps = requireInteger("steps", options.steps ?? 10, 1, 1_000_000);
  const threads = requireInteger("threads", options.threads ?? availableParallelism(), 1, 1024);
  const wanted = options.only === undefined ? contestants : contestantsOf(options.only);
  const machine = readMachine();
  const started = new Date().toISOString();
  const out = options.out ?? join("models", `bench-${started.replaceAll(":", "-").slice(0, 19)}.json`);
  if (existsSync(out) && !options.overwrite) {
    throw new ConfigError(`out must be a new file: got ${show(out)}, which exists (add --overwrite to replace it)`);
  }
  const pythons = wanted.some(({ library }) => library !== "heed") ? await findPeers(options.python) : [];
  const { present, leftOut } = whoIsThere(wanted, pythons);
  const folder = mkdtempSync(join(tmpdir(), "heed-bench-"));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", clean);
  try {
    if (machine.loadBefore > machine.cores / 4) listeners.onNote?.(busy(machine));
    for (const { contestant, problem } of leftOut) listeners.onNote?.(`${contestant} is left out: ${problem}`);
    const heats = heatsOf(present, { work, isChosen: options.only !== undefined });
    const run = new Run({ rounds, steps, threads, productSize: work.productSize, pythons, folder }, listeners, heats);
    const result: BenchResult = { started, machine, threads, leftOut, ...(await run.all()) };
    makeFolder(dirname(out));
    onFile(out, () => writeFileSync(out, `${JSON.stringify(result, null, 1)}\n`));
    return { result, out };
  } finally {
    process.off("exit", clean);
    clean();
  }
}

/** What the options ask for. */
export function workOf({ size, scaling = false, decode = false }: BenchOptions): BenchWork {
  const chosen = size === undefined ? (scaling || decode ? [] : Object.values(sizes)) : sizesOf(size);
  return {
    trained: [...chosen, ...(scaling ? scalingShapes : [])],
    decoded: decode ? [decodeShape] : [],
    productSize: 2048,
  };
}

const busy = ({ loadBefore, cores }: Machine): string =>
  `others use this machine (load ${loadBefore.toFixed(1)} on ${cores} cores): times and ratios will be off, PyTorch's most, whose threads spin`;

function whoIsThere(wanted: readonly Contestant[], pythons: readonly PythonWithPeers[]) {
  const leftOut: Failure[] = [];
  const present = wanted.filter(({ name, library }) => {
    if (library === "heed" || pythonFor(library, pythons)) return true;
    leftOut.push({ contestant: name, problem: missingPeer(library, pythons) });
    return false;
  });
  if (present.length > 0) return { present, leftOut };
  const reasons = leftOut.map(({ contestant, problem }) => `${contestant}: ${problem}`);
  throw new BackendError(`nobody is there to take part: ${reasons.join("; ")}`);
}

/** One race: a task, what it is done on, and by whom. */
interface Heat {
  task: Task;
  shape: BenchShape;
  entrants: readonly Contestant[];
}

/** The races in order: matrix products first, then training, then decoding. */
function heatsOf(present: readonly Contestant[], { work, isChosen }: { work: BenchWork; isChosen: boolean }): Heat[] {
  const able = (task: Task) => present.filter(({ tasks }) => tasks.includes(task));
  const fast = able("train").filter(({ name }) => isChosen || (scalingNames as readonly string[]).includes(name));
  const training = work.trained.map((shape): Heat => {
    const invited = scalingShapes.includes(shape) ? fast : able("train");
    const entrants = invited.filter(({ mostFlops = Number.POSITIVE_INFINITY }) => stepFlops(shape) <= mostFlops);
    return { task: "train", shape, entrants };
  });
  const decoding = work.decoded.map((shape): Heat => ({ task: "decode", shape, entrants: able("decode") }));
  const products = training
    .map(({ shape }): Heat => ({ task: "product", shape, entrants: able("product") }))
    .slice(0, 1);
  return [...products, ...training, ...decoding].filter(({ entrants }) => entrants.length > 0);
}

interface RunSettings {
  rounds: number;
  steps: number;
  threads: number;
  productSize: number;
  pythons: readonly PythonWithPeers[];
  folder: string;
}

/** Multiplications of two matrices in a turn. */
const productsATurn = 5;

/** Runs the races of one bench. */
class Run {
  private readonly versions: Record<string, string> = {};
  private readonly turns: number;
  private turn = 0;

  constructor(
    private readonly settings: RunSettings,
    private readonly listeners: BenchListeners,
    private readonly heats: readonly Heat[],
  ) {
    this.turns = heats.reduce((sum, { entrants }) => sum + entrants.length * (settings.rounds + 1), 0);
  }

  async all(): Promise<Pick<BenchResult, "versions" | "productSize" | "rates" | "tables">> {
    const rates: Rate[] = [];
    const tables: BenchResult["tables"] = [];
    for (const heat of this.heats) {
      const raced = await this.race(heat);
      if (heat.task === "product") rates.push(...raced.racers.map((racer) => this.rateOf(racer)));
      else {
        const bestRate = rates.length > 0 ? 1e9 * Math.max(...rates.map(({ gigaflops }) => gigaflops)) : undefined;
        tables.push(tableOf(heat.task, { shape: heat.shape, bestRate }, raced));
      }
    }
    return { versions: this.versions, productSize: this.settings.productSize, rates, tables };
  }

  private async race({ task, shape, entrants }: Heat): Promise<{ racers: Racer[]; failures: Failure[] }> {
    const { folder, threads, productSize, rounds, pythons } = this.settings;
    if (task !== "product") writeInputs(folder, shape);
    const steps = task === "product" ? productsATurn : this.settings.steps;
    const name = task === "product" ? `products of ${productSize} x ${productSize}` : shape.name;
    const options: RaceOptions = {
      request: { task, folder, threads, productSize },
      rounds,
      steps,
      pythonOf: ({ library }) => (library === "heed" ? undefined : pythonFor(library, pythons)),
      onTurn: (contestant, round) => {
        const what = round === 0 ? "warm-up" : `round ${round} of ${rounds}`;
        this.listeners.onProgress?.(`${name}: ${what}, ${contestant.name}`, this.turn++ / this.turns);
      },
    };
    const raced = await race(entrants, options);
    for (const { contestant, problem } of raced.failures) {
      this.listeners.onNote?.(`${contestant} drops out of ${name}: ${problem}`);
    }
    for (const { versions } of raced.racers) Object.assign(this.versions, versions);
    return raced;
  }

  private rateOf({ contestant, turns }: Racer): Rate {
    const best = Math.min(...turns.flatMap(({ milliseconds }) => milliseconds));
    return { contestant: contestant.name, gigaflops: (2 * this.settings.productSize ** 3) / best / 1e6 };
  }
}
