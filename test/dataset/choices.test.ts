import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readChoices } from "../../src/dataset/choices.js";
import { refusal } from "../support/refusal.js";
import { folderOf } from "./files.js";

const good = { kind: "pronoun", context: 3, start: 9, right: "he", wrong: ["she", "it"] };

function fileOf(...lines: string[]): string {
  return join(folderOf({ "choices.jsonl": lines.join("\n") }), "choices.jsonl");
}

describe("readChoices", () => {
  it("reads a choice a line, with or without a line break at the end", () => {
    const line = JSON.stringify(good);
    expect(readChoices(fileOf(line, line))).toEqual([good, good]);
    expect(readChoices(fileOf(line, ""))).toEqual([good]);
  });

  it.each([
    ["{"],
    ["null"],
    ["[]"],
    [""],
    [JSON.stringify({ ...good, kind: "" })],
    [JSON.stringify({ ...good, right: 3 })],
    [JSON.stringify({ ...good, wrong: [] })],
    [JSON.stringify({ ...good, wrong: "she" })],
    [JSON.stringify({ ...good, wrong: ["she", "he"] })],
    [JSON.stringify({ ...good, wrong: ["she", ""] })],
    [JSON.stringify({ ...good, start: 2 })],
    [JSON.stringify({ ...good, start: 9.5 })],
    [JSON.stringify({ ...good, context: -1 })],
  ])("refuses %s", (line) => {
    const file = fileOf(JSON.stringify(good), line, "");
    expect(refusal(() => readChoices(file))).toBe(
      `DataError: ${file}, line 2: must be a choice, {"kind", "context", "start", "right", "wrong": [...]}: got ${
        line.length <= 80 ? line : `${line.slice(0, 77)}...`
      }`,
    );
  });
});
