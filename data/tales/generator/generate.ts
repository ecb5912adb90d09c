// npx tsx data/tales/generator/generate.ts
// Writes tales.txt, heldout.txt, relations.jsonl, choices.jsonl, meta.json and the numbers in README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { choiceLines } from "./choices.js";
import { drawCorpus, metaOf, relationLines, wordsOf } from "./corpus.js";
import { withNumbers } from "./readme.js";

const at = (file: string): URL => new URL(`../${file}`, import.meta.url);
const { train, heldOut } = drawCorpus();
const meta = metaOf(train, heldOut);
const relations = relationLines(heldOut);
const choices = choiceLines(heldOut, new Set(wordsOf(train.text)));

writeFileSync(at(train.plan.file), train.text);
writeFileSync(at(heldOut.plan.file), heldOut.text);
writeFileSync(at("relations.jsonl"), relations);
writeFileSync(at("choices.jsonl"), choices);
writeFileSync(at("meta.json"), `${JSON.stringify(meta, null, 2)}\n`);
writeFileSync(at("README.md"), withNumbers(readFileSync(at("README.md"), "utf8"), { meta, relations, choices }));
console.error(
  `tales: ${train.stories.length} + ${heldOut.stories.length} stories, ${train.text.length + heldOut.text.length} characters`,
);
