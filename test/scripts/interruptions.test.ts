import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";
import { readMetrics } from "../../src/runs/metrics.js";
import { present } from "../support/backends.js";
import { slow } from "../support/slow.js";
import { heed, program, startHeed, tsx, workFolder } from "./heed.js";

const folder = workFolder();
const shape = "--layers 1 --dim 16 --heads 2 --context 16 --batch 4 --dropout 0.1 --eval-every 20 --eval-batches 2";
const train = `train --data data/tales/heldout.txt ${shape} --save-every 20`.split(" ");

beforeAll(() => writeFileSync(join(folder, "other.txt"), "abcd ".repeat(200)));
afterAll(() => rmSync(folder, { recursive: true }));

/** Waits until a run has saved a checkpoint. */
async function saved(run: string): Promise<void> {
  while (!existsSync(join(folder, run, "latest"))) await sleep(20);
}

function figures(run: string): object[] {
  return readMetrics(join(folder, run)).map(({ tokensPerSecond, elapsed, ...figures }) => figures);
}

function weights(run: string, step: number): Buffer {
  return readFileSync(join(folder, run, `checkpoint-${step}`, "model.safetensors"));
}

const quick = present.filter((name) => name !== "cpu");

describe.each(slow ? quick : quick.slice(-1))("on %s", (backend) => {
  const steps = backend === "native" ? 240 : 120;
  const flags = ["--steps", String(steps), "--backend", backend];
  const run = (name: string) => `${name}-${backend}`;

  it("a run that was killed and resumed has the losses and weights of one that never stopped", async () => {
    const straight = heed([...train, ...flags, "--out", run("straight")], folder);
    const { child, done } = startHeed([...train, ...flags, "--out", run("killed")], folder);
    await saved(run("killed"));
    child.kill("SIGKILL");
    expect((await done).code).toBe(null);
    expect((await straight).code).toBe(0);
    const resumed = await heed(["train", "--resume", "--out", run("killed")], folder);
    expect(resumed.stderr).toMatch(/steps of 4 sequences, from step \d+/);
    expect(resumed.code).toBe(0);
    expect(figures(run("killed"))).toEqual(figures(run("straight")));
    expect(weights(run("killed"), steps).equals(weights(run("straight"), steps))).toBe(true);
  });

  it.runIf(backend === "native")(
    "Ctrl-C saves the step under way and exits with 130; the run goes on from there",
    async () => {
      const { child, done } = startHeed([...train, ...flags, "--out", run("stopped")], folder);
      await saved(run("stopped"));
      child.kill("SIGINT");
      const { code, stderr } = await done;
      expect(code).toBe(130);
      const step = Number(/heed: stopped after step (\d+), which is saved/.exec(stderr)?.[1]);
      expect(existsSync(join(folder, run("stopped"), `checkpoint-${step}`))).toBe(true);
      expect((await heed(["train", "--resume", "--out", run("stopped")], folder)).code).toBe(0);
      expect(weights(run("stopped"), steps).equals(weights(run("straight"), steps))).toBe(true);
    },
  );
});

/** A run that saves nothing until it is stopped. */
const endless = `train --data other.txt ${shape} --eval-every 0 --save-every 0 --steps 1000000 --backend cpu`;
const endlessIn = (run: string) => [...endless.split(" "), "--out", run];

/** Waits for the first words that a process says on stderr which match. */
function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = "";
  return new Promise((resolve) => {
    child.stderr!.on("data", (piece) => {
      text += piece;
      if (pattern.test(text)) resolve();
    });
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

const isSaved = (run: string) => existsSync(join(folder, run, "latest")) && !existsSync(join(folder, run, "lock"));

it.concurrent.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s that comes twice is one request: the step is saved, the exit code is %d", async (signal, expected) => {
  const { child, done } = startHeed(endlessIn(signal), folder);
  await said(child, /step 1\//);
  child.kill(signal);
  await said(child, /stopping/);
  child.kill(signal);
  const { code, stderr } = await done;
  expect(stderr).toMatch(/heed: stopped after step \d+, which is saved \(the same with --resume goes on\)\n$/);
  expect(code).toBe(expected);
  expect(isSaved(signal)).toBe(true);
});

it.concurrent("a sweep that hangs up, and the worker of one that was killed, save the trials under way", async () => {
  const grid = [...endless.replace("train", "sweep").split(" "), "--grid", "heads=2", "--workers", "1", "--out"];
  const sweep = startHeed([...grid, "hung"], folder);
  const killed = startHeed([...grid, "left"], folder);
  const isTraining = (name: string) => existsSync(join(folder, name, "trials", "heads=2,seed=1337", "lock"));
  await until(() => isTraining("hung") && isTraining("left"));
  killed.child.kill("SIGKILL");
  sweep.child.kill("SIGHUP");
  expect((await sweep.done).stderr).toContain("heed: stopped: 0 of 1 trials have ended, the others are saved");
  expect((await sweep.done).code).toBe(129);
  expect(isSaved("hung/trials/heads=2,seed=1337")).toBe(true);
  await until(() => isSaved("left/trials/heads=2,seed=1337"));
});

it.concurrent("a run whose npm is killed saves and ends", async () => {
  // npm's own chain: npm, its shell, this program.
  const npm = `require("child_process").spawn("sh", ["-c", '"$0" "$@"; exit', ...process.argv.slice(1)], { stdio: "inherit" })`;
  const child = spawn(process.execPath, ["-e", npm, "--", process.execPath, program, ...endlessIn("orphan")], {
    cwd: folder,
    env: { ...process.env, npm_lifecycle_event: "train" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await said(child, /step 1\//);
  child.kill("SIGKILL");
  await until(() => isSaved("orphan"));
});

it("a second Ctrl-C, after a moment, ends the process at once, in the middle of a computation", async () => {
  const interrupt = JSON.stringify(join(packageRoot, "scripts", "support", "interrupt.ts"));
  const busy = `import { stopOnInterrupt } from ${interrupt};
    stopOnInterrupt().signal.addEventListener("abort", () => { for (;;); });
    setInterval(() => console.log("ready"), 10);`;
  const child = spawn(process.execPath, ["--import", tsx, "--input-type=module", "--eval", busy]);
  const ended = new Promise((resolve) => child.on("close", (_code, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGINT");
  const again = setInterval(() => child.kill("SIGINT"), 100);
  expect(await ended).toBe("SIGINT");
  clearInterval(again);
});

it("a run folder that another process trains in is refused", async () => {
  const { child, done } = startHeed([...train, "--steps", "100000", "--backend", "cpu", "--out", "busy"], folder);
  await saved("busy");
  const { code, stderr } = await heed(["train", "--resume", "--out", "busy"], folder);
  child.kill("SIGKILL");
  await done;
  expect(stderr).toMatch(
    /^heed: busy must not be in use: process \d+ uses it \(wait until it ends, or choose another folder\)\n$/,
  );
  expect(code).toBe(2);
});

it("a text that changed since the run began is refused", async () => {
  const flags = `${shape} --steps 20 --backend cpu`.split(" ");
  expect((await heed(["train", "--data", "other.txt", ...flags, "--out", "changed"], folder)).code).toBe(0);
  writeFileSync(join(folder, "other.txt"), "abcd dcba ".repeat(200));
  const { code, stderr } = await heed(["train", "--resume", "--steps", "40", "--out", "changed"], folder);
  expect(stderr).toContain(
    "heed: other.txt must be the text that the run began with: its hash is another (put it back, or start a new run)\n",
  );
  expect(code).toBe(2);
});
