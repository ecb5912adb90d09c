import { readFileSync } from "node:fs";
import { join } from "node:path";
import yargs, { type CommandModule, type Options } from "yargs";
import { ConfigError, HeedError, InterruptedError } from "../../src/core/errors.js";
import { nearest } from "../../src/core/nearest.js";
import { packageRoot } from "../../src/core/packageRoot.js";
import { flagOfField } from "./flags.js";

/** A heed command: flags are a plain table, so that an unknown one can be answered with the nearest match. */
// biome-ignore lint/suspicious/noExplicitAny: every command has flags of its own
export type HeedCommand = CommandModule<object, any> & {
  builder: Record<string, Options>;
  /** Commands to copy, each with what it does. */
  examples?: [command: string, what: string][];
};

/** What loads each command, by name. */
type CommandFiles = Record<string, () => Promise<{ command: HeedCommand }>>;

/** Runs the command that the process was started with. Exits with 0: done, 1: failed, 2: bad usage, 130: interrupted. */
export async function main(files: CommandFiles): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const args = process.argv.slice(2);
  try {
    const commands = await asked(args[0], files);
    requireKnownFlags(args.slice(1), commands);
    const parser = commands.reduce((y, command) => y.command(command), yargs(args).scriptName("heed"));
    if (commands.length === 1) for (const example of commands[0]!.examples ?? []) parser.example(...example);
    await parser
      .usage("$0 <command>: train a small transformer on your text, run it, and look inside")
      // A folder may be named 1.10: only flags of numbers are numbers.
      .parserConfiguration({ "strip-dashed": true, "parse-numbers": false, "parse-positional-numbers": false })
      .demandCommand(1, `a command is needed: one of ${Object.keys(files).join(", ")}`)
      .version(JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version)
      .strict()
      .fail(false)
      .wrap(Math.min(120, process.stderr.columns ?? 120))
      .parseAsync();
  } catch (error) {
    report(error as Error);
  }
}

function report(error: Error): void {
  const isUsage = error.name === "YError" || /[\\/]yargs[\\/]/.test(error.stack?.split("\n    at ")[1] ?? "");
  if (!isUsage && !(error instanceof HeedError)) {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exitCode = 1;
    return;
  }
  const message = error instanceof HeedError ? error.describe(flagOfField) : error.message;
  process.stderr.write(`heed: ${message}${remedy(error)}\n`);
  if (process.env.HEED_DEBUG === "1") process.stderr.write(`${error.stack}\n`);
  process.exitCode = isUsage ? 2 : (error as HeedError).exitCode;
}

/** What the message leaves open: how to go on, and the slip that npm makes easy. */
function remedy(error: Error): string {
  if (error instanceof InterruptedError) {
    return process.argv[2] === "start" ? " (npm start again goes on)" : " (the same with --resume goes on)";
  }
  return error.message.startsWith("Unknown argument")
    ? ' (npm wants "--" before flags: npm run train -- --data FILE)'
    : "";
}

/** The command of this name; all of them where none is named, for their help. */
async function asked(name: string | undefined, files: CommandFiles): Promise<HeedCommand[]> {
  const names = Object.keys(files);
  const isNamed = name !== undefined && !name.startsWith("-");
  if (isNamed && !names.includes(name)) {
    throw new ConfigError(`there is no command ${name} (did you mean ${nearest(name, names)}?)`);
  }
  const loaded = await Promise.all((isNamed ? [name] : names).map((each) => files[each]!()));
  return loaded.map(({ command }) => command);
}

function requireKnownFlags(args: string[], commands: HeedCommand[]): void {
  if (commands.length > 1) return;
  const known = [...Object.keys(commands[0]!.builder), "help", "version"];
  for (const arg of args) {
    if (arg === "--") return;
    const flag = /^--(?:no-)?([^=]+)/.exec(arg)?.[1];
    if (flag !== undefined && !known.includes(flag)) {
      throw new ConfigError(`there is no flag --${flag} (did you mean --${nearest(flag, known)}?)`);
    }
  }
}
