/** Run as a process of its own by work.test.ts: trains a few steps, and prints the memory counted and that measured. */
import { readFileSync, writeFileSync } from "node:fs";
import { useBackend } from "../../src/backends/choose.js";
import { executionOf } from "../../src/model/execution.js";
import { trainingMemory } from "../../src/model/memory.js";
import { Transformer } from "../../src/model/transformer.js";
import { TrainingStep } from "../../src/training/step.js";
import { tinyBatch, tinyTraining } from "../support/tinyModel.js";

/** What Linux says of this process, in bytes. */
function status(field: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`^${field}:\\s*(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"));
  return 1024 * Number(found![1]);
}

const { model: config, batchSize } = JSON.parse(process.argv[2]!);
await useBackend("native");
globalThis.gc!();
const before = status("VmRSS");
writeFileSync("/proc/self/clear_refs", "5"); // the peak begins anew
const model = new Transformer(config);
const step = new TrainingStep(model, tinyTraining({ batchSize }));
for (let i = 1; i <= 4; i++) step.run([tinyBatch(i, batchSize, config)], i, 1e-3);
const counted = trainingMemory(config, { batchSize, gradAccum: 1 }, executionOf(config, batchSize)).total;
process.stdout.write(JSON.stringify({ counted, grown: status("VmHWM") - before }));
step.dispose();
model.dispose();
