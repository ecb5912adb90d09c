import { expect, it } from "vitest";
import { command } from "../../scripts/sweep.js";
import { command as train } from "../../scripts/train.js";

it("takes every flag of train's that is not about one run", () => {
  const missing = Object.keys(train.builder).filter((flag) => !(flag in command.builder));
  expect(missing).toEqual(["dry-run"]);
});

it.each([
  [{}, "out must name a sweep folder: got none (add --out models/NAME)"],
  [
    { out: "o", data: ["t.txt"], grid: "heads=1,2", steps: 20, budget: "tokens=1k" },
    "steps and budget can't both be given: a budget decides the steps",
  ],
  [
    { out: "o", data: ["t.txt"], plan: "gone.json" },
    "plan must be a JSON file: ENOENT: no such file or directory, open 'gone.json' (gone.json)",
  ],
  [
    { out: "o", data: ["t.txt"], grid: "heads=1,2", bestOf: "lr" },
    'bestOf must name settings that the grid varies: got "lr" (it varies heads)',
  ],
])("refuses %j", async (flags, message) => {
  await expect(command.handler(flags as never)).rejects.toThrow(
    new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`),
  );
});
