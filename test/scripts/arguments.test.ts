import { expect, it } from "vitest";
import { asksFor, parseArguments, unescaped } from "../../scripts/support/arguments.js";

const builder = {
  checkpoint: { type: "string" },
  prompt: { type: "string" },
  lr: { type: "number" },
  stop: { type: "string", array: true },
  bias: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;
const command = "generate [checkpoint] [prompt]";
const parse = (...words: string[]) => parseArguments(words, { builder, command });

it.each([
  [["--prompt", "- One"], { prompt: "- One" }],
  [["--prompt", "-5"], { prompt: "-5" }],
  [["--prompt", "--- chapter ---"], { prompt: "--- chapter ---" }],
  [["--prompt", "--unknown"], { prompt: "--unknown" }],
  [["--prompt=--bias"], { prompt: "--bias" }],
  [["--prompt="], { prompt: "" }],
  [["--prompt", ""], { prompt: "" }],
  [["--prompt", '"quoted"'], { prompt: '"quoted"' }],
  [["--prompt=a=b\n--bias"], { prompt: "a=b\n--bias" }],
  [["--stop", "- x", "-- y", "--bias"], { stop: ["- x", "-- y"], bias: true }],
  [["--stop", "-", "--stop=--bias", "--lr", "1"], { stop: ["-", "--bias"], lr: "1" }],
  [["--lr", "1", "--lr", "2"], { lr: "2" }],
  [["--bias", "false", "--dry-run"], { bias: false, dryRun: true }],
  [["--no-bias", "--dry-run=true"], { bias: false, dryRun: true }],
  [["--no-bias=false"], { bias: true }],
  [["run", "One day", "--lr", "1"], { checkpoint: "run", prompt: "One day", lr: "1" }],
  [["--lr", "1", "run"], { checkpoint: "run", lr: "1" }],
  [["run", "--prompt", "One"], { checkpoint: "run", prompt: "One" }],
  [["run", "- One"], { checkpoint: "run", prompt: "- One" }],
  [["--", "--run", "-x"], { checkpoint: "--run", prompt: "-x" }],
])("%j", (words, flags) => {
  expect(parse(...words)).toEqual(flags);
});

it.each([
  [["train", "-h"], true],
  [["train", "--lr", "1", "--help"], true],
  [["generate", "run", "--prompt", "-h"], false],
  [["generate", "run", "--stop", "--help", "--json"], false],
  [["generate", "run", "--", "--help"], false],
  [["generate", "help"], false],
])("%j asks for help: %s", (words, asked) => {
  expect(asksFor(["--help", "-h"], words)).toBe(asked);
});

it("an argument that stands for a flag of several values takes all that is left", () => {
  const data = { type: "string", array: true } as const;
  const parsed = parseArguments(["a.txt", "--lr", "1", "b.txt"], {
    builder: { ...builder, data },
    command: "train [data..]",
  });
  expect(parsed).toEqual({ data: ["a.txt", "b.txt"], lr: "1" });
});

it.each([
  [["--dry-run=yes"], '--dry-run must be true or false: got "yes"'],
  [["--dry-run=1"], '--dry-run must be true or false: got "1"'],
  [["--dry-run=TRUE"], '--dry-run must be true or false: got "TRUE"'],
  [["--dry-run="], '--dry-run must be true or false: got ""'],
  [["--bias=/etc/passwd"], '--bias must be true or false: got "/etc/passwd"'],
  [["--no-bias=no"], '--no-bias must be true or false: got "no"'],
  [["--prompt"], "--prompt must have a value: got none (--prompt=VALUE takes any)"],
  [["--prompt", "--lr", "1"], "--prompt must have a value: got the flag --lr (--prompt=VALUE takes any)"],
  [["--stop", "--bias"], "--stop must have a value: got the flag --bias (--stop=VALUE takes any)"],
  [["--promt", "x"], "there is no flag --promt (did you mean --prompt?)"],
  [["--stop", "x", "--promt", "y"], "there is no flag --promt (did you mean --prompt?)"],
  [["--no-lr"], "there is no flag --no-lr (did you mean --lr?)"],
  [
    ["run", "--checkpoint", "other"],
    '--checkpoint must be given once: got "run", and --checkpoint (leave out --checkpoint, or the argument)',
  ],
  [["run", "One", "day"], 'there is no place for the argument "day" (heed generate takes CHECKPOINT and PROMPT)'],
])("refuses %j", (words, message) => {
  expect(() => parse(...words)).toThrow(message);
});

it("reads escapes of line breaks, tabs and backslashes, and no others", () => {
  expect(unescaped(String.raw`a\nb\tc\\n\d\\`)).toBe("a\nb\tc\\n\\d\\");
});
