// HEED_SLOW=1 npx vitest run --config test/vitest.config.ts test/backends/setup/slow
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addonFile, addonPackageFolder } from "../../../src/backends/addon.js";
import { compileFlags, nodeApiHeaders } from "../../../src/backends/setup/compileAddon.js";
import { pins, platformName } from "../../../src/backends/setup/pins.js";
import { setup } from "../../../src/backends/setup/setup.js";
import { verifyAddon } from "../../../src/backends/setup/verify.js";
import { slow } from "../../support/slow.js";
import {
  cacheWithLibrary,
  layPackages,
  libraryIn,
  listener,
  offline,
  onlyPrograms,
  realPython,
  scratch,
} from "./support.js";

const wheel = pins[platformName]?.tensorflow;
const ready = { backend: "native", from: "wheel" };
const works = { library: "2.21.0", gpu: false };

afterEach(() => {
  vi.unstubAllEnvs();
});

async function setUp(packageFolder: string, cache: string) {
  const report = listener();
  const result = await setup({ packageFolder, cache, report });
  return { ...result, notes: report.notes, labels: [...report.labels] };
}

async function serve(handle: Parameters<typeof createServer>[1]): Promise<{ server: Server; url: string }> {
  const server = createServer(handle as () => void);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.runIf(slow && process.platform === "linux" && wheel)("setup in earnest", () => {
  it("builds native in an empty cache, and compiles again when the cached addon is damaged", async () => {
    const [packageFolder, cache] = [layPackages(scratch()), scratch()];
    const cold = await setUp(packageFolder, cache);
    expect(cold).toMatchObject(ready);
    expect(cold.notes).toEqual([
      expect.stringMatching(new RegExp(`^downloading ${wheel!.project} 2.21.0 with pip, 2\\d\\d MB$`)),
      expect.stringMatching(/^unpacking TensorFlow's C library, 8\d\d MB, into /),
      expect.stringMatching(/^compiling tfjs-node's addon with \S+, about 10 s$/),
    ]);
    expect(cold.labels).toEqual([wheel!.project, "unpacking"]);
    expect(await verifyAddon(packageFolder)).toEqual(works);
    expect(readdirSync(join(cache, "native", "downloads"))).toEqual([]); // the wheel is dropped

    const unit = readdirSync(join(cache, "native")).find((name) => name.startsWith("addon-"))!;
    const kept = join(cache, "native", unit, "tfjs_binding.node");
    const bytes = readFileSync(kept);
    bytes.fill(0, bytes.length / 4, bytes.length / 2); // it keeps its ELF header and its size: loading it is what fails
    for (const file of [kept, addonFile(packageFolder)]) writeFileSync(file, bytes);
    for (const name of Object.keys(offline)) vi.stubEnv(name, offline[name as keyof typeof offline]);
    const repaired = await setUp(packageFolder, cache);
    expect(repaired).toMatchObject(ready);
    expect(repaired.notes).toEqual([
      expect.stringMatching(/^what the cache kept does not load \(.+\): checking every file's hash$/),
      expect.stringMatching(/^compiling tfjs-node's addon/),
    ]);
  }, 600_000);

  it("compiles with zig where there is no compiler", async () => {
    const [packageFolder, cache] = [layPackages(scratch()), cacheWithLibrary()];
    vi.stubEnv("PATH", onlyPrograms({ python3: realPython() }));
    vi.stubEnv("CXX", undefined);
    const result = await setUp(packageFolder, cache);
    expect(result).toMatchObject(ready);
    expect(result.notes).toEqual([
      "no C++ compiler works: downloading the one in the Python package ziglang, for this build only",
      expect.stringMatching(/^downloading ziglang 0.16.0 with pip, 9\d MB$/),
      expect.stringMatching(/^unpacking ziglang, \d+ MB$/),
      "compiling tfjs-node's addon with zig c++, about a minute",
    ]);
    expect(await verifyAddon(packageFolder)).toEqual(works);
    expect(readdirSync(join(cache, "native")).filter((name) => /^temporary/.test(name))).toEqual([]);
  }, 600_000);

  it("tries zig when the compiler on the path does not work, and says why it failed when zig can't be had", async () => {
    const [packageFolder, cache] = [layPackages(scratch()), cacheWithLibrary()];
    for (const name of Object.keys(offline)) vi.stubEnv(name, offline[name as keyof typeof offline]);
    vi.stubEnv(
      "PATH",
      onlyPrograms({ python3: realPython(), "g++": "echo 'x.h:1: fatal error: no such file'; exit 1" }),
    );
    const { line } = await setUp(packageFolder, cache);
    expect(line).toContain(
      "slower: g++ failed: x.h:1: fatal error: no such file, and the one in ziglang failed too: pip could not " +
        "download ziglang 0.16.0: its package index is out of reach",
    );
  }, 600_000);

  it("uses tfjs-node's own installer when there is no Python, and keeps what it gave", async () => {
    const packageFolder = layPackages(scratch());
    const cache = scratch();
    const { library, addon } = packOfficial();
    const { server, url } = await serve((request, response) => {
      response.end(readFileSync(request.url!.includes("pre-built-binary") ? addon : library));
    });
    try {
      vi.stubEnv("CDN_STORAGE", `${url}/`);
      vi.stubEnv("npm_config_tfjs_binding_binary_host_mirror", `${url}/pre-built-binary`);
      const path = onlyPrograms({ sh: 'exec /bin/sh "$@"' });
      vi.stubEnv("PATH", path);
      const first = await setUp(packageFolder, cache);
      expect(first).toMatchObject({
        backend: "native",
        from: "official",
        line: "native is ready: TensorFlow 2.21.0 loads, from tfjs-node's host",
      });
      expect(first.notes).toEqual([expect.stringMatching(/^trying tfjs-node's own installer: it downloads/)]);
      expect(await verifyAddon(packageFolder)).toEqual(works);
    } finally {
      server.close();
    }
    const other = layPackages(scratch()); // its host is gone now
    expect(await setUp(other, cache)).toMatchObject({ backend: "native", from: "official", notes: [] });
  }, 600_000);

  it("does not wait for ever for hosts that accept and never answer", async () => {
    const [packageFolder, cache] = [layPackages(scratch()), scratch()];
    const { server, url } = await serve(() => {});
    try {
      for (const name of Object.keys(offline)) vi.stubEnv(name, offline[name as keyof typeof offline]);
      vi.stubEnv("PIP_INDEX_URL", `${url}/simple`);
      vi.stubEnv("CDN_STORAGE", `${url}/`);
      const { line } = await setUp(packageFolder, cache);
      expect(line).toContain("its package index is out of reach");
      expect(line).toContain("; tfjs-node's own installer failed: its download host is out of reach");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }, 600_000);
});

/**
 * What tfjs-node's host serves, made here: a libtensorflow that is a door to this machine's library, and an addon that
 * looks for it where tfjs-node's does.
 */
function packOfficial(): { library: string; addon: string } {
  const folder = scratch();
  const cache = cacheWithLibrary();
  const source = libraryIn(cache, "");
  mkdirSync(join(folder, "lib"));
  mkdirSync(join(folder, "addon"));
  writeFileSync(join(folder, "empty.cc"), "");
  const door = join(folder, "lib", "libtensorflow.so.2");
  const names = pins[platformName]!.libraries;
  const needs = ["-Wl,--no-as-needed", ...names.map((name) => join(source, name)), `-Wl,-rpath,${source}`];
  execFileSync("g++", [
    "-shared",
    "-fPIC",
    join(folder, "empty.cc"),
    ...needs,
    "-Wl,-soname,libtensorflow.so.2",
    "-o",
    door,
  ]);
  const binding = join(addonPackageFolder("@tensorflow/tfjs-node")!, "binding");
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(binding, name));
  const headers = [`-I${join(source, "include")}`, `-I${nodeApiHeaders()}`];
  const finds = ["-Wl,--no-as-needed", door, `-Wl,-rpath-link,${source}`, "-Wl,-rpath,$ORIGIN/../../deps/lib"];
  const output = join(folder, "addon", "tfjs_binding.node");
  execFileSync("g++", [
    ...compileFlags,
    ...headers,
    ...sources,
    ...finds,
    "-Wl,--unresolved-symbols=ignore-all",
    "-o",
    output,
  ]);
  execFileSync("tar", ["-czf", join(folder, "library.tar.gz"), "-C", folder, "lib"]);
  execFileSync("tar", ["-czf", join(folder, "addon.tar.gz"), "-C", folder, "addon"]);
  rmSync(join(folder, "empty.cc"));
  return { library: join(folder, "library.tar.gz"), addon: join(folder, "addon.tar.gz") };
}
