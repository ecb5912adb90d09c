// npx tsx data/tales/generator/generate.ts
// Writes tales.txt, heldout.txt, relations.jsonl and meta.json anew, and the table of numbers in README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { drawCorpus, metaOf, relationLines } from "./corpus.js";
import { withNumbers } from "./readme.js";

const at = (file: string): URL => new URL(`../${file}`, import.meta.url);
const { train, heldOut } = drawCorpus();
const meta = metaOf(train, heldOut);
const relations = relationLines(heldOut);

writeFileSync(at(train.plan.file), train.text);
writeFileSync(at(heldOut.plan.file), heldOut.text);
writeFileSync(at("relations.jsonl"), relations);
writeFileSync(at("meta.json"), `${JSON.stringify(meta, null, 2)}\n`);
writeFileSync(at("README.md"), withNumbers(readFileSync(at("README.md"), "utf8"), meta, relations));
console.error(
  `tales: ${train.stories.length} + ${heldOut.stories.length} stories, ${train.text.length + heldOut.text.length} characters`,
);
