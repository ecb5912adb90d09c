import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, it } from "vitest";
import { addonFile, addonPackageFolder, addonProblem, readAddonNote } from "../../src/backends/addon.js";
import { type BackendChoice, useBackend } from "../../src/backends/choose.js";
import { restoreUtilChecks } from "../../src/backends/nodeCompat.js";
import { layPackages, root } from "./setup/support.js";

const realPackage = addonPackageFolder("@tensorflow/tfjs-node")!;
const hasNative = addonProblem(realPackage) === undefined;
/** For scripts that run in processes of their own. */
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "heed-choose-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** [[1, 2], [3, 4]] times [[5, 6], [7, 8]], by hand. */
const product = [19, 22, 43, 50];
const multiply = () => [...tf.tidy(() => tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync())]; // biome-ignore format: a matrix

describe("useBackend", () => {
  it.each(["wasm", "cpu"] as const)("%s computes in this process, and says that it was asked for", async (name) => {
    expect(await useBackend(name)).toEqual({ name, reason: `${name}: asked for` });
    expect(tf.getBackend()).toBe(name);
    expect(multiply()).toEqual(product);
  });

  it.runIf(hasNative)("native is the same tfjs as everybody's, and auto picks it", async () => {
    const { library } = readAddonNote(realPackage) ?? { library: expect.any(String) };
    const asked = await useBackend("native");
    expect(asked).toEqual({ name: "native", reason: `native (TensorFlow ${library}): asked for` });
    expect(await useBackend()).toEqual({
      name: "native",
      reason: `native (TensorFlow ${library}): it loads and is the fastest`,
    });
    expect(tf.getBackend()).toBe("tensorflow");
    expect(multiply()).toEqual(product);
    const theirs = createRequire(import.meta.url)("@tensorflow/tfjs-node") as typeof tf;
    expect(theirs.engine()).toBe(tf.engine());
  });

  it("switches back and forth, and a tensor follows", async () => {
    await useBackend("cpu");
    const before = tf.memory().numTensors;
    const x = tf.tensor1d([1, 2, 3]);
    await useBackend("wasm");
    expect([...tf.tidy(() => x.mul(2).dataSync())]).toEqual([2, 4, 6]);
    await useBackend("wasm");
    await useBackend(hasNative ? "native" : "cpu");
    expect([...tf.tidy(() => x.mul(3).dataSync())]).toEqual([3, 6, 9]);
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("leaves no handlers of uncaught errors behind", async () => {
    const script = `
      import { useBackend } from ${JSON.stringify(join(root, "src/backends/choose.ts"))};
      await useBackend("wasm");
      console.log(process.listenerCount("uncaughtException"), process.listenerCount("unhandledRejection"));`;
    expect(runScript(scratch, script)).toMatchObject({ stdout: "0 0\n", stderr: "" });
  });

  it("refuses a choice that is none", async () => {
    await expect(useBackend("webgl" as BackendChoice)).rejects.toThrow(
      'backend must be one of auto, native, gpu, wasm, cpu: got "webgl"',
    );
  });
});

/** Runs a module in a process of its own, whose folder decides which node_modules it finds. */
function runScript(folder: string, script: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, `script-${process.pid}.mts`);
  writeFileSync(file, script);
  const loader = createRequire(import.meta.url).resolve("tsx");
  try {
    const options = { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" } as const;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", loader, file], options);
    return { stdout, stderr, status };
  } finally {
    rmSync(file);
  }
}

/** A project with heed's backends and its own copy of tfjs-node, without addon. */
function project(name: string): { folder: string; packageFolder: string } {
  const folder = join(scratch, name);
  const packageFolder = layPackages(folder);
  cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return { folder, packageFolder };
}

const report = `
  import * as tf from "@tensorflow/tfjs";
  import { useBackend } from "./src/backends/choose.ts";
  const show = (choice) => useBackend(choice).then((it) => it.reason, (error) => error.name + ": " + error.message);
  for (const choice of process.env.CHOICES.split(",")) {
    console.log(await show(choice));
    console.log(tf.getBackend(), tf.tensor([1, 2]).sum().dataSync()[0]);
  }`;

