import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readWordPairs } from "../../src/dataset/wordPairs.js";
import { refusal } from "../support/refusal.js";
import { folderOf } from "./files.js";

const good = { kind: "meaning", from: [9, 13], to: [3, 8], sense: "animal" };

function fileOf(...lines: string[]): string {
  return join(folderOf({ "relations.jsonl": lines.join("\n") }), "relations.jsonl");
}

describe("readWordPairs", () => {
  it("reads a pair a line, without what it does not know, and with a sense where there is one", () => {
    const { sense, ...plain } = good;
    const lines = [JSON.stringify({ story: 0, ...good }), JSON.stringify(plain), ""];
    expect(readWordPairs(fileOf(...lines))).toEqual([{ ...plain, sense }, plain]);
  });

  it.each([
    ["{"],
    ["null"],
    [JSON.stringify({ ...good, kind: 3 })],
    [JSON.stringify({ ...good, from: [9] })],
    [JSON.stringify({ ...good, to: [8, 8] })],
    [JSON.stringify({ ...good, to: [-1, 8] })],
    [JSON.stringify({ ...good, sense: "" })],
  ])("refuses %s", (line) => {
    const file = fileOf(JSON.stringify(good), line, "");
    expect(refusal(() => readWordPairs(file))).toBe(
      `DataError: ${file}, line 2: must be a relation, {"kind", "from": [start, end], "to": [start, end]}: got ${line}`,
    );
  });
});
