import { join } from "node:path";
import yargs, { type CommandModule, type Options } from "yargs";
import { limitThreads } from "../../src/backends/threads.js";
import { machineFields } from "../../src/config/run.js";
import { ConfigError, HeedError, InterruptedError } from "../../src/core/errors.js";
import { asFileError, causeOf } from "../../src/core/files.js";
import { nearest } from "../../src/core/nearest.js";
import { packageRoot } from "../../src/core/packageRoot.js";
import { readJson } from "../../src/core/strictJson.js";
import { asksFor, parseArguments } from "./arguments.js";
import { backendFlag, fieldFlag, flagOfField, givenFields, switchFlag } from "./flags.js";
import { howToGoOn, interruptedExitCode } from "./interrupt.js";
import { watchParents } from "./parents.js";
import { beQuiet, columnsOf, styled } from "./screen.js";

/** Every command that computes takes it. */
const { threads } = machineFields;

/** A heed command: its flags are a plain table, which also says how they are parsed. */
// biome-ignore lint/suspicious/noExplicitAny: every command has flags of its own
export type HeedCommand = CommandModule<object, any> & {
  command: string;
  builder: Record<string, Options>;
  /** Commands to copy, each with what it does. */
  examples?: [command: string, what: string][];
};

/** What loads each command, by name. */
type CommandFiles = Record<string, () => Promise<{ command: HeedCommand }>>;

/**
 * Runs the command that the process was started with. Exits with 0: done, 1: failed, 2: bad usage, and after saving with
 * 130, 143 or 129: interrupted, terminated, or its terminal or npm has gone.
 */
export async function main(files: CommandFiles): Promise<void> {
  process.stdout.on("error", onLostOutput);
  process.stderr.on("error", () => {}); // a closed terminal or a full disk: what can't be said can't be helped
  watchParents(() => process.kill(process.pid, "SIGHUP"));
  try {
    await run(process.argv.slice(2), files);
  } catch (error) {
    report(asFileError(error) as Error);
  }
}

/** Nobody reads on, as with `| head`: fine. Else the results are lost. */
function onLostOutput(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`${styled("red", `heed: standard output can't be written: ${causeOf(error)}`)}\n`);
  process.exit(1);
}

async function run([name, ...words]: string[], files: CommandFiles): Promise<void> {
  const all = name === undefined ? [] : [name, ...words];
  if (name === "help" || asksFor(["--help", "-h"], all) || (words.length === 1 && words[0] === "help")) {
    const about = all.find((word) => !isHelp(word));
    process.stdout.write(await help(about, files));
  } else if (asksFor(["--version"], all)) {
    process.stdout.write(`${(readJson(join(packageRoot, "package.json")) as { version: string }).version}\n`);
  } else {
    const { builder, command, handler } = await load(name, files);
    requireOwnFlags(words, builder);
    const flags = parseArguments(words, { builder, command });
    if (flags.quiet) beQuiet();
    if (computes(builder)) limitThreads(givenFields({ threads }, flags).threads);
    await handler(flags as Parameters<typeof handler>[0]);
  }
}

const isHelp = (word: string) => ["help", "--help", "-h"].includes(word);

async function help(name: string | undefined, files: CommandFiles): Promise<string> {
  const commands = await Promise.all((name ? [name] : Object.keys(files)).map((each) => load(each, files)));
  const parser = yargs(name ? [name] : [])
    .scriptName("heed")
    .usage("$0 <command>: train a small transformer on your text, run it, and look inside")
    .alias("help", "h")
    .wrap(Math.min(120, columnsOf(process.stdout, 120)));
  for (const { builder, examples = [], ...command } of commands) {
    parser.command({ ...command, builder: (y) => y.options(builder).example(examples) });
  }
  const heading = (line: string) => styled("bold", line, process.stdout);
  return `${(await parser.getHelp()).replace(/^\S.*:$/gm, heading)}\n`;
}

/** @throws ConfigError if there is no command of this name */
async function load(name: string | undefined, files: CommandFiles): Promise<HeedCommand> {
  const names = Object.keys(files);
  if (name === undefined || name.startsWith("-")) {
    throw new ConfigError(`a command is needed${name ? ` before ${name}` : ""}: one of ${names.join(", ")}`);
  }
  if (!names.includes(name)) {
    throw new ConfigError(`there is no command ${name} (did you mean ${nearest(name, names)}?)`);
  }
  const { command } = await files[name]!();
  const { builder } = command;
  const quiet = switchFlag("Show results and errors alone", false);
  return {
    ...command,
    builder: { ...builder, ...(computes(builder) && { threads: fieldFlag(threads, builder.backend!.group) }), quiet },
  };
}

const computes = ({ backend }: HeedCommand["builder"]) => backend?.describe === backendFlag.describe;

/** npm takes flags before "--" for its own, without a word: a run would start over that should be resumed. */
function requireOwnFlags(words: string[], builder: HeedCommand["builder"]): void {
  const { env } = process;
  if (env.npm_lifecycle_event === undefined) return;
  const isTaken = (flag: string) =>
    env[`npm_config_${flag.replaceAll("-", "_")}`] !== undefined && !words.some((word) => word.startsWith(`--${flag}`));
  // python is in many people's .npmrc, for node-gyp.
  const taken = Object.keys(builder).find((flag) => flag !== "python" && isTaken(flag));
  if (taken === undefined) return;
  throw new ConfigError(
    `npm took --${taken} for its own (put "--" before the flags: npm run ${env.npm_lifecycle_event} -- --${taken} …)`,
  );
}

function report(error: Error): void {
  if (!(error instanceof HeedError)) {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exitCode = 1;
    return;
  }
  const message = error.describe(flagOfField);
  process.stderr.write(
    `${styled("red", `heed: ${message}${error instanceof InterruptedError ? howToGoOn(process.argv.slice(2)) : ""}`)}\n`,
  );
  if (process.env.HEED_DEBUG === "1") process.stderr.write(`${error.stack}\n`);
  process.exitCode = error instanceof InterruptedError ? interruptedExitCode() : error.exitCode;
}