describe("useBackend where native is not whole", () => {
  it("says that it is not set up, what to do, and uses wasm on auto", () => {
    const { folder } = project("bare");
    const { stdout, stderr } = runScript(folder, report, { CHOICES: "auto,native,cpu,wasm" });
    const why = "it is not set up (npx heed setup makes it work)";
    expect(stdout.split("\n")).toEqual([
      `wasm: native does not load: ${why}`,
      "wasm 3",
      `BackendError: backend native does not load: ${why}`,
      "wasm 3",
      "cpu: asked for",
      "cpu 3",
      "wasm: asked for",
      "wasm 3",
      "",
    ]);
    expect(stderr).toBe("");
  });

  it("says that the optional package is not installed", () => {
    const { folder, packageFolder } = project("without");
    rmSync(packageFolder, { recursive: true });
    const { stdout } = runScript(folder, report, { CHOICES: "native,auto" });
    const why = "@tensorflow/tfjs-node is not installed (npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0)";
    expect(stdout).toContain(`BackendError: backend native does not load: ${why}\n`);
    expect(stdout).toContain(`wasm: native does not load: ${why}\nwasm 3\n`);
  });

  it("passes over an addon that does not load, and over one that is not as it was noted", () => {
    const { folder, packageFolder } = project("damaged");
    const file = addonFile(packageFolder);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "no library");
    const broken = runScript(folder, report, { CHOICES: "auto,wasm" });
    expect(broken.stdout).toMatch(/^wasm: native does not load: .+ \(npx heed setup makes it work\)\nwasm 3\n/);
    expect(broken.stderr).toBe("");
    const note = { from: "wheel", library: "2.21.0", files: [{ path: file, size: 10, mtimeMs: 0 }] };
    writeFileSync(join(file, "../heed.json"), JSON.stringify(note));
    truncateSync(file, 3);
    expect(runScript(folder, report, { CHOICES: "auto" }).stdout).toContain(
      `wasm: native does not load: ${file} is damaged (3 bytes, not 10) (npx heed setup makes it work)\n`,
    );
  });
});

describe.runIf(hasNative)("native's library", () => {
  const probe = `
    import { useBackend } from ${JSON.stringify(join(root, "src/backends/choose.ts"))};
    await useBackend("native");
    console.log("loaded");`;
  const clean = { TF_CPP_MIN_LOG_LEVEL: undefined, HEED_DEBUG: undefined };

  it("is quiet, unless HEED_DEBUG is 1", () => {
    expect(runScript(scratch, probe, clean)).toEqual({ stdout: "loaded\n", stderr: "", status: 0 });
    const { stderr } = runScript(scratch, probe, { ...clean, HEED_DEBUG: "1" });
    expect(stderr).toContain("TensorFlow");
  });
});

it("util has the checks that newer Nodes dropped, and they do not warn", () => {
  restoreUtilChecks();
  const old = util as unknown as Record<string, (value: unknown) => boolean>;
  const table: [string, unknown[], unknown[]][] = [
    ["isArray", [[]], [{ length: 0 }, "a"]],
    ["isNullOrUndefined", [null, undefined], [0, "", false]],
    ["isNull", [null], [undefined, 0]],
    ["isUndefined", [undefined], [null]],
    ["isBoolean", [false], [0]],
    ["isNumber", [Number.NaN], ["1"]],
    ["isString", [""], [1]],
    ["isSymbol", [Symbol()], ["s"]],
    ["isFunction", [() => {}], [{}]],
    ["isObject", [{}, []], [null, () => {}]],
    ["isPrimitive", [null, 1, "a", undefined], [{}, () => {}]],
    ["isRegExp", [/a/], ["/a/"]],
    ["isDate", [new Date()], [1]],
    ["isError", [new TypeError()], ["Error"]],
    ["isBuffer", [Buffer.alloc(1)], [new Uint8Array(1)]],
  ];
  for (const [name, yes, no] of table) {
    for (const value of yes) expect([name, value, old[name]!(value)]).toEqual([name, value, true]);
    for (const value of no) expect([name, value, old[name]!(value)]).toEqual([name, value, false]);
  }
});
