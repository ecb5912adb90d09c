import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockFolder } from "../../src/core/folderLock.js";
import { Random } from "../../src/core/random.js";
import { readResults } from "../../src/lab/sweep/trialResults.js";
import { readMetrics } from "../../src/runs/metrics.js";
import { present } from "../support/backends.js";
import { slow } from "../support/slow.js";
import { heed, startHeed, workFolder } from "./heed.js";
import { words } from "./readme.js";

const folder = workFolder();
const shape = "--layers 1 --dim 12 --context 16 --batch 2 --dropout 0.1 --clip 0 --eval-batches 2";

/** Some that work, one whose learning rate is much too high, one whose heads don't divide the width. */
const wild = { heads: 2, lr: 1000, warmup: 0 };
const list = [...(slow ? [{ heads: 1 }, { heads: 3 }] : []), { heads: 2 }, wild, { heads: 5 }];

beforeAll(() => writeFileSync(join(folder, "plan.json"), JSON.stringify({ list })));
afterAll(() => rmSync(folder, { recursive: true }));

function sweep(backend: string, steps: number, out: string): string[] {
  const often = slow ? "--eval-every 200 --save-every 100" : "--eval-every 20 --save-every 10";
  const flags = `--data data/tales/heldout.txt ${shape} ${often} --steps ${steps} --backend ${backend} --out ${out}`;
  return ["sweep", "--plan", "plan.json", ...flags.split(" ")];
}

const reason = "numHeads must divide hiddenDim 12: got 5 (try 2, 3, 4 or 6, or hiddenDim 10 or 15)";
const problem =
  "(training loss|gradient norm) must be a finite number: got (NaN|Infinity) at step \\d+, learning rate \\d+(\\.\\d+)? \\(try a smaller --lr or a longer --warmup\\)";

const text = (out: string): string => readFileSync(join(folder, out, "results.jsonl"), "utf8");

/** What starts a sweep, or goes on with it; the last of `args` is its folder. */
function resumed(args: string[]): string[] {
  return existsSync(join(folder, args.at(-1)!, "sweep.json")) ? [...args, "--resume"] : args;
}

/** Starts a sweep, or goes on with it, and sends it `signal` at a random moment; in the short form in a trial's midst. */
async function interrupted(args: string[], signal: NodeJS.Signals, random: Random) {
  const { child, done } = startHeed(resumed(args), folder);
  // Before it has begun, a sweep that is interrupted has nothing to save.
  const begins = new Promise((begun) =>
    child.stderr!.on("data", (line) => String(line).includes("begins") && begun(0)),
  );
  if (slow && signal === "SIGINT") await begins;
  const saved = join(folder, args.at(-1)!, "trials", "heads=2,seed=1337", "latest");
  while (!slow && !existsSync(saved)) await sleep(20);
  await sleep((!slow ? 300 : signal === "SIGKILL" ? 5000 : 2000) * random.uniform01());
  child.kill(signal);
  return done;
}

/** Waits until no process trains in `out`; fails if one trains on. */
async function workersGone(out: string): Promise<void> {
  const trials = join(folder, out, "trials");
  const runs = () => (existsSync(trials) ? readdirSync(trials) : []);
  const steps = () => runs().map((run) => readMetrics(join(trials, run)).length);
  for (const run of runs()) {
    const free = () => {
      lockFolder(join(trials, run)).release();
      return true;
    };
    await expect.poll(free, { timeout: 10_000 }).toBe(true);
  }
  // A worker that was only starting notices a moment later; one that trained on would write line after line.
  const isStill = async () => {
    const before = String(steps());
    await sleep(1000);
    return String(steps()) === before;
  };
  await expect.poll(isStill, { timeout: 15_000 }).toBe(true);
}

function figures(run: string): object[] {
  return readMetrics(join(folder, run)).map(({ tokensPerSecond, elapsed, ...figures }) => figures);
}

const signals: NodeJS.Signals[] = slow
  ? ["SIGKILL", "SIGINT", "SIGKILL", "SIGKILL", "SIGKILL", "SIGKILL"]
  : ["SIGKILL"];

