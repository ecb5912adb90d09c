import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackendError } from "../../core/errors.js";
import { temporaryFolder } from "./cache.js";
import { type PlatformPins, pins, platformName } from "./pins.js";
import { fetchWheel, type Python, unpackWheel } from "./python.js";
import { megabytes, type Reporter } from "./reporter.js";
import { run } from "./run.js";

/** The files that compiling the addon reads and writes. */
export interface CompileInput {
  /** tfjs-node's folder, with its `binding/`. */
  packageFolder: string;
  /** The folder of libtensorflow_cc and libtensorflow_framework, with their `include/`. */
  libraryFolder: string;
  /** The names of libtensorflow_cc and libtensorflow_framework. */
  libraries: readonly [string, string];
  /** The folder to write tfjs_binding.node and heed_quiet.node to. */
  to: string;
}

/** The compiler's flags; the addon's name in the cache depends on them. */
export const compileFlags = ["-O2", "-std=c++17", "-fPIC", "-shared", "-w", "-DNAPI_VERSION=8"];

/** The folder of the C headers of Node-API. */
export function nodeApiHeaders(): string {
  return join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");
}

/** The source of heed_quiet.node. */
export const quietSource = fileURLToPath(new URL("./quiet.cc", import.meta.url));

/** tfjs-node's C++ files. */
export function bindingSources(packageFolder: string): string[] {
  const folder = join(packageFolder, "binding");
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** The C++ compilers on the path; the one that `CXX` names comes first. */
export async function findCompilers(): Promise<string[]> {
  if (process.platform === "win32") return [];
  // Without the command line tools, macOS has placeholders that open a window instead of compiling.
  if (process.platform === "darwin" && !(await run("xcode-select", ["-p"], { limit: 10 })).ok) return [];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const onPath = ["g++", "clang++", "c++"].filter((name) => folders.some((folder) => existsSync(join(folder, name))));
  return process.env.CXX ? [process.env.CXX, ...onPath] : onPath;
}

/** Compiles with the first compiler that succeeds; if none does, with one downloaded in the `ziglang` wheel. */
export async function compileAddon(
  cache: string,
  python: Python | undefined,
  input: CompileInput,
  report: Reporter,
): Promise<void> {
  const failures: string[] = [];
  for (const compiler of await findCompilers()) {
    report.note(`compiling tfjs-node's addon with ${compiler}, about 10 s`);
    const failure = await compileWith(compiler.split(/\s+/), input);
    if (!failure) return;
    failures.push(`${compiler} failed: ${failure}`);
  }
  if (failures.length > 0) report.note(failures.join("; "));
  const without = failures.length > 0 ? failures.join("; ") : "there is no C++ compiler (install g++ or clang++)";
  if (!python?.hasPip) throw new BackendError(`${without}, and there is no pip to download one`);
  try {
    await compileWithZig(cache, python, input, report);
  } catch (error) {
    throw new BackendError(`${without}, and the one in ziglang failed too: ${(error as Error).message}`);
  }
}

async function compileWithZig(cache: string, python: Python, input: CompileInput, report: Reporter): Promise<void> {
  const { zig } = pins[platformName] as PlatformPins;
  report.note("no C++ compiler works: downloading the one in the Python package ziglang, for this build only");
  const wheel = await fetchWheel(cache, python, zig, report);
  const folder = temporaryFolder(cache);
  try {
    report.note(`unpacking ziglang, ${megabytes(4 * zig.bytes)}`);
    await unpackWheel(python, { wheel, to: folder, wanted: ["ziglang/"], report });
    const command = join(folder, "ziglang", "zig");
    chmodSync(command, 0o755);
    report.note("compiling tfjs-node's addon with zig c++, about a minute");
    const environment = { ZIG_GLOBAL_CACHE_DIR: join(folder, "global"), ZIG_LOCAL_CACHE_DIR: join(folder, "local") };
    const failure = await compileWith([command, "c++"], input, environment);
    if (failure) throw new BackendError(failure);
    rmSync(dirname(wheel), { recursive: true, force: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles both addons. Returns the compiler's first error if that fails. */
async function compileWith(
  compiler: readonly string[],
  input: CompileInput,
  environment: NodeJS.ProcessEnv = {},
): Promise<string | undefined> {
  const [command, ...first] = compiler;
  const { libraryFolder, libraries, packageFolder, to } = input;
  const paths = libraries.map((name) => join(libraryFolder, name));
  const flags = [...first, ...compileFlags, `-I${join(libraryFolder, "include")}`, `-I${nodeApiHeaders()}`];
  if (process.platform === "darwin") flags.push("-undefined", "dynamic_lookup");
  const binding = [...bindingSources(packageFolder).filter((file) => file.endsWith(".cc")), ...paths];
  binding.push("-Xlinker", "-rpath", "-Xlinker", libraryFolder);
  const quiet = [`-DHEED_LIBRARY=${JSON.stringify(paths[1])}`, quietSource, "-ldl"];
  for (const [name, args] of Object.entries({ "tfjs_binding.node": binding, "heed_quiet.node": quiet })) {
    const output = join(to, name);
    const options = { limit: 900, env: { ...process.env, ...environment } };
    const ended = await run(command!, [...flags, ...args, "-o", output], options);
    if (!ended.ok || !existsSync(output)) return /^.*\berror: .*$/m.exec(ended.output)?.[0] ?? ended.ending;
  }
  return undefined;
}
