import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { BackendError } from "../../core/errors.js";
import { addonFile, addonFolder } from "../addon.js";
import { bytesIn, filesIn, makeUnit, unitIsWhole } from "./cache.js";
import type { SourceInput } from "./fromWheel.js";
import { installAddon, linkDependencies, writeAddonNote } from "./install.js";
import { platformName } from "./pins.js";
import { run } from "./run.js";
import { verifyAddon } from "./verify.js";

/** The files that the package's own installer needs; the rest is not copied. */
const installerFiles = ["package.json", "binding.gyp", "binding", "scripts", "node_modules"];

/**
 * Runs the installer of tfjs-node (or tfjs-node-gpu) on a copy of the package in the cache, and installs what it
 * downloaded. It is the only source for gpu and for platforms without pins, such as Windows.
 *
 * @returns the version of the library.
 * @throws BackendError if its host is out of reach or its addon does not load.
 */
export async function setUpFromOfficial(input: SourceInput): Promise<string> {
  const { cache, packageFolder, force } = input;
  const { name, version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const unitName = `official-${name.split("/").at(-1)}-${version}-${platformName}`;
  const unit = join(cache, unitName);
  if (force || !(await unitIsWhole(unit, false))) {
    await makeUnit(cache, unitName, (to) => runInstaller(input, to, name.endsWith("-gpu") ? "gpu" : "cpu"));
  }
  installAddon(addonFolder(unit), packageFolder);
  linkDependencies(join(unit, "deps"), packageFolder);
  const verified = await verifyAddon(packageFolder);
  if (verified.problem !== undefined) {
    rmSync(unit, { recursive: true, force: true });
    throw new BackendError(`the addon from tfjs-node's own installer does not load: ${verified.problem}`);
  }
  const libraries = filesIn(join(unit, "deps"));
  writeAddonNote(packageFolder, { from: "official", library: verified.library, libraries });
  return verified.library;
}

async function runInstaller(input: SourceInput, to: string, kind: "cpu" | "gpu"): Promise<void> {
  const { packageFolder, report } = input;
  for (const name of installerFiles) {
    const from = join(packageFolder, name);
    if (existsSync(from)) cpSync(from, join(to, name), { recursive: true });
  }
  report.note(
    "trying tfjs-node's own installer: it downloads libtensorflow 2.9, more than 100 MB, if its host responds",
  );
  const modules = join(packageFolder, "..", "..");
  const path = [dirname(process.execPath), join(modules, ".bin"), process.env.PATH].join(delimiter);
  const { ok, output, ending } = await run(process.execPath, [join("scripts", "install.js"), kind, "download"], {
    cwd: to,
    env: { ...process.env, PATH: path, NODE_PATH: modules },
    limit: 1800,
    stall: 20,
    progress: () => bytesIn(join(to, "deps")) + bytesIn(join(to, "lib")),
    onProgress: (bytes) => bytes > 0 && report.progress("libtensorflow", bytes, 0),
  });
  if (!ok || !existsSync(addonFile(to))) {
    if (process.env.HEED_DEBUG === "1") report.note(output);
    throw new BackendError(`tfjs-node's own installer failed: ${installerReason(output, ending)}`);
  }
  for (const name of [...installerFiles, "deps/include"]) rmSync(join(to, name), { recursive: true, force: true });
}

function installerReason(output: string, ending: string): string {
  if (
    ending.startsWith("no ") ||
    /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|socket hang up/.test(output)
  ) {
    return "its download host is out of reach";
  }
  return /^\w*Error: (.+)$/m.exec(output)?.[1] ?? ending;
}
