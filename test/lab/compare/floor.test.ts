import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { bitsPerWord, floorOf } from "../../../src/lab/compare/floor.js";
import type { ReportRun } from "../../../src/lab/compare/readRun.js";
import { CharTokenizer } from "../../../src/tokenizers/char.js";
import { texts } from "./fakeRun.js";
import { runFolders } from "./support.js";

const { make, remove, folder } = runFolders();
afterAll(remove);

/** 9 characters, so 8 that are predicted, and 3 words. */
const text = "ab ba ab\n";
const sha256 = createHash("sha256").update(text).digest("hex");
const held = join(folder, "held.txt");

function runOn(floor: object): ReportRun {
  writeFileSync(held, text);
  const file = { sha256, floor };
  writeFileSync(join(folder, "meta.json"), JSON.stringify({ files: { "held.txt": file } }));
  const tokenizer = JSON.stringify(new CharTokenizer(["\n", " ", "a", "b"]).toJSON());
  return make({ tokenizer, record: { files: [texts[0]!, { ...texts[1]!, path: held, sha256 }] } })[0]!;
}

it("turns bits per word into nats per token by the counts of the whole text", async () => {
  const { floor } = await floorOf([runOn({ bitsPerCharacter: 0.5, bitsPerWord: 1.6 })]);
  expect(floor).toMatchObject({ text: held, tokens: 8, words: 3, bitsPerWord: 1.6 });
  // 1.6 bits · 3 words = 4.8 bits, over 8 tokens 0.6 bits, in nats 0.6 · ln 2.
  expect(floor!.loss).toBeCloseTo(0.6 * Math.LN2, 12);
  expect(bitsPerWord(0.6 * Math.LN2, floor!)).toBeCloseTo(1.6, 12);
  expect(bitsPerWord(3 * Math.LN2, floor!)).toBeCloseTo(8, 12);
});

it("uses no floor where none is known, or the text is another or gone, and says so", async () => {
  expect(await floorOf([runOn({})])).toEqual({});
  const run = runOn({ bitsPerCharacter: 0.5, bitsPerWord: 1.6 });
  writeFileSync(held, `${text}more\n`);
  expect(await floorOf([run])).toEqual({
    note: `${held} has changed since the runs, so its best possible loss is not used.`,
  });
  rmSync(held);
  expect(await floorOf([run])).toEqual({
    note: `${held} is not there, so whether its best possible loss is known was not seen.`,
  });
  expect(await floorOf(make({}))).toEqual({});
});
