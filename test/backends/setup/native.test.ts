import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { addonFile, addonPackageFolder, addonProblem, readAddonNote } from "../../../src/backends/addon.js";
import { defaultCacheFolder } from "../../../src/backends/setup/cache.js";
import { pins, platformName } from "../../../src/backends/setup/pins.js";
import { type SetupResult, setup } from "../../../src/backends/setup/setup.js";
import { verifyAddon } from "../../../src/backends/setup/verify.js";
import { slow } from "../../support/slow.js";
import { cacheWithLibrary, layPackages, libraryIn, listener, offline, root, scratch } from "./support.js";

/** Whether this machine's cache has the library: what is built from the wheel is tested where the wheel can be had. */
const hasLibrary =
  readAddonNote(addonPackageFolder("@tensorflow/tfjs-node")!)?.from === "wheel" &&
  existsSync(join(defaultCacheFolder(), "native"));

describe.runIf(slow && hasLibrary)("native from a cache that has the library", () => {
  let cache: string;
  let packages: [string, string];
  const framework = pins[platformName]!.libraries[1];
  const ready = { backend: "native", from: "wheel" } as const;
  const fromCache = async (packageFolder: string) => {
    const report = listener();
    const result = await setup({ packageFolder, cache, report });
    return { ...result, notes: report.notes };
  };

  /** `setup` in a process of its own; what it says is in `stderr`. */
  function setupProcess(packageFolder: string): Promise<SetupResult & { stderr: string }> {
    const module = pathToFileURL(join(root, "src/backends/setup/setup.ts")).href;
    const code = `import { setup } from ${JSON.stringify(module)};
      console.log(JSON.stringify(await setup(${JSON.stringify({ packageFolder, cache })})));`;
    const args = ["--import", "tsx", "--input-type=module", "-e", code];
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...offline } });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) child[name].on("data", (text) => (texts[name] += text));
    return new Promise((resolve) =>
      child.on("close", () => resolve({ ...JSON.parse(texts.stdout), stderr: texts.stderr })),
    );
  }

  beforeAll(async () => {
    packages = [layPackages(scratch()), layPackages(scratch())];
    cache = cacheWithLibrary();
    for (const [name, value] of Object.entries(offline)) vi.stubEnv(name, value);
  });

  afterEach(() => {
    expect(readdirSync(join(cache, "native")).filter((name) => /^temporary|^lock/.test(name))).toEqual([]);
  });

  it("is built once by two setups at the same time, without a download", async () => {
    const both = await Promise.all(packages.map(setupProcess));
    expect(both).toMatchObject([ready, ready]);
    const said = both.map(({ stderr }) => stderr).sort();
    expect(said[0]).toMatch(/^another heed setup \(process \d+\) is running: waiting for it\n$/);
    expect(said[1]).toMatch(/^compiling tfjs-node's addon with \S+, about 10 s\n$/);
    for (const packageFolder of packages)
      expect(await verifyAddon(packageFolder)).toEqual({ library: "2.21.0", gpu: false });
  }, 180_000);

  it("stays as it is when it loads", async () => {
    const before = statSync(addonFile(packages[0])).mtimeMs;
    expect(await fromCache(packages[0])).toEqual({
      backend: "native",
      from: "present",
      line: "native is ready: TensorFlow 2.21.0 loads",
      notes: [],
    });
    expect(statSync(addonFile(packages[0])).mtimeMs).toBe(before);
  });

  it("is back from the cache after the packages were installed anew", async () => {
    rmSync(join(packages[0], "lib"), { recursive: true });
    expect(await fromCache(packages[0])).toEqual({
      ...ready,
      line: "native is ready: TensorFlow 2.21.0 loads, from its Python wheel",
      notes: [],
    });
  });

  it("is repaired when the addon is truncated", async () => {
    const file = addonFile(packages[0]);
    const { size } = statSync(file);
    truncateSync(file, 1000);
    expect(addonProblem(packages[0])).toBe(`${file} is damaged (1000 bytes, not ${size})`);
    expect(await fromCache(packages[0])).toMatchObject({ ...ready, notes: [] });
    rmSync(join(packages[0], "lib/napi-v8/heed.json")); // the child process notices it without the note, too
    truncateSync(file, size / 2);
    expect(await fromCache(packages[0])).toMatchObject({ ...ready, notes: [] });
  });

  it("is repaired when the addon has its size and other bytes", async () => {
    const file = addonFile(packages[0]);
    writeFileSync(file, Buffer.alloc(statSync(file).size));
    expect(addonProblem(packages[0])).toBeUndefined();
    expect((await verifyAddon(packages[0])).problem).toContain("invalid ELF header");
    expect(await fromCache(packages[0])).toMatchObject({ ...ready, notes: [] });
  });

  it("gives way to wasm when the library is damaged and can't be downloaded", async () => {
    const file = libraryIn(cache, framework);
    const { size } = statSync(file);
    const good = join(cache, "good");
    copyFileSync(file, good);
    const bytes = readFileSync(file);
    bytes.fill(0, 0x100000, bytes.length - 0x100000); // the same size: only the child process and the hash can tell
    rmSync(file); // the machine's own library has the same inode
    writeFileSync(file, bytes);
    expect(addonProblem(packages[0])).toBeUndefined();
    expect((await verifyAddon(packages[0])).problem).toBeDefined();
    const damaged = await fromCache(packages[0]);
    expect(damaged).toMatchObject({ backend: "wasm", from: "none" });
    expect(damaged.line).toContain("its package index is out of reach");
    expect(damaged.notes[0]).toMatch(/^what the cache kept does not load \(.+\): checking every file's hash$/);

    truncateSync(file, 1_000_000);
    expect(addonProblem(packages[1])).toBe(`${file} is damaged (1000000 bytes, not ${size})`);
    expect(await fromCache(packages[1])).toMatchObject({ backend: "wasm", from: "none" });

    rmSync(file);
    copyFileSync(good, file);
    expect(await fromCache(packages[1])).toMatchObject({ backend: "native", notes: [] });
  }, 180_000);
});
