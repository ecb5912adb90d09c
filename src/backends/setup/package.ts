import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BackendError } from "../../core/errors.js";
import { packageRoot } from "../../core/packageRoot.js";
import { type AddonPackage, addonPackageFolder, packageMissing, packageVersion } from "../addon.js";
import type { Reporter } from "./reporter.js";
import { run } from "./run.js";

/**
 * The folder of an addon package. npm drops the package when the package's own install script fails; where heed is a
 * dependency of a project, npm then installs it again without scripts.
 *
 * @throws BackendError if the package is missing and can't be installed.
 */
export async function haveAddonPackage(name: AddonPackage, report: Reporter): Promise<string> {
  const present = addonPackageFolder(name);
  if (present) return present;
  const modules = dirname(packageRoot);
  const project = dirname(modules);
  if (basename(modules) !== "node_modules" || !existsSync(join(project, "package.json"))) {
    throw new BackendError(packageMissing(name));
  }
  report.note(`installing ${name} ${packageVersion}, which npm left out, without its install script`);
  const theirs = process.env.npm_execpath ?? "";
  const [command, ...first] = theirs.endsWith("npm-cli.js") ? [process.execPath, theirs] : ["npm"];
  const args = ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", `${name}@${packageVersion}`];
  const { ok, output, ending } = await run(command!, [...first, ...args], { cwd: project, limit: 600 });
  const folder = join(modules, name);
  if (ok && existsSync(folder)) return folder;
  const reason = /^npm error (?!code)(.+)$/m.exec(output)?.[1] ?? ending;
  throw new BackendError(`${packageMissing(name)}, and npm could not install it: ${reason}`);
}
