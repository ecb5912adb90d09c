import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { heed, program, workFolder } from "./heed.js";

const folder = workFolder();
const tiny = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --steps 4 --eval-batches 1 --backend cpu";
let trained: string;

beforeAll(async () => {
  writeFileSync(join(folder, "text.txt"), "The cat sat on the mat, and the dog sat on the log.\n".repeat(40));
  const { stdout, stderr } = await heed(`train text.txt --out run ${tiny} --json --quiet`.split(" "), folder);
  expect(stderr).toBe("");
  trained = stdout;
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (...words: string[]) => heed(["generate", "run", ...words, "--backend", "cpu"], folder);

it("train --json has the time, the speed and the best loss", () => {
  const result = JSON.parse(trained);
  expect(result).toMatchObject({ out: "run", state: { step: 4, tokens: 64 }, seconds: result.state.elapsed });
  expect(result.tokensPerSecond).toBeCloseTo(64 / result.seconds);
  expect(result.best).toEqual(result.state.best);
  expect(result.best.valLoss).toBeGreaterThan(0);
});

it("generate --json has the answers with their tokens, why they ended and how long they took", async () => {
  const { stdout } = await write("the", "--json", "--num-samples", "2", "--max-new-tokens", "5", "--seed", "7");
  const { answers, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ checkpoint: "run/checkpoint-4", backend: "cpu", prompt: "the", seed: 7 });
  expect(answers).toHaveLength(2);
  for (const answer of answers) {
    expect(answer).toMatchObject({ finishReason: "length", promptTokens: 3, newTokens: 5 });
    expect(answer.ids).toHaveLength(5);
    expect(answer.text).toHaveLength(5);
    expect(answer.tokensPerSecond).toBeCloseTo(5 / answer.seconds);
  }
});

it("a pipe gets the text exactly, with escapes of the prompt read and a stop text of a line break", async () => {
  const quiet = await write("a\\nc", "--max-new-tokens", "60", "--quiet", "--seed", "1");
  expect(quiet.stdout).toMatch(/^a\nc.{60}\n$/s);
  expect(quiet.stderr).toBe("");
  const stopped = await write("a\\nc", "--max-new-tokens", "60", "--stop", "\\n", "--seed", "1");
  expect(stopped.stdout).toBe(`a\nc${quiet.stdout.slice(3, -1).split("\n")[0]}\n`);
  expect(stopped.stderr).toBe("backend cpu: asked for; run/checkpoint-4\n");
});

it("inspect prints a text to a pipe as it is, and all numbers as JSON", async () => {
  const look = (...words: string[]) => heed(["inspect", "run", "the cat", "--backend", "cpu", ...words], folder);
  const text = await look("--quiet");
  expect(text.stderr).toBe("");
  expect(text.stdout).toMatch(/^7 tokens: number, token, id\n0 t +\d+\n1 h +\d+\n/);
  expect(text.stdout).toContain('\n3 " " ');
  expect(text.stdout).toMatch(/\nlayer 0, head [01]\n {9}0 1 2 3 4 5 6\n {2}0 t {3}██\n/);
  const { stdout, stderr } = await look("--json", "--arithmetic", "--token", "t", "--head", "1");
  expect(stderr).toBe("backend cpu: asked for; run/checkpoint-4\n");
  const { checkpoint, token, sheet, attention } = JSON.parse(stdout);
  expect([checkpoint, token, attention]).toEqual(["run/checkpoint-4", { index: 6, occurrences: [0, 6] }, undefined]);
  expect(sheet).toMatchObject({ layer: 0, head: 1, token: 6 });
  const weights = sheet.keys.map(({ weight }: { weight: number }) => weight);
  expect(weights.reduce((sum: number, x: number) => sum + x, 0)).toBeCloseTo(1, 5);
});

/** Runs a command of the shell in which "$0" "$@" is heed. */
function shell(command: string, words: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn("sh", ["-c", command, process.execPath, program, ...words], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return new Promise<object>((resolve) => child.on("close", (code) => resolve({ stdout, stderr, code })));
}

it.runIf(existsSync("/dev/full"))("says so when a full disk takes no output, and needs nobody to read it", async () => {
  const generate = "generate run --max-new-tokens 5 --quiet --backend cpu".split(" ");
  const lost = "heed: standard output can't be written: the disk is full\n";
  expect(await shell('"$0" "$@" > /dev/full', generate)).toEqual({ stdout: "", stderr: lost, code: 1 });
  expect(await shell('"$0" "$@" > /dev/full', [...generate, "--json"])).toEqual({ stdout: "", stderr: lost, code: 1 });
  expect(await shell('"$0" "$@" 2> /dev/full', ["train", "--bias=yes"])).toEqual({ stdout: "", stderr: "", code: 2 });
  expect(await shell('"$0" "$@" | true', ["--help"])).toEqual({ stdout: "", stderr: "", code: 0 });
});

it("errors are red where colours are asked for", async () => {
  const red = await shell('"$0" "$@"', ["train", "--bias=yes"], { FORCE_COLOR: "1" });
  const message = 'heed: --bias must be true or false: got "yes"';
  expect(red).toEqual({ stdout: "", stderr: `\u001b[31m${message}\u001b[39m\n`, code: 2 });
});

it("says so where npm took a flag for its own", async () => {
  const env = { npm_lifecycle_event: "train", npm_config_resume: "true" };
  const message = 'heed: npm took --resume for its own (put "--" before the flags: npm run train -- --resume …)\n';
  expect(await shell('"$0" "$@"', ["train", "run"], env)).toEqual({ stdout: "", stderr: message, code: 2 });
});

it.each([
  ["help", "model"],
  ["model", "help"],
  ["model", "-h"],
])("heed %s %s shows the help of model", async (...words) => {
  const { stdout, code } = await heed(words, folder);
  expect(stdout).toMatch(/^heed model \[checkpoint\]\n/);
  expect(code).toBe(0);
});
