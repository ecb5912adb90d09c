import { setTimeout as sleep } from "node:timers/promises";
import { BenchChild } from "./child.js";
import type { LoadAnswer, LoadRequest, RunAnswer, Task } from "./childProtocol.js";
import { type Contestant, commandOf } from "./contestants.js";

/** A contestant ready to take its turns. */
export interface Racer {
  contestant: Contestant;
  versions: Record<string, string>;
  /** What one turn measured, round by round. */
  turns: RunAnswer[];
  /** Of the steps before the first round. */
  warmUp: RunAnswer;
  child: BenchChild;
}

/** A contestant that did not finish, and why. */
export interface Failure {
  contestant: string;
  problem: string;
}

export interface RaceOptions {
  request: Omit<LoadRequest, "variant">;
  /** Turns of each contestant. */
  rounds: number;
  /** Most steps of a turn. */
  steps: number;
  pythonOf(contestant: Contestant): string | undefined;
  /** Hears what begins: a warm-up (round 0) or a turn. */
  onTurn(contestant: Contestant, round: number): void;
}

/** Seconds after which a turn, or a warm-up, is given no further step. */
const turnSeconds = 3;
const warmUpSeconds = 20;
const warmUpSteps = { train: 5, decode: 2, product: 5 }; // a text is many steps

/** Time for the threads of the last contestant to fall asleep. */
const pauseMilliseconds = 250;

/**
 * Lets contestants take turns, each in a process of its own that stays alive while the others work: only one computes
 * at a time. The order moves on by one each round. Who fails is out, and the others go on.
 */
export async function race(
  entrants: readonly Contestant[],
  options: RaceOptions,
): Promise<{ racers: Racer[]; failures: Failure[] }> {
  const failures: Failure[] = [];
  let racers: Racer[] = [];
  const children: BenchChild[] = [];
  const out = (contestant: Contestant, error: unknown) => {
    failures.push({ contestant: contestant.name, problem: (error as Error).message });
    racers = racers.filter((racer) => racer.contestant !== contestant);
  };
  try {
    for (const contestant of entrants) {
      options.onTurn(contestant, 0);
      const child = new BenchChild(commandOf(contestant, options.request.threads, options.pythonOf(contestant)));
      children.push(child);
      await getReady(contestant, child, options)
        .then((racer) => racers.push(racer))
        .catch((error) => out(contestant, error));
    }
    for (let round = 1; round <= options.rounds; round++) {
      for (const racer of rotated(racers, round - 1)) {
        options.onTurn(racer.contestant, round);
        await sleep(pauseMilliseconds);
        await takeTurn(racer, options).catch((error) => out(racer.contestant, error));
      }
    }
  } finally {
    await Promise.all(children.map((child) => child.close()));
  }
  return { racers, failures };
}

async function getReady(contestant: Contestant, child: BenchChild, { request }: RaceOptions): Promise<Racer> {
  const { versions } = await child.ask<LoadAnswer>({ ...request, variant: contestant.variant });
  const start = performance.now();
  let warmUp = await child.ask<RunAnswer>({ count: 1 });
  // Compilers work at the first step, and some again at the second.
  for (let step = 2; step <= warmUpSteps[request.task]; step++) {
    if (step > 2 && performance.now() - start > warmUpSeconds * 1000) break;
    warmUp = joined(request.task, warmUp, await child.ask<RunAnswer>({ count: 1 }));
  }
  return { contestant, versions, turns: [], warmUp, child };
}

/** Some steps, after one that brings data and code back into the caches; slow contestants do without that one. */
async function takeTurn({ child, turns, warmUp }: Racer, { request, steps: most }: RaceOptions): Promise<void> {
  const last = (turns.at(-1) ?? warmUp).milliseconds.at(-1)!;
  const steps = Math.max(1, Math.min(most, Math.floor((turnSeconds * 1000) / last)));
  const lead = last < 1000 ? await child.ask<RunAnswer>({ count: 1 }) : undefined;
  const turn = await child.ask<RunAnswer>({ count: steps });
  turns.push(lead ? { ...joined(request.task, lead, turn), milliseconds: turn.milliseconds } : turn);
}

/** Both in one: losses of training go on, a text replaces the one before. */
function joined(task: Task, a: RunAnswer, b: RunAnswer): RunAnswer {
  const values = task === "train" ? [...a.values, ...b.values] : b.values;
  return { ...b, milliseconds: [...a.milliseconds, ...b.milliseconds], values };
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const start = items.length > 0 ? by % items.length : 0;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Everything that a contestant computed, from its first step on. */
export const allValues = ({ warmUp, turns }: Racer): number[] => [warmUp, ...turns].flatMap(({ values }) => values);