describe.each(slow ? present.filter((name) => name !== "cpu") : ["cpu" as const])("on %s", (backend) => {
  const steps = !slow ? 400 : { cpu: 3000, wasm: 6000, native: 25_000 }[backend];
  const [straight, killed] = [`straight-${backend}`, `killed-${backend}`];

  it(
    "a sweep killed at random moments and resumed leaves the results of one that never stopped",
    async () => {
      const random = new Random(slow ? Date.now() % 1e6 : 5, "kills");
      const whole = heed(sweep(backend, steps, straight), folder);
      for (const signal of signals) {
        const { code, stderr } = await interrupted(sweep(backend, steps, killed), signal, random);
        expect(code).toBe(signal === "SIGKILL" ? null : 130);
        if (signal === "SIGKILL") await workersGone(killed);
        else
          expect(stderr).toMatch(
            /\nheed: stopped: [0-3] of 4 trials have ended, the others are saved as far as they are \(the same with --resume goes on\)\n$/,
          );
      }
      const { code, stdout } = await heed([...resumed(sweep(backend, steps, killed)), "--json"], folder);
      expect(text(killed)).toBe(text(straight));
      const results = readResults(join(folder, killed));
      expect(JSON.parse(stdout)).toMatchObject({ out: killed, results, skipped: [{ settings: { heads: 5 }, reason }] });
      for (const { run } of results) expect(figures(join(killed, run))).toEqual(figures(join(straight, run)));
      expect([code, (await whole).code]).toEqual([1, 1]); // one trial failed
      expect((await whole).stdout).toMatch(
        new RegExp(`\\nfailed: trials/heads=2,lr=1000,warmup=0,seed=1337: ${problem}\\nleft out: heads=5: `),
      );
      expect((await whole).stdout).toContain(`\nleft out: heads=5: ${reason}\n`);
      expect((await whole).stderr).toContain(`\nleft out    heads=5: ${reason}\n`);
    },
    slow ? 600_000 : 180_000,
  );

  it("its results are those of its runs, and the trial that failed says why", () => {
    const [failed, ...others] = readResults(join(folder, straight)).toReversed();
    expect(failed).toMatchObject({ settings: wild, status: "failed" });
    expect(failed!.error).toMatch(new RegExp(`^${problem}$`));
    expect(others.length).toBe(list.length - 2);
    for (const result of others) {
      const lines = figures(join(straight, result.run)) as { valLoss?: number; trainLoss: number }[];
      const losses = lines.flatMap(({ valLoss }) => valLoss ?? []);
      expect(result).toMatchObject({ status: "done", steps, tokens: 32 * steps, finalValLoss: losses.at(-1) });
      expect(result).toMatchObject({ bestValLoss: Math.min(...losses), finalTrainLoss: lines.at(-1)!.trainLoss });
    }
  });

  it.runIf(slow)("resumed at its end, it tries again what failed, and nothing else", async () => {
    const before = text(straight);
    const { code, stderr } = await heed(["sweep", "--resume", "--out", straight], folder);
    expect(code).toBe(1);
    expect(stderr).toContain("trials      4, 3 of them at their end; 2 at a time, each on 1 thread\n");
    expect(stderr.match(/.* begins/g)).toEqual(["4/4 heads=2,lr=1000,warmup=0,seed=1337 begins"]);
    expect(text(straight)).toBe(before);
  });

  it.runIf(slow)("the command of a result repeats its trial", async () => {
    const { command, run } = readResults(join(folder, straight))[0]!;
    const [, , ...args] = words(command!); // after npx heed
    expect((await heed(args, folder)).code).toBe(0);
    expect(figures(run.replace(/^trials/, "models"))).toEqual(figures(join(straight, run)));
    rmSync(join(folder, "models"), { recursive: true });
  });
});

describe.runIf(slow)("on one worker", () => {
  const backend = present.at(-1)!;
  const common = `--data data/tales/heldout.txt ${shape} --eval-every 200 --save-every 500 --backend ${backend} --workers 1`;

  it("a worker that is killed fails its trial alone", async () => {
    const args = ["sweep", ...common.split(" "), "--grid", "heads=1,2", "--steps", "3000", "--out", "crashed"];
    const { child, done } = startHeed(args, folder);
    const lock = join(folder, "crashed", "trials", "heads=1,seed=1337", "lock");
    await expect.poll(() => existsSync(lock), { timeout: 20_000 }).toBe(true);
    process.kill(JSON.parse(readFileSync(lock, "utf8")).pid, "SIGKILL");
    const { code, stderr } = await done;
    expect(child.signalCode).toBe(null);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "1/2 heads=1,seed=1337: failed: its process was killed (if memory ran out, use fewer --workers)\n",
    );
    expect(readResults(join(folder, "crashed")).map(({ status }) => status)).toEqual(["failed", "done"]);
    expect((await heed(["sweep", "--resume", "--out", "crashed"], folder)).code).toBe(0);
    expect(readResults(join(folder, "crashed")).map(({ status }) => status)).toEqual(["done", "done"]);
  }, 120_000);
});
