import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { command } from "../../scripts/sweep.js";
import { command as train, trainOptions } from "../../scripts/train.js";
import { askedFor } from "../../src/lab/sweep/options.js";
import { trialOptions } from "../../src/lab/sweep/trialOptions.js";
import { plan, survey } from "../lab/sweep/support.js";

const folder = mkdtempSync(join(tmpdir(), "heed-sweep-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const planned = join(folder, "plan.json");
writeFileSync(planned, '{ "grid": "heads=1,2", "budget": "tokens=1k" }');

it("takes every flag of train's that is not about one run", () => {
  const missing = Object.keys(train.builder).filter((flag) => !(flag in command.builder));
  expect(missing).toEqual(["page"]); // a trial has none: `heed page` makes one of the best
});

it("hands on to each trial what train's flags ask for", () => {
  const flags = {
    data: ["t.txt"],
    valData: ["v.txt"],
    valFraction: 0.2,
    tokenizer: "word",
    unknownToken: true,
    keep: 4,
    tensorboard: true,
    backend: "cpu",
    compile: false,
    xla: "on",
    out: "o",
  };
  const { out, model, training, resume, overwrite, ...shared } = trainOptions(flags);
  expect(Object.values(shared)).not.toContain(undefined);
  const asked = askedFor({ ...trainOptions(flags), seeds: 2 });
  expect(trialOptions(plan({ seeds: 2, model: { contextLength: 8 } }).trials[0]!, { asked, survey })).toMatchObject(
    shared,
  );
});

it.each([
  [{}, "out must name a sweep folder: got none (add --out models/NAME)"],
  [
    { out: "o", data: ["t.txt"], grid: "heads=1,2", steps: 20, budget: "tokens=1k" },
    "steps and budget can't both be given: a budget decides the steps",
  ],
  [
    { out: "o", data: ["t.txt"], plan: planned, steps: 20 },
    "steps and budget can't both be given: a budget decides the steps",
  ],
  [{ out: "o", data: ["t.txt"], plan: "gone.json" }, "gone.json can't be opened: there is no such file or folder"],
  [
    { out: "o", data: ["t.txt"], grid: "heads=1,2", bestOf: "lr" },
    'bestOf must name settings that the grid varies: got "lr" (it varies heads)',
  ],
])("refuses %j", async (flags, message) => {
  await expect(command.handler(flags as never)).rejects.toThrow(
    new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`),
  );
});
