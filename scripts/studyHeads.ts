// npm run study:heads
// Ends with: node --import tsx scripts/studyHeads.ts models/study-heads docs/study/heads.md
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { replaceText } from "../src/core/durableFiles.js";
import { inspectHeads } from "../src/jobs/inspectHeads.js";
import { headStudy, type StudiedRun } from "../src/lab/headStudy.js";
import { readRun } from "../src/runs/runFolder.js";

const [sweep, page] = process.argv.slice(2);
if (sweep === undefined || page === undefined) throw new Error("name the folder of a sweep and the page to write");

/** All of them: rare relations need many texts to be judged by. */
const heldOutTales = 290;

const runs: StudiedRun[] = [];
for (const trial of readdirSync(join(sweep, "trials"))) {
  const folder = join(sweep, "trials", trial);
  const { model, training } = readRun(folder);
  console.error(`looking at ${folder}`);
  runs.push({
    numHeads: model.numHeads,
    seed: training.seed,
    inspection: await inspectHeads({ checkpoint: folder, texts: heldOutTales }),
  });
}
const { texts, tokens, data } = runs[0]!.inspection;
const about = `Measured on ${texts} texts of ${data}, ${tokens} tokens. [What the numbers mean](../attention.md#heads-specialise).`;
replaceText(page, `# Which relations heads have found\n\n${about}\n\n${headStudy(runs)}\n`);
