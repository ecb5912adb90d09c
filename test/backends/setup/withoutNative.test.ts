import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { failureFile } from "../../../src/backends/setup/failure.js";
import { pins, platformName } from "../../../src/backends/setup/pins.js";
import { type SetupOptions, setup } from "../../../src/backends/setup/setup.js";
import { hasPython, layPackages, listener, offline, onlyPrograms, realPython, scratch } from "./support.js";

const wasmLine = "native can't be set up, so heed uses wasm, which is slower: ";
const hostGone = "tfjs-node's own installer failed: its download host is out of reach";
const { tensorflow: wheel } = pins[platformName] ?? pins["linux-x64"]!;
const indexGone =
  `pip could not download ${wheel.project} 2.21.0: its package index is out of reach ` +
  "(check the network, or pip's index and proxy settings)";
const isPinned = process.platform === "linux" && platformName in pins;
const onLinux = it.runIf(isPinned);
const withPython = it.runIf(isPinned && hasPython);

let packageFolder: string;
let options: SetupOptions & { cache: string; report: ReturnType<typeof listener> };

beforeAll(() => {
  packageFolder = layPackages(scratch());
});

beforeEach(() => {
  options = { packageFolder, cache: scratch(), report: listener() };
  for (const [name, value] of Object.entries(offline)) vi.stubEnv(name, value);
});

afterEach(() => {
  vi.unstubAllEnvs();
  expect(existsSync(join(packageFolder, "lib"))).toBe(false); // nothing half-made is left in the package
});

onLinux("says that Python is missing, uses wasm, and remembers it", async () => {
  vi.stubEnv("PATH", onlyPrograms({}));
  const first = await setup(options);
  const reason = `Python is missing (install Python 3 with pip); ${hostGone}`;
  expect(first).toEqual({ backend: "wasm", from: "none", line: wasmLine + reason });
  expect(options.report.notes.some((line) => line.startsWith("trying tfjs-node's own installer"))).toBe(true);

  const again = { ...options, report: listener() };
  expect(await setup(again)).toEqual({
    backend: "wasm",
    from: "none",
    line: `${wasmLine}${reason} (as it was 0 min ago; npx heed setup --force tries again)`,
  });
  expect(again.report.notes).toEqual([]);

  expect((await setup({ ...again, force: true })).line).toBe(wasmLine + reason);
  expect(again.report.notes).toHaveLength(1);
});

onLinux("tries again by itself when the machine has more than it had", async () => {
  vi.stubEnv("PATH", onlyPrograms({}));
  await setup(options);
  vi.stubEnv("PATH", onlyPrograms({ python3: "echo no pip" }));
  const line = `pip is missing in python3 (on Debian: apt install python3-pip); ${hostGone}`;
  expect((await setup(options)).line).toBe(wasmLine + line);
});

onLinux("forgets a failure after six hours", async () => {
  vi.stubEnv("PATH", onlyPrograms({}));
  await setup(options);
  const file = failureFile(join(options.cache, "native"));
  const failure = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...failure, at: Date.now() - 6 * 3600_000 - 60_000 }));
  const later = { ...options, report: listener() };
  await setup(later);
  expect(later.report.notes).toHaveLength(1);
});

withPython("gives up soon on a package index that is out of reach", async () => {
  vi.stubEnv("PATH", onlyPrograms({ python3: realPython() }));
  expect((await setup(options)).line).toBe(`${wasmLine}${indexGone}; ${hostGone}`);
  expect(options.report.notes[0]).toMatch(new RegExp(`^downloading ${wheel.project} 2.21.0 with pip, 2\\d\\d MB$`));
  expect(readdirSync(join(options.cache, "native"))).toEqual(["failure.json"]);
});

onLinux("refuses when native itself was asked for", async () => {
  vi.stubEnv("PATH", onlyPrograms({}));
  await expect(setup({ ...options, backend: "native", from: "wheel" })).rejects.toThrow(
    "native can't be set up: Python is missing (install Python 3 with pip)",
  );
  await expect(setup({ ...options, backend: "native", from: "official" })).rejects.toThrow(
    `native can't be set up: ${hostGone}`,
  );
});

/** A well-formed wheel with the right name and other contents, where pip finds it. */
function forgeWheel(): string {
  const { project, platform, version } = wheel;
  const name = project.replace("-", "_");
  const folder = scratch();
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
  z.writestr("tensorflow/libtensorflow_cc.so.2", "not this one")
  z.writestr("${name}-${version}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: ${project}\\nVersion: ${version}\\n")
  z.writestr("${name}-${version}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp311-cp311-${platform}\\n")
  z.writestr("${name}-${version}.dist-info/RECORD", "")
`;
  const file = join(folder, `${name}-${version}-cp311-cp311-${platform}.whl`);
  mkdirSync(folder, { recursive: true });
  execFileSync("python3", ["-c", script, file]);
  return folder;
}

withPython("refuses a wheel with the wrong hash", async () => {
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_FIND_LINKS", forgeWheel());
  const { line } = await setup(options);
  expect(line.replace(/got \d+ bytes, sha256 [0-9a-f]{64}/, "got OTHER")).toBe(
    `${wasmLine}the wheel of ${wheel.project} 2.21.0 has the wrong hash and is not used: got OTHER, ` +
      `expected ${wheel.bytes} bytes, sha256 ${wheel.sha256} (ask whoever runs the package index or proxy); ${hostGone}`,
  );
  expect(readdirSync(join(options.cache, "native"))).toEqual(["failure.json"]);
});

it("refuses gpu where there is no CUDA device, and touches nothing", async () => {
  if (existsSync("/dev/nvidiactl")) return;
  await expect(setup({ ...options, backend: "gpu" })).rejects.toThrow(
    process.platform === "linux"
      ? "gpu can't be set up: there is no CUDA device on this machine (use --backend native)"
      : `gpu can't be set up: it needs Linux with CUDA, and this is ${process.platform} (use --backend native)`,
  );
  expect(readdirSync(options.cache)).toEqual([]);
});

it("checks wasm when asked for it", async () => {
  expect(await setup({ ...options, backend: "wasm" })).toEqual({
    backend: "wasm",
    from: "none",
    line: "wasm is ready",
  });
});

it("refuses choices that it does not know", async () => {
  await expect(setup({ ...options, backend: "tpu" as never })).rejects.toThrow(
    'backend must be one of auto, native, gpu, wasm: got "tpu"',
  );
  await expect(setup({ ...options, from: "pip" as never })).rejects.toThrow(
    'from must be one of auto, wheel, official: got "pip"',
  );
});
