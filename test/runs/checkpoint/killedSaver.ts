// A process of its own, for tests that kill it: node --import tsx killedSaver.ts RUN save|hold|race
import { loadCheckpoint, saveCheckpoint } from "../../../src/runs/checkpoint/checkpoint.js";
import { checkpointSteps } from "../../../src/runs/checkpoint/names.js";
import { appendMetrics, trimMetrics } from "../../../src/runs/metrics.js";
import { openRun } from "../../../src/runs/runFolder.js";
import { content, resume } from "./content.js";

const [folder, what] = process.argv.slice(2) as [string, "save" | "hold" | "race"];

/** Resumes and saves one step after another, telling each, until it is killed; every third is saved twice. */
function save(): void {
  openRun(folder);
  const resumed = checkpointSteps(folder).length > 0;
  let step = resumed ? loadCheckpoint(folder, { prefer: "latest", resume }).step : 0;
  trimMetrics(folder, step);
  for (;;) {
    step++;
    appendMetrics(folder, { step, trainLoss: 1 / step });
    saveCheckpoint(folder, content(step), { keep: 2, best: step % 4 === 0 });
    process.send!(step);
    if (step % 3 === 0) saveCheckpoint(folder, content(step), { keep: 2 });
  }
}

/** Holds the run until it is told to end or killed. */
function hold(): void {
  openRun(folder);
  process.on("message", () => process.exit());
  process.send!("holding");
}

/** Tries to hold the run when told to go, and says whether it does. */
function race(): void {
  process.once("message", () => {
    try {
      openRun(folder);
      process.send!("held");
    } catch (error) {
      process.send!((error as Error).message.includes("must not be in use") ? "refused" : String(error));
    }
    process.on("message", () => {}); // stays, so that the lock stays
  });
  process.send!("ready");
}

({ save, hold, race })[what]();
