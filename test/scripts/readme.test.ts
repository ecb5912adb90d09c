import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";
import { heed, workFolder } from "./heed.js";
import { commands, words } from "./readme.js";

const folder = workFolder();
afterAll(() => rmSync(folder, { recursive: true }));

/** Commands that are run elsewhere: by `.ci/run`, or by package.test.ts. */
const elsewhere = [
  "git clone <this repository> heed && cd heed",
  "npm start",
  "npm test",
  "npm run setup",
  "npm run pack",
  "npm install --ignore-scripts ./heed-0.1.0.tgz",
  "npx heed setup",
  "npx heed train --data my.txt --out models/mine",
];

const quicker: Record<string, string[]> = {
  generate: ["--max-new-tokens", "5"],
  "inspect --heads": ["--texts", "2"],
  page: ["--no-heads"],
  sweep: ["--grid", "heads=1,2", "--seeds", "1", "--budget", "tokens=5k", "--eval-batches", "1"],
};

/** Makes a command quick; of two flags of one name the later counts. */
function quick([name, ...flags]: string[]): string[] {
  const job = flags.includes("--heads") ? `${name} --heads` : name!;
  if (name !== "train") return [name!, ...flags, ...(quicker[job] ?? [])];
  const steps = flags.includes("--resume") ? ["--steps", "4"] : ["--steps", "2", "--batch", "2"];
  return [name, ...flags, ...steps, "--eval-batches", "1"];
}

describe("the README's commands", () => {
  const here = commands().filter((command) => !elsewhere.includes(command));

  it("are as many as this test knows", () => {
    expect(new Set(commands().filter((command) => elsewhere.includes(command)))).toEqual(new Set(elsewhere));
    expect(here.length).toBeGreaterThanOrEqual(6);
  });

  it.each(here)("%s", async (command) => {
    const [npm, run, name, dashes, ...flags] = words(command);
    expect([npm, run, dashes]).toEqual(["npm", "run", "--"]);
    const { scripts } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
    expect(scripts[name!]).toBe(`node scripts/run.mjs ${name}`);
    const { code, stderr, stdout } = await heed(quick([name!, ...flags]), folder);
    expect(stderr + stdout).not.toContain("heed:");
    expect(code).toBe(0);
  });
});

it("the README names every flag of train that it shows as it is", async () => {
  const { stdout } = await heed(["train", "--help"], folder);
  for (const flag of ["layers", "heads", "dim", "context", "steps", "batch", "lr", "positions", "dropout"]) {
    expect(stdout).toContain(`--${flag} `);
  }
});
