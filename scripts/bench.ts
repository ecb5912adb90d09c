// npm run bench -- --size S --rounds 5
import { type BenchOptions, bench } from "../src/lab/bench/bench.js";
import { benchText } from "../src/lab/bench/benchTable.js";
import { contestants } from "../src/lab/bench/contestants.js";
import { setUpPeers } from "../src/lab/bench/peerSetup.js";
import { BenchDisplay } from "./bench/display.js";
import { showResult } from "./support/fitTables.js";
import { numberFlag, switchFlag, textFlag } from "./support/flags.js";
import { exitCodes } from "./support/interrupt.js";
import type { HeedCommand } from "./support/main.js";
import { note } from "./support/screen.js";

export const command: HeedCommand = {
  command: "bench",
  describe: "Compare heed's speed with PyTorch, JAX and transformers, side by side",
  examples: [
    ["$0 bench --setup", "Install PyTorch, JAX and transformers for heed's use"],
    ["$0 bench --size S --only heed-native,torch", "One training step, side by side"],
  ],
  builder: {
    size: textFlag("Training tables to make: S, M or both", "S,M, or none with --scaling or --decode alone"),
    scaling: switchFlag("Whether to make the table of larger models", false),
    decode: switchFlag("Whether to make the table of writing text, batch 1", false),
    only: textFlag(
      `Who takes part, with commas between: ${contestants.map(({ name }) => name).join(", ")}`,
      "everyone",
    ),
    rounds: numberFlag("rounds", "Turns of each contestant", 7),
    steps: numberFlag("steps", "Most steps of a turn", 10),
    threads: numberFlag("threads", "Threads that each contestant may use", "all cores"),
    python: {
      type: "array",
      string: true,
      requiresArg: true,
      describe: "Pythons that have torch, transformers or jax",
    },
    out: textFlag("JSON file to write", "models/bench-<time>.json"),
    overwrite: switchFlag("Replace the file in --out", false),
    setup: switchFlag("Install PyTorch, transformers and JAX for heed's use, and no more", false),
    "torch-index": textFlag("With --setup: a package index of PyTorch's CPU builds", "pip's own index"),
    json: switchFlag("Print the result as JSON", false),
  },
  handler: async (flags) => {
    // Their listeners end the contestants with this process.
    for (const [name, code] of Object.entries(exitCodes)) process.once(name, () => process.exit(code));
    const display = new BenchDisplay();
    if (flags.setup) {
      await setUpPeers({ torchIndex: flags.torchIndex, onNote: display.listeners.onNote });
      return;
    }
    const { result, out } = await bench(flags as BenchOptions, display.listeners).finally(() => display.close());
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else showResult(benchText(result));
    note(`saved in ${out}`);
  },
};
