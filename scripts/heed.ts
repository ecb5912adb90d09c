#!/usr/bin/env node
// npx heed <command>        npm run heed -- <command>
import { main } from "./support/main.js";

/** Only the file of the command that is asked for is loaded. */
await main({
  start: () => import("./start.js"),
  setup: () => import("./setup.js"),
  model: () => import("./model.js"),
  train: () => import("./train.js"),
  sweep: () => import("./sweep.js"),
  compare: () => import("./compare.js"),
  generate: () => import("./generate.js"),
  evaluate: () => import("./evaluate.js"),
  inspect: () => import("./inspect.js"),
  page: () => import("./page.js"),
  bench: () => import("./bench.js"),
});
