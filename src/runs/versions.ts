import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { packageRoot } from "../core/packageRoot.js";
import { readJson } from "../core/strictJson.js";
import type { RunRecord } from "./runRecord.js";

/** What a run is made with. */
export function versions(): RunRecord["versions"] {
  const path = join(packageRoot, "package.json");
  const { version: heed = "unknown" } = existsSync(path) ? (readJson(path) as { version?: string }) : {};
  return { heed, tfjs: tf.version.tfjs, node: process.versions.node };
}
