import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { slow } from "../support/slow.js";
import { folderOf } from "./files.js";

const paragraph = "The heron stood by the bank of the river, and didn't see the boat.\n";

/** A file of at least `megabytes` MiB, with a word of its own in every 64 KiB, so in every chunk that is read. */
function textOf(folder: string, megabytes: number): string {
  const path = join(folder, `${megabytes}.txt`);
  const block = paragraph.repeat(Math.ceil(2 ** 16 / paragraph.length));
  const file = openSync(path, "w");
  for (let i = 0; i < 16 * megabytes; i++) writeSync(file, String(i).padStart(20, "0") + block);
  closeSync(file);
  return path;
}

/** Opens a corpus in a process of its own: its tokens, its most memory in MiB, and a window from its end. */
function openedApart(path: string): { tokens: number; peak: number; end: string } {
  const program = `
    import { openCorpus } from ${JSON.stringify(new URL("../../src/dataset/corpus.ts", import.meta.url).href)};
    const corpus = await openCorpus({ files: [process.argv[1]], tokenizer: { kind: "word" }, contextLength: 64 });
    const ids = new Int32Array(17);
    corpus.validation.read(corpus.validation.length - 17, ids);
    const tokens = corpus.train.length + corpus.validation.length;
    const peak = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ tokens, peak, end: corpus.tokenizer.decode(ids) }));
  `;
  // A small young generation, so that garbage does not blur the figure.
  const args = ["--max-semi-space-size=1", "--import", "tsx", "--input-type=module", "--eval", program, path];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

it.runIf(slow)("keeps a text of over 64 MB out of memory", () => {
  const folder = folderOf({});
  const small = openedApart(textOf(folder, 1));
  const large = openedApart(textOf(folder, 65));
  expect(large.tokens).toBe(65 * small.tokens);
  expect(large.end).toBe(paragraph);
  expect(large.end).toBe(small.end);
  // In memory the text would take 65 MiB more and its ids, 2 bytes each, 35 MiB.
  expect(large.peak - small.peak).toBeLessThan(25);
});
