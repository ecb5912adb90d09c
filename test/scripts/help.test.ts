import { rmSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { heed, workFolder } from "./heed.js";

const folder = workFolder();
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["--layers", "[number] [default: 4]"],
  ["--lr", "[number] [default: 0.004]"],
  ["--min-lr", "[number] [default: 0]"],
  ["--keep", "[number] [default: 3]"],
  ["--positions", "[string] [default: learned]"],
  ["--tensorboard", "[boolean] [default: false]"],
  ["--out", "[string]"],
])("help says what train takes for %s, and its default", async (flag, type) => {
  const line = (await help).split("\n").find((line) => line.trim().startsWith(`${flag} `));
  expect(line?.endsWith(` ${type}`), line).toBe(true);
});

const help = heed(["train", "--help"], folder).then(({ stdout }) => stdout);

it("help has the flags in groups, and ends with two commands to copy", async () => {
  const headings = (await help).split("\n").filter((line) => /^\S.*:$/.test(line));
  expect(headings).toEqual(["Data:", "Model:", "Training:", "Machine:", "Output:", "Options:", "Examples:"]);
  const examples = (await help).trim().split("Examples:\n")[1]!.split("\n");
  expect(examples.map((line) => line.trim().split("  ")[0])).toEqual([
    "heed train my.txt --out models/mine",
    "heed train --resume --out models/mine --steps 3000",
  ]);
});
