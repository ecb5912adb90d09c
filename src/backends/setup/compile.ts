import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { BackendError } from "../../config/errors.js";
import { temporaryFolder } from "./cache.js";
import { type PlatformPins, pins, platformName } from "./pins.js";
import { fetchWheel, type Python, unpackWheel } from "./python.js";
import { megabytes, type Reporter } from "./reporter.js";
import { run } from "./run.js";

/** What the addon's sources are compiled against. */
export interface CompileInput {
  /** tfjs-node's folder, with its `binding/`. */
  packageFolder: string;
  /** The folder of libtensorflow_cc and libtensorflow_framework, with their `include/`. */
  libraryFolder: string;
  libraries: readonly string[];
  /** The addon to write. */
  output: string;
}

/** Flags that decide what the addon is: part of its name in the cache. */
export const compileFlags = ["-O2", "-std=c++17", "-fPIC", "-shared", "-w", "-DNAPI_VERSION=8"];

/** The folder of the C headers of Node-API. */
export function nodeApiHeaders(): string {
  return join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");
}

/** tfjs-node's C++ files. */
export function bindingSources(packageFolder: string): string[] {
  const folder = join(packageFolder, "binding");
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** The C++ compilers on the path, the one that `CXX` names first. */
export async function findCompilers(): Promise<string[]> {
  if (process.platform === "win32") return [];
  // Without the command line tools, macOS has stand-ins that open a window instead of compiling.
  if (process.platform === "darwin" && !(await run("xcode-select", ["-p"], { limit: 10 })).ok) return [];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const onPath = ["g++", "clang++", "c++"].filter((name) => folders.some((folder) => existsSync(join(folder, name))));
  return process.env.CXX ? [process.env.CXX, ...onPath] : onPath;
}

/** Compiles with the first compiler that manages to; brings one from the `ziglang` wheel where none does. */
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
  if (!python?.hasPip) throw new BackendError(`${without}, and no pip to get one`);
  try {
    await compileWithZig(cache, python, input, report);
  } catch (error) {
    throw new BackendError(`${without}, and the one in ziglang did not help: ${(error as Error).message}`);
  }
}

async function compileWithZig(cache: string, python: Python, input: CompileInput, report: Reporter): Promise<void> {
  const { zig } = pins[platformName] as PlatformPins;
  report.note("no C++ compiler does: bringing the one in the Python package ziglang, for this once");
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

/** Compiles; gives the compiler's first complaint if it fails. */
async function compileWith(
  compiler: readonly string[],
  input: CompileInput,
  environment: NodeJS.ProcessEnv = {},
): Promise<string | undefined> {
  const [command, ...first] = compiler;
  const args = [...first, ...compileFlags, `-I${join(input.libraryFolder, "include")}`, `-I${nodeApiHeaders()}`];
  args.push(...bindingSources(input.packageFolder).filter((file) => file.endsWith(".cc")));
  args.push(...input.libraries.map((name) => join(input.libraryFolder, name)));
  if (process.platform === "darwin") args.push("-undefined", "dynamic_lookup");
  args.push("-Xlinker", "-rpath", "-Xlinker", input.libraryFolder, "-o", input.output);
  const { ok, output, ending } = await run(command!, args, { limit: 900, env: { ...process.env, ...environment } });
  if (ok && existsSync(input.output)) return undefined;
  return /^.*\berror: .*$/m.exec(output)?.[0] ?? ending;
}
