#!/usr/bin/env node
// node scripts/run.mjs <command> [flags]: what package.json's scripts run. Plain JavaScript without dependencies, because
// it runs before anything is installed, and on Nodes that can't read TypeScript.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...names) => join(root, ...names);
/** Where the user is: npm runs scripts in the package's folder, and says where it was called. */
const user = calledByNpm() ? process.env.INIT_CWD : process.cwd();
/** A path in the package, as the user would write it. */
const fromUser = (...names) => relative(user, inRoot(...names));
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if ((major > 20 || (major === 20 && minor >= 19)) && major < 27) return;
  console.error(`heed needs Node 20.19 to 26: this is ${process.versions.node} (https://nodejs.org has others)`);
  process.exit(1);
}

function calledByNpm() {
  const { INIT_CWD, npm_package_json: manifest } = process.env;
  if (!INIT_CWD || !manifest || realpathSync(process.cwd()) !== root) return false;
  try {
    return realpathSync(dirname(manifest)) === root;
  } catch {
    return false;
  }
}

/**
 * Runs a program with this terminal as its own, and returns its exit code. A terminal sends Ctrl-C to the program itself;
 * elsewhere the signal comes to us alone and is passed on.
 */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    const passOn = (signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, passOn);
    const end = (code) => {
      for (const signal of signals) process.off(signal, passOn);
      resolve(code);
    };
    child.on("error", (error) => {
      console.error(`${command} does not start: ${error.message}`);
      end(1);
    });
    child.on("close", (code, signal) => end(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs the program that a dependency brings. */
function runTool(packageName, tool, ...args) {
  const { bin } = readJson(inRoot("node_modules", packageName, "package.json"));
  return run(process.execPath, [inRoot("node_modules", packageName, bin[tool]), ...args]);
}

function runHeed(...args) {
  return runSource("heed.ts", ...args);
}

/** Runs a program of scripts/, as TypeScript. */
function runSource(name, ...args) {
  const tsx = pathToFileURL(inRoot("node_modules", "tsx", "dist", "loader.mjs")).href;
  // tsx would read a tsconfig.json of the user's; heed ends where this process does.
  const env = { ...process.env, TSX_TSCONFIG_PATH: inRoot("tsconfig.json"), HEED_PARENT: String(process.pid) };
  return run(process.execPath, ["--import", tsx, inRoot("scripts", name), ...args], { cwd: user, env });
}

/** Whether node_modules is what `npm ci` makes of package-lock.json: npm notes there what it installed, when it is done. */
function packagesMatch() {
  try {
    const locked = readJson(inRoot("package-lock.json")).packages;
    const installed = readJson(inRoot("node_modules", ".package-lock.json")).packages;
    const same = (path) => installed[path]?.version === locked[path]?.version;
    const wanted = Object.keys(locked).filter((path) => path !== "" && (!locked[path].optional || path in installed));
    return [...wanted, ...Object.keys(installed)].every(same);
  } catch {
    return false;
  }
}

/** Installs the locked packages unless they are there; two at once wait for each other. */
async function installPackages() {
  if (packagesMatch()) return;
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `heed-install-${name}.lock`);
  while (!takeLock(lock)) await sleep(300);
  const release = () => rmSync(lock, { force: true });
  process.on("exit", release);
  if (!packagesMatch()) {
    console.error("installing the packages of package-lock.json (npm ci)");
    const npm = process.env.npm_execpath?.endsWith("npm-cli.js") && [process.execPath, process.env.npm_execpath];
    const [command, ...args] = npm || ["npm"];
    const code = await run(command, [...args, "ci"], { stdio: ["ignore", 2, 2] }); // stdout stays the command's own
    if (code !== 0) {
      console.error("the packages could not be installed: npm ci says why above");
      process.exit(code);
    }
  }
  process.off("exit", release);
  release();
}

/** Lets `npx heed` work in a clone, too: npm links the programs of dependencies alone. */
function linkProgram() {
  try {
    symlinkSync(join("..", "..", "scripts", "run.mjs"), inRoot("node_modules", ".bin", "heed"));
  } catch {
    // It is there, or this system has no links: npm run heed does the same.
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    process.kill(Number(readFileSync(lock, "utf8")) || process.pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") rmSync(lock, { force: true }); // its owner has died
  }
  return false;
}

/** Whether the native addon and its libraries are, by size and time, what setup has seen to work. */
function nativeIsSetUp() {
  try {
    const note = inRoot("node_modules", "@tensorflow", "tfjs-node", "lib", "napi-v8", "heed.json");
    const seen = ({ path, size, mtimeMs }) => statSync(path).size === size && statSync(path).mtimeMs === mtimeMs;
    return readJson(note).files.every(seen);
  } catch {
    return false;
  }
}

async function setUpBackend(args) {
  if (nativeIsSetUp() || /--backend[= ](wasm|cpu|gpu)\b/.test(args.join(" "))) return;
  const code = await runHeed("setup");
  if (code !== 0) process.exit(code);
}

/** Runs checks one after the other, says which failed, and gives 1 if any did. */
async function runChecks(checks) {
  const failed = [];
  for (const [name, check] of checks) {
    const code = await check();
    if (code === 130) return code;
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

const types = ["types (tsc)", () => runTool("typescript", "tsc", "--noEmit")];
const lint = ["lint (biome)", () => runTool("@biomejs/biome", "biome", "check", ".")];
const tests = (args) => [
  "tests (vitest)",
  () => runTool("vitest", "vitest", "run", "--config", "test/vitest.config.ts", ...args),
];

/**
 * Compiles src and scripts into dist, which is emptied first, or into a new folder, with what is not TypeScript and the
 * program of pages next to it.
 */
async function build(newFolder) {
  const folder = newFolder ? resolve(user, newFolder) : inRoot("dist");
  if (!newFolder) rmSync(folder, { recursive: true, force: true });
  const code = await runTool("typescript", "tsc", "-p", "scripts/tsconfig.build.json", "--outDir", folder);
  if (code !== 0) return code;
  const others = readdirSync(inRoot("src"), { recursive: true }).filter((file) => /\.(cc|html|css)$/.test(file));
  for (const file of others) {
    mkdirSync(dirname(join(folder, "src", file)), { recursive: true });
    copyFileSync(inRoot("src", file), join(folder, "src", file));
  }
  const program = join(folder, "scripts", "heed.js");
  const text = readFileSync(program, "utf8");
  if (!text.startsWith("#!")) writeFileSync(program, `#!/usr/bin/env node\n${text}`);
  chmodSync(program, 0o755);
  await bundlePages(folder);
  requireTfjs(folder);
  return 0;
}

/**
 * Has the compiled files `require` TensorFlow.js. To `import` a CommonJS package, Node looks for the names of its exports,
 * here in 7 MB of text, which takes longer than to run them: heed would start in more than twice the time.
 */
function requireTfjs(folder) {
  const imports = /^import \* as (\w+) from "@tensorflow\/tfjs";$/m;
  const required = `import { createRequire as requireFrom } from "node:module";
const $1 = requireFrom(import.meta.url)("@tensorflow/tfjs");`;
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"))) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    if (imports.test(text)) writeFileSync(path, text.replace(imports, required));
  }
}

/** Makes the program of pages of the sources that were compiled to `folder`: the package comes without the bundler. */
async function bundlePages(folder) {
  const { buildProgram, builtProgram } = await import(pathToFileURL(join(folder, "src", "page", "bundle.js")).href);
  writeFileSync(builtProgram, await buildProgram());
}

/** `npm pack` of a fresh build: npm itself would not build, as .npmrc keeps it from running scripts unasked. */
async function pack(args) {
  const code = await build();
  return code === 0 ? run("npm", ["pack", root, ...args], { cwd: user }) : code;
}

async function main([command, ...args]) {
  requireNode();
  await installPackages();
  linkProgram();
  const asksForHelp = args.some((word) => word === "--help" || word === "-h");
  if (!asksForHelp && (command === "start" || command === "test")) await setUpBackend(args);
  if (command === "test") return runChecks([types, lint, tests(args)]);
  if (command === "check") return runChecks([types, lint]);
  if (command === "build") return build(...args);
  if (command === "pack") return pack(args);
  const code = await runHeed(...heedWords(command, args));
  if (command !== "study:heads" || code !== 0 || asksForHelp) return code;
  return runSource("studyHeads.ts", fromUser("models", "study-heads"), fromUser("docs", "study", "heads.md"));
}

/** What heed is called with: the package's own runs are kept in the package, wherever the user is. */
function heedWords(command, args) {
  if (command === undefined) return ["--help"];
  if (command === "start") return ["start", "--out", fromUser("models", "start"), ...args];
  if (command === "study") return studyWords("plan.json", "settings.json", "study", args);
  if (command === "study:heads") return studyWords("headsPlan.json", "headsSettings.json", "study-heads", args);
  return [command, ...args];
}

/** A sweep of the tales, as docs/study describes it. */
function studyWords(plan, settings, out, args) {
  const inStudy = (name) => fromUser("docs", "study", name);
  const files = ["--plan", inStudy(plan), "--config", inStudy(settings)];
  const data = ["--data", fromUser("data", "tales", "tales.txt"), "--out", fromUser("models", out)];
  return ["sweep", ...files, ...data, ...args];
}

process.exitCode = await main(process.argv.slice(2));
