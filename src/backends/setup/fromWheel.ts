import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { BackendError } from "../../core/errors.js";
import { makeUnit, unitIsWhole } from "./cache.js";
import { bindingSources, compileAddon, compileFlags, nodeApiHeaders, quietSource } from "./compileAddon.js";
import { installAddon, writeAddonNote } from "./install.js";
import { type PlatformPins, pins, platformName, tensorflowVersion } from "./pins.js";
import { fetchWheel, findPython, unpackWheel } from "./python.js";
import { megabytes, type Reporter } from "./reporter.js";
import { verifyAddon } from "./verify.js";

/** What every source of the addon works with. */
export interface SourceInput {
  cache: string;
  packageFolder: string;
  /** Check the hash of every cached file, and compile again. */
  force: boolean;
  report: Reporter;
}

const wantedHeaders = ["tensorflow/c/", "tensorflow/core/platform/ctstring", "tsl/platform/ctstring", "xla/tsl/c/"];

/**
 * Builds the addon against the C library in TensorFlow's Python wheel, or takes it from the cache, and installs it.
 *
 * @returns the version of the library.
 * @throws BackendError if something is missing; the message says what.
 */
export async function setUpFromWheel(input: SourceInput): Promise<string> {
  const platform = platformPins();
  for (let thorough = input.force; ; thorough = true) {
    const library = await haveLibrary(input, platform, thorough);
    const addon = await haveAddon(input, platform, { libraryFolder: library.folder, force: thorough });
    installAddon(addon.folder, input.packageFolder);
    const verified = await verifyAddon(input.packageFolder);
    if (verified.problem === undefined) {
      const libraries = platform.libraries.map((name) => join(library.folder, name));
      writeAddonNote(input.packageFolder, { from: "wheel", library: verified.library, libraries });
      return verified.library;
    }
    rmSync(addon.folder, { recursive: true, force: true });
    if (thorough || !(library.kept || addon.kept)) {
      throw new BackendError(`the addon that was built does not load: ${verified.problem}`);
    }
    input.report.note(`what the cache kept does not load (${verified.problem}): checking every file's hash`);
  }
}

function platformPins(): PlatformPins {
  const platform = pins[platformName];
  if (!platform) throw new BackendError(`TensorFlow ${tensorflowVersion} has no wheel for ${platformName}`);
  if (platform.glibc) {
    Object.assign(process.report, { excludeNetwork: true }); // else it looks up host names
    const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    const have = header.glibcVersionRuntime;
    if (!have || have.localeCompare(platform.glibc, "en", { numeric: true }) < 0) {
      throw new BackendError(
        `TensorFlow's wheel needs glibc ${platform.glibc} or newer: this system has ${have ?? "none"}`,
      );
    }
  }
  return platform;
}

/** The folder with the C library and its headers; made if the cache does not have all of it. */
async function haveLibrary(input: SourceInput, platform: PlatformPins, thorough: boolean) {
  const { cache, report } = input;
  const name = `tensorflow-${tensorflowVersion}-${platformName}`;
  const folder = join(cache, name, "tensorflow");
  if (await unitIsWhole(join(cache, name), thorough)) return { folder, kept: true };

  const python = await findPython();
  if (!python) throw new BackendError("Python is missing (install Python 3 with pip)");
  if (!python.hasPip)
    throw new BackendError(`pip is missing in ${python.command} (on Debian: apt install python3-pip)`);
  requireSpace(cache, platform);
  const wheel = await fetchWheel(cache, python, platform.tensorflow, report);
  report.note(`unpacking TensorFlow's C library, ${megabytes(platform.unpackedBytes)}, into ${cache}`);
  await makeUnit(cache, name, async (to) => {
    const libraries = platform.libraries.map((each) => `tensorflow/${each}`);
    const wanted = [...libraries, ...wantedHeaders.map((each) => `tensorflow/include/${each}`)];
    await unpackWheel(python, { wheel, to, wanted, bytes: platform.unpackedBytes, report });
  });
  rmSync(dirname(wheel), { recursive: true, force: true });
  return { folder, kept: false };
}

function requireSpace(cache: string, platform: PlatformPins): void {
  mkdirSync(cache, { recursive: true });
  const { bavail, bsize } = statfsSync(cache);
  const need = 1.1 * (platform.tensorflow.bytes + platform.unpackedBytes);
  if (bavail * bsize >= need) return;
  throw new BackendError(
    `${cache} needs ${megabytes(need)} of free space and has ${megabytes(bavail * bsize)} (HEED_CACHE names another folder)`,
  );
}

/** The folder with the addon for this library; compiled if the cache does not have all of it. */
async function haveAddon(
  input: SourceInput,
  platform: PlatformPins,
  options: { libraryFolder: string; force: boolean },
) {
  const { cache, packageFolder, report } = input;
  const { libraryFolder, force } = options;
  const name = `addon-${addonHash(packageFolder, libraryFolder)}`;
  const folder = join(cache, name);
  if (!force && (await unitIsWhole(folder, false))) return { folder, kept: true };
  const python = await findPython();
  await makeUnit(cache, name, (to) =>
    compileAddon(cache, python, { packageFolder, libraryFolder, libraries: platform.libraries, to }, report),
  );
  return { folder, kept: false };
}

/** A hash of everything that the addon depends on: its sources, flags and headers, and its library's folder. */
function addonHash(packageFolder: string, libraryFolder: string): string {
  const hash = createHash("sha256").update(JSON.stringify([platformName, libraryFolder, compileFlags]));
  const headers = readdirSync(nodeApiHeaders())
    .sort()
    .map((name) => join(nodeApiHeaders(), name));
  for (const file of [...bindingSources(packageFolder), quietSource, ...headers]) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
