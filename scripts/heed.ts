#!/usr/bin/env node
import { command as bench } from "./bench.js";
import { command as compare } from "./compare.js";
import { command as evaluate } from "./evaluate.js";
import { command as generate } from "./generate.js";
import { command as model } from "./model.js";
import { command as setup } from "./setup.js";
import { command as start } from "./start.js";
// npx heed <command>        npm run heed -- <command>
import { main } from "./support/main.js";
import { command as sweep } from "./sweep.js";
import { command as train } from "./train.js";

await main([start, setup, model, train, sweep, compare, generate, evaluate, bench]);
