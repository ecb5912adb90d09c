import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { heed, workFolder } from "./heed.js";

const folder = workFolder();
const tiny = "--layers 1 --dim 12 --heads 3 --context 8 --batch 2 --eval-batches 1 --backend cpu";

beforeAll(() => {
  writeFileSync(join(folder, "a.txt"), "The cat sat on the mat. ".repeat(50));
  writeFileSync(join(folder, "b.txt"), "The mat sat on the cat. ".repeat(50));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(command: string): Promise<string> {
  const { code, stderr } = await heed(command.split(" "), folder);
  expect(stderr).not.toContain("heed:");
  expect(code).toBe(0);
  return stderr;
}

function record(out: string) {
  return JSON.parse(readFileSync(join(folder, out, "run.json"), "utf8"));
}

it("goes on with the split of the texts that the run began with", async () => {
  const began = await run(`train --data a.txt --val-fraction 0.3 --out fraction ${tiny} --steps 2`);
  expect(began).toContain("840 tokens, 360 held out");
  expect(await run("train --resume --out fraction --steps 3")).toContain("840 tokens, 360 held out");
  await run(`train --data a.txt --val-data b.txt --out file ${tiny} --steps 2`);
  expect(await run("train --resume --out file --steps 3")).toContain("1,200 tokens, 1,200 held out");
});

it("takes flags that say what the run says already, and remembers those that change it", async () => {
  await run(`train --data a.txt --out same ${tiny} --steps 2 --keep 9`);
  await run("train --resume --out same --heads 3 --dim 12 --steps 4");
  expect(record("same")).toMatchObject({ keep: 9, training: { steps: 4 } });
});

it.each([
  ["--steps 3", "--steps must be at least the 4 that are done: got 3 (raise it to go on)"],
  [
    "--data a.txt b.txt --steps 5",
    "b.txt is not one of the texts that the run began with (leave it out, or start a new run)",
  ],
])("refuses %s", async (flags, message) => {
  const { code, stderr } = await heed(`train --resume --out same ${flags}`.split(" "), folder);
  expect(stderr).toBe(`heed: ${message}\n`);
  expect(code).toBe(2);
});

it("trains on every text that is named, in one flag or in several", async () => {
  await run(`train --data a.txt --data b.txt --out both ${tiny} --steps 1`);
  expect(record("both").data).toEqual(["a.txt", "b.txt"]);
});

it("evaluates a text shorter than the context", async () => {
  writeFileSync(join(folder, "short.txt"), "The");
  const { code, stdout } = await heed("evaluate --checkpoint same --data short.txt --backend cpu".split(" "), folder);
  expect(stdout).toContain("short.txt: 2 tokens, 2 characters, 1 words after the first token");
  expect(code).toBe(0);
});
