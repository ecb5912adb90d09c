import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseJson, parseJsonObject, readJson } from "../../src/core/strictJson.js";
import { refusal } from "../support/refusal.js";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

it("JSON is read to a hundred levels, and refused beyond", () => {
  expect(parseJson(nested(100))).toEqual(JSON.parse(nested(100)));
  for (const text of [nested(101), `{"a":${nested(20_000)}}`, "[".repeat(1e6)]) {
    expect(refusal(() => parseJson(text))).toBe("SyntaxError: nesting must be at most 100 levels deep");
  }
  expect(parseJson(JSON.stringify({ text: '"[['.repeat(200), b: "\\" }))).toEqual({ text: '"[['.repeat(200), b: "\\" });
  expect(() => parseJson('["never closed')).toThrow(SyntaxError);
});

it("a file of heed's that is nested deeper is called damaged", () => {
  const bytes = Buffer.from(`{"a":${nested(20_000)}}`);
  expect(refusal(() => parseJsonObject(bytes, "tokenizer.json"))).toBe(
    "CheckpointError: tokenizer.json is damaged: nesting must be at most 100 levels deep (copy it again, or choose another checkpoint)",
  );
});

it("a JSON file may begin with a byte order mark, and must be UTF-8", () => {
  const folder = mkdtempSync(join(tmpdir(), "heed-json-"));
  const path = join(folder, "a.json");
  writeFileSync(path, '\uFEFF{"a":1}');
  expect(readJson(path)).toEqual({ a: 1 });
  writeFileSync(path, Buffer.from([0x22, 0xff, 0x22]));
  expect(refusal(() => readJson(path))).toBe("SyntaxError: it is not UTF-8");
  rmSync(folder, { recursive: true });
});
