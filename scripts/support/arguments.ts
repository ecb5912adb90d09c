import type { Options } from "yargs";
import { ConfigError } from "../../src/core/errors.js";
import { nearest } from "../../src/core/nearest.js";

/** Flags and what they were given, by their names in camel case. */
export type Flags = Record<string, unknown>;

/** What a command understands: its name and positional arguments as yargs writes them, and its flags. */
export interface Understood {
  /** `generate [checkpoint] [prompt]`: an argument without a flag gives the flag of its name. */
  command: string;
  builder: Record<string, Options>;
}

/**
 * The flags that `words`, what was typed after the command's name, give.
 *
 * A word after a flag that takes a value is its value, a dash at its beginning or not, unless it is another flag. A
 * flag of several values takes all words up to the next flag. Of a flag that is repeated, the last value counts.
 *
 * @throws ConfigError for a flag or an argument that the command does not have, and a value that is missing or that a
 *   switch can't have.
 */
export function parseArguments(words: readonly string[], understood: Understood): Flags {
  const { builder } = understood;
  const flags: Flags = {};
  const positionals: string[] = [];
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") {
      positionals.push(...left.splice(0));
    } else if (!isFlagLike(word)) {
      positionals.push(word);
    } else {
      const [, dashes, name, value] = /^(--?)([^=]*)=?(.*)$/s.exec(word)!;
      const given = word.includes("=") ? value : undefined;
      if (dashes === "-" || !isFlag(word, builder)) throw unknownFlag(`${dashes}${name}`, builder);
      take(flags, name!, { given, left, builder });
    }
  }
  takePositionals(flags, positionals, understood);
  return flags;
}

interface Taking {
  given: string | undefined;
  left: string[];
  builder: Record<string, Options>;
}

function take(flags: Flags, name: string, { given, left, builder }: Taking): void {
  const options = builder[name];
  if (options === undefined || options.type === "boolean") {
    const isNo = options === undefined; // --no-bias
    flags[camelCase(isNo ? name.slice(3) : name)] = switchValue(name, { given, left }) !== isNo;
    return;
  }
  const isText = textFlags.includes(`--${name}`); // what looks like a flag elsewhere is one that is misspelt
  const isNext = (word: string | undefined) =>
    word !== undefined && !(isText ? isFlag(word, builder) : isFlag(word, builder) || /^--[A-Za-z]/.test(word));
  const values = given === undefined ? (isNext(left[0]) ? [left.shift()!] : []) : [given];
  if (values.length === 0) {
    const got = left.length === 0 ? "none" : `the flag ${left[0]}`;
    throw new ConfigError({ field: `--${name}`, rule: "have a value", got, remedy: `--${name}=VALUE takes any` });
  }
  if (options.type !== "array" && !options.array) {
    flags[camelCase(name)] = options.coerce ? options.coerce(values[0]) : values[0];
    return;
  }
  while (given === undefined && left.length > 0 && left[0] !== "--" && !isFlagLike(left[0]!))
    values.push(left.shift()!);
  flags[camelCase(name)] = [...((flags[camelCase(name)] as string[] | undefined) ?? []), ...values];
}

function switchValue(name: string, { given, left }: Pick<Taking, "given" | "left">): boolean {
  const value = given ?? (left[0] === "true" || left[0] === "false" ? left.shift() : "true");
  if (value === "true" || value === "false") return value === "true";
  throw new ConfigError({ field: `--${name}`, rule: "be true or false", value });
}

/** Whether `words` hold one of `wanted` where a flag can stand: not as a text, nor after `--`. */
export function asksFor(wanted: readonly string[], words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words
    .slice(0, end < 0 ? undefined : end)
    .some((word, i) => wanted.includes(word) && !textFlags.includes(words[i - 1]!));
}

/** Flags whose value may be anything but another flag. */
const textFlags = ["--prompt", "--stop", "--text"];

/** Whether a word looks like a flag, rather than like a text or a number that begins with a dash. */
function isFlagLike(word: string): boolean {
  return /^--?[A-Za-z][\w-]*(=|$)/.test(word);
}

function isFlag(word: string, builder: Record<string, Options>): boolean {
  if (word === "--") return true;
  const name = /^--([^=]+)/.exec(word)?.[1];
  if (name === undefined) return false;
  if (Object.hasOwn(builder, name)) return true;
  const negated = name.slice(3);
  return name.startsWith("no-") && Object.hasOwn(builder, negated) && builder[negated]!.type === "boolean";
}

function unknownFlag(flag: string, builder: Record<string, Options>): ConfigError {
  const close = nearest(flag.replace(/^-+(no-)?/, ""), [...Object.keys(builder), "help", "version"]);
  return new ConfigError(`there is no flag ${flag} (did you mean --${close}?)`);
}

/** Names of a command's positional arguments; `..` after one that takes all that is left. */
const positionalNames = (command: string) =>
  [...command.matchAll(/\[([\w-]+)(\.\.)?\]/g)].map(([, name, all]) => ({ name: name!, all: all !== undefined }));

function takePositionals(flags: Flags, given: string[], { command }: Understood): void {
  const left = [...given];
  for (const { name, all } of positionalNames(command)) {
    if (left.length === 0) return;
    if (flags[camelCase(name)] !== undefined) {
      const got = `${JSON.stringify(left[0])}, and --${name}`;
      throw new ConfigError({
        field: `--${name}`,
        rule: "be given once",
        got,
        remedy: `leave out --${name}, or the argument`,
      });
    }
    flags[camelCase(name)] = all ? left.splice(0) : left.shift();
  }
  if (left.length === 0) return;
  const takes = positionalNames(command).map(({ name }) => name.toUpperCase());
  const rest = takes.length === 0 ? "takes flags alone" : `takes ${takes.join(" and ")}`;
  throw new ConfigError(
    `there is no place for the argument ${JSON.stringify(left[0])} (heed ${command.split(" ")[0]} ${rest})`,
  );
}

/** `maxNewTokens` for max-new-tokens. */
export function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `\n`, `\t` and `\\` in a text stand for a line break, a tab and a backslash. */
export function unescaped(text: string): string {
  const characters: Record<string, string> = { n: "\n", t: "\t", "\\": "\\" };
  return text.replace(/\\([nt\\])/g, (_, letter: string) => characters[letter]!);
}
