import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as TensorFlow from "@tensorflow/tfjs";
import { addonFolder } from "./addon.js";
import { restoreUtilChecks } from "./nodeCompat.js";
import { shareThreads } from "./threads.js";

/** Keeps TensorFlow's C library from chatting on stderr, unless `HEED_DEBUG=1` or the user set a level. */
export function quietTensorFlow(): void {
  if (process.env.HEED_DEBUG !== "1") process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
}

/**
 * Loads tfjs-node (or tfjs-node-gpu) from its folder into this process, where it registers the tfjs backend
 * `tensorflow`; gives the package's exports. The C library reads its environment here, once.
 *
 * @throws what Node throws when the addon or a library it needs does not load.
 */
export function loadAddonPackage(packageFolder: string): typeof TensorFlow {
  quietTensorFlow();
  shareThreads();
  restoreUtilChecks();
  const load = createRequire(join(packageFolder, "package.json"));
  const quiet = join(addonFolder(packageFolder), "heed_quiet.node");
  if (process.env.HEED_DEBUG !== "1" && existsSync(quiet)) load(quiet);
  const warnings = process as unknown as { noDeprecation: boolean | undefined };
  const before = warnings.noDeprecation;
  warnings.noDeprecation = true; // node-pre-gyp 1.0 loads modules that newer Nodes deprecate
  try {
    return load(packageFolder);
  } finally {
    warnings.noDeprecation = before;
  }
}
