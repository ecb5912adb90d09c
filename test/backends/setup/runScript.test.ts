import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root, scratch } from "./support.js";

/** A project with heed's scripts/run.mjs, a scripts/heed.ts of our own, and packages that match their lock file. */
function project(heed: string): string {
  const folder = scratch();
  mkdirSync(join(folder, "scripts"));
  mkdirSync(join(folder, "node_modules"));
  copyFileSync(join(root, "scripts/run.mjs"), join(folder, "scripts/run.mjs"));
  writeFileSync(join(folder, "scripts/heed.ts"), heed);
  writeFileSync(join(folder, "package.json"), '{ "name": "it", "version": "1.0.0", "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": { name: "it" } } }));
  writeFileSync(join(folder, "node_modules/.package-lock.json"), JSON.stringify({ packages: {} }));
  for (const name of ["tsx", "esbuild", "get-tsconfig", "resolve-pkg-maps"]) {
    const real = join(root, "node_modules", name);
    if (existsSync(real)) symlinkSync(real, join(folder, "node_modules", name));
  }
  return folder;
}

const runArgs = (folder: string, ...args: string[]) => [join(folder, "scripts/run.mjs"), ...args];
const runSync = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, runArgs(folder, ...args), { encoding: "utf8", input: "typed" });

it("hands arguments, stdin, stdout and the exit code through", () => {
  const folder = project(`
    import { readFileSync } from "node:fs";
    console.log(JSON.stringify(process.argv.slice(2)), readFileSync(0, "utf8"));
    process.exitCode = 7 as number;`);
  const { stdout, stderr, status } = runSync(folder, "generate", "--prompt", "a b", "--x=*");
  expect(stdout).toBe('["generate","--prompt","a b","--x=*"] typed\n');
  expect(stderr).toBe("");
  expect(status).toBe(7);
  expect(runSync(folder).stdout).toBe('["--help"] typed\n');
});

it("runs where the user is, and the package's own runs in the package", async () => {
  const folder = project("console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]));");
  const elsewhere = realpathSync(scratch());
  const inside = join(folder, "mine");
  mkdirSync(inside);
  const run = async (cwd: string, command: string, env: NodeJS.ProcessEnv = {}) => {
    const options = { cwd, env: { ...process.env, INIT_CWD: undefined, ...env } };
    const child = spawn(process.execPath, runArgs(folder, command, "--backend=cpu"), options);
    let output = "";
    child.stdout.on("data", (text) => {
      output += text;
    });
    await new Promise((resolve) => child.on("close", resolve));
    return JSON.parse(output);
  };
  // npm runs a script in the package's folder
  const npm = { INIT_CWD: inside, npm_package_json: join(folder, "package.json") };
  const others = { ...npm, npm_package_json: join(elsewhere, "package.json") };
  expect(
    await Promise.all([
      run(elsewhere, "train"),
      run(folder, "train", npm),
      run(folder, "train", others),
      run(folder, "start", npm),
      run(inside, "study"),
    ]),
  ).toEqual([
    [elsewhere, "train", "--backend=cpu"],
    [inside, "train", "--backend=cpu"],
    [folder, "train", "--backend=cpu"],
    [inside, "start", "--out", "../models/start", "--backend=cpu"],
    [
      ...[inside, "sweep", "--plan", "../docs/study/plan.json", "--config", "../docs/study/settings.json"],
      ...["--data", "../data/tales/tales.txt", "--out", "../models/study", "--backend=cpu"],
    ],
  ]);
});

it("has the study of heads train, and then look at what was trained", () => {
  const print = "console.log(process.argv.slice(2).join(' '));";
  const folder = project(print);
  writeFileSync(join(folder, "scripts", "studyHeads.ts"), print);
  const [sweep, look] = runSync(folder, "study:heads", "--backend=cpu").stdout.trim().split("\n");
  expect(sweep).toMatch(/^sweep --plan .*headsPlan.json --config .*headsSettings.json .* --backend=cpu$/);
  expect(look).toMatch(/^.*models\/study-heads .*docs\/study\/heads.md$/);
});

it("links heed among the programs of the packages, for npx", () => {
  const folder = project("console.log(process.argv[2]);");
  mkdirSync(join(folder, "node_modules/.bin"));
  runSync(folder, "once");
  const linked = spawnSync(process.execPath, [join(folder, "node_modules/.bin/heed"), "twice"], { encoding: "utf8" });
  expect(linked.stdout).toBe("twice\n");
});

it.runIf(process.platform !== "win32")(
  "passes SIGINT on once where there is no terminal, and waits for the end",
  async () => {
    const folder = project(`
    let count = 0;
    process.on("SIGINT", () => (count += 1));
    console.log("ready");
    setTimeout(() => { console.log(count); process.exit(130); }, 1500);`);
    const options: SpawnOptions = { stdio: ["ignore", "pipe", "inherit"] };
    const child = spawn(process.execPath, runArgs(folder, "train"), options);
    let output = "";
    child.stdout!.on("data", (text) => {
      output += text;
      if (String(text) === "ready\n") child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(output).toBe("ready\n1\n");
    expect(code).toBe(130);
  },
);

it("installs the locked packages once, also when two start at once", async () => {
  const folder = project('console.log("ran");');
  const dependency = scratch();
  writeFileSync(join(dependency, "package.json"), '{ "name": "dep", "version": "1.0.0" }');
  const packed = spawnSync("npm", ["pack", dependency, "--silent"], { cwd: folder, encoding: "utf8" }).stdout.trim();
  const manifest = { name: "it", version: "1.0.0", type: "module", dependencies: { dep: `file:${packed}` } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  for (const stale of ["package-lock.json", "node_modules"]) rmSync(join(folder, stale), { recursive: true });
  spawnSync("npm", ["install", "--package-lock-only", "--offline"], { cwd: folder });
  // npm ci empties node_modules: the program that shall run afterwards can't come from there
  const script = readFileSync(join(folder, "scripts/run.mjs"), "utf8");
  const loader = JSON.stringify(join(root, "node_modules/tsx/dist/loader.mjs"));
  writeFileSync(
    join(folder, "scripts/run.mjs"),
    script.replace('inRoot("node_modules", "tsx", "dist", "loader.mjs")', loader),
  );
  const start = () =>
    new Promise<{ stdout: string; stderr: string; code: number | null }>((resolve) => {
      const child = spawn(process.execPath, runArgs(folder, "train"), { stdio: ["ignore", "pipe", "pipe"] });
      const texts = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) child[name].on("data", (text) => (texts[name] += text));
      child.on("close", (code) => resolve({ ...texts, code }));
    });
  const both = await Promise.all([start(), start()]);
  for (const { stdout, code } of both) expect([stdout, code]).toEqual(["ran\n", 0]);
  const said = both.filter(({ stderr }) => stderr.includes("installing the packages of package-lock.json (npm ci)\n"));
  expect(said).toHaveLength(1);
  expect(existsSync(join(folder, "node_modules/dep/package.json"))).toBe(true);
  expect((await start()).stderr).toBe("");

  const hidden = join(folder, "node_modules/.package-lock.json");
  const installed = JSON.parse(readFileSync(hidden, "utf8"));
  installed.packages["node_modules/dep"].version = "0.9.0";
  writeFileSync(hidden, JSON.stringify(installed));
  expect((await start()).stderr).toContain("installing the packages of package-lock.json (npm ci)\n");
});
