import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";
import { fakeRun } from "../lab/compare/fakeRun.js";
import { heed, workFolder } from "./heed.js";

const folder = workFolder();
const text = "The cat sat on the mat, and the dog sat on the log.\n".repeat(40);

beforeAll(() => {
  writeFileSync(join(folder, "text.txt"), text);
  for (const [name, numHeads, loss] of [
    ["one", 1, 2.5],
    ["eight", 8, 2.25],
  ] as const) {
    fakeRun(join(folder, name), { model: { numHeads }, losses: [3, loss] });
  }
  mkdirSync(join(folder, "mine"));
  writeFileSync(join(folder, "mine", "report.md"), "# What I found\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

it("prints the results and where the report is", async () => {
  const { code, stdout, stderr } = await heed(["compare", "one", "eight", "--out", "out"], folder);
  expect(stderr).toBe("");
  expect(stdout).toBe(`\
| heads | seeds | final loss | against the best |       verdict | best loss | parameters | tokens/s |
|-------|------:|-----------:|-----------------:|--------------:|----------:|-----------:|---------:|
| 1     |     1 |     2.5000 |                  | too few seeds |    2.5000 |      4,240 |    1,000 |
| 8     |     1 |     2.2500 |                  |          best |    2.2500 |      4,240 |    1,000 |

Losses in nats per token, as mean ± 95% interval over the seeds; lower is better.
Lowest final validation loss: heads 8: 2.2500 nats per token (one seed).
heads: too few seeds to tell differences from noise.
Each setting was trained with one seed only, and another seed alone can change a loss as much: nothing can be said about which differences are real. Train each with three seeds or more.

report  ${join("out", "report.html")}
`);
  expect(code).toBe(0);
  expect(readdirSync(join(folder, "out")).sort()).toEqual(["report.html", "report.md"]);
});

it("takes runs' names as they are, numbers or not", async () => {
  for (const name of ["1.10", "0x10"]) fakeRun(join(folder, name), {});
  const { stdout, stderr } = await heed(["compare", "1.10", "0x10", "--out", "numbers", "--json"], folder);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout).runs.map((run: { folder: string }) => run.folder)).toEqual(["1.10", "0x10"]);
  expect((await heed(["compare", "--runs", "one"], folder)).stderr).toContain("there is no flag --runs");
});

it("puts a sweep's report into its folder, and gives commands that repeat its runs to the last bit", async () => {
  const shape = "--layers 1 --dim 8 --heads 2 --context 8 --dropout 0.1 --no-bias --positions none";
  const training = "--batch 2 --steps 6 --eval-every 3 --eval-batches 1 --lr 0.002 --warmup 1 --seed 5 --backend cpu";
  const out = join("sweep", "trials", "a");
  await heed(["train", "--data", "text.txt", "--out", out, ...`${shape} ${training}`.split(" ")], folder);
  const { stdout } = await heed(["compare", "sweep", "--json", "--pictures"], folder);
  const { html, settings, groups, runs } = JSON.parse(stdout);
  expect([html, settings]).toEqual([join("sweep", "report.html"), []]);
  expect(readdirSync(join(folder, "sweep")).sort()).toEqual(["pictures", "report.html", "report.md", "trials"]);
  const [{ command }] = runs;
  expect(command).toMatch(/^npx heed train --data text\.txt .*--out sweep\/trials\/a-again$/);
  await heed(command.split(" ").slice(2), folder);
  const losses = (run: string) =>
    readFileSync(join(folder, run, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ step, trainLoss, valLoss, gradNorm }) => ({ step, trainLoss, valLoss, gradNorm }));
  expect(losses(out)).toHaveLength(3);
  expect(groups[0].finalLoss.mean).toBe(losses(out)[2]!.valLoss);
  expect(losses(`${out}-again`)).toEqual(losses(out));
});

describe("refuses what can't be compared", () => {
  const refusals: [command: string, message: string][] = [
    ["compare", "runs must name run or sweep folders: got none (add them: heed compare RUN...)"],
    [
      "compare one gone",
      "gone must be the folder of a run or of a sweep: there is nothing of that name (leave it out)",
    ],
    [
      "compare one --out mine",
      `${join("mine", "report.md")} must be as heed wrote it to be replaced: it was changed or made by someone else (choose another --out, or add --overwrite to replace it)`,
    ],
  ];

  it.concurrent.each(refusals)("heed %s", async (command, message) => {
    const { code, stderr, stdout } = await heed(command.split(" "), folder);
    expect(stderr).toBe(`heed: ${message}\n`);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

it("loads charts only where there is something to draw", () => {
  const sources = ["src", "scripts"].flatMap((root) =>
    readdirSync(join(packageRoot, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(packageRoot, root, file), "utf8")),
  );
  expect(sources.filter((source) => /import\("vega/.test(source))).toHaveLength(1);
  expect(sources.filter((source) => /from "vega|import "vega/.test(source))).toEqual([]);
});
