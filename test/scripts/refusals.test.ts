import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heed, workFolder } from "./heed.js";

const folder = workFolder();
const text = "The cat sat on the mat, and the dog sat on the log.\n".repeat(40);
const tiny = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --steps 3 --eval-batches 1 --backend cpu";

beforeAll(async () => {
  writeFileSync(join(folder, "text.txt"), text);
  writeFileSync(join(folder, "short.txt"), "ab");
  writeFileSync(join(folder, "one.txt"), "T");
  writeFileSync(join(folder, "empty.txt"), "");
  writeFileSync(join(folder, "latin.txt"), Buffer.from("caf\u00e9 text\n", "latin1"));
  writeFileSync(join(folder, "utf16.txt"), Buffer.from(text, "utf16le"));
  writeFileSync(join(folder, "same.txt"), "a".repeat(500));
  writeFileSync(join(folder, "odd.json"), '{ "model": { "numLayer": 2 } }');
  mkdirSync(join(folder, "mine"));
  writeFileSync(join(folder, "mine", "notes.txt"), "not a run");
  const { code, stderr } = await heed(`train --data text.txt --out run ${tiny}`.split(" "), folder);
  expect(stderr).toContain("saved in run");
  expect(code).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What a person types, and what they are told. */
const refusals: [command: string, message: string][] = [
  [
    "train --data short.txt --out new",
    "the training text must have at least contextLength + 1 = 129 tokens: got 1 (give a longer text)",
  ],
  ["train --data empty.txt --out new", 'data file must not be empty: got "empty.txt", 0 bytes (put some text in it)'],
  [
    "train --data latin.txt --out new",
    'data file must be UTF-8 text: got "latin.txt", whose byte 0xE9 at offset 3 (line 1) is not (convert it, for instance with iconv -f WINDOWS-1252 -t UTF-8)',
  ],
  [
    "train --data utf16.txt --out new",
    'data file must be UTF-8 text: got "utf16.txt", UTF-16LE text (convert it: iconv -f UTF-16LE -t UTF-8 OLD > NEW, or save it as UTF-8 in an editor)',
  ],
  [
    "generate run --prompt-file utf16.txt",
    'prompt file must be UTF-8 text: got "utf16.txt", UTF-16LE text (convert it: iconv -f UTF-16LE -t UTF-8 OLD > NEW, or save it as UTF-8 in an editor)',
  ],
  ["train --data . --out new", 'data file must be a regular file: got ".", a folder (name a text file)'],
  ["train --data gone.txt --out new", 'data file must exist: got "gone.txt" (check the path)'],
  [
    "train --data same.txt --out new",
    'a text must have at least 2 different characters to learn from: got 1, "a" (give another text)',
  ],
  ["train --data text.txt --out new --context 0", "--context must be a whole number from 1 to 1048576: got 0"],
  ["train --data text.txt --out new --xla yes", '--xla must be one of auto, on, off: got "yes"'],
  ["train --data text.txt --out new --batch 0", "--batch must be a whole number from 1 to 65536: got 0"],
  [
    "train --data text.txt --out new --dim 130",
    "--heads must divide --dim 130: got 4 (try 1, 2, 5 or 10, or --dim 128 or 132)",
  ],
  ["train --data text.txt --out new --layers 1.5", "--layers must be a whole number from 1 to 1024: got 1.5"],
  ["train --data text.txt --out new --steps many", '--steps must be a number: got "many"'],
  ["train --data text.txt --out new --lr 0", "--lr must be a number above 0 and at most 1000: got 0"],
  [
    "train --data text.txt --out new --positions odd",
    '--positions must be one of learned, sinusoidal, none: got "odd"',
  ],
  ["train --data text.txt --out new --backend tpu", '--backend must be one of auto, native, gpu, wasm, cpu: got "tpu"'],
  [
    "train --data text.txt --out new --config odd.json",
    'odd.json: model: there is no option "numLayer" (did you mean "numLayers"?)',
  ],
  ["train --data text.txt --out new --preset none", 'preset must be one of start, start-wasm: got "none"'],
  ["train --data text.txt --out new --heds 3", "there is no flag --heds (did you mean --heads?)"],
  ["trian --data text.txt", "there is no command trian (did you mean train?)"],
  ["generate models/x 20", "models/x must be a run or a checkpoint: there is nothing of that name"],
  ["train --data text.txt", "--out must name a run folder, such as models/mine: got none"],
  ["train --out new", "--data must name at least one text file: got none"],
  [
    "train --data text.txt --out run",
    "run already holds a run (add --resume to continue it, or --overwrite to delete it and start anew)",
  ],
  [
    "train --data text.txt --out mine",
    "mine must be a new or empty folder, or that of a run: it holds notes.txt and no run.json (choose another folder)",
  ],
  ["train --data text.txt --out text.txt", "text.txt must be a folder: got a file (choose another name)"],
  [
    "train --resume --out new",
    "new must be the folder of a run: it has no run.json (leave out --resume to start a run there)",
  ],
  [
    "train --resume --out run --heads 4 --dim 16",
    "resume must keep the run's settings:\n  numHeads: 2 in the run, 4 asked for\n  hiddenDim: 8 in the run, 16 asked for\n(leave these flags out, or start a new run with another --out)",
  ],
  ["train --data text.txt --out new --keep 0", "--keep must be a whole number of at least 1: got 0"],
  ["train --data text.txt --out new --no-lr", "there is no flag --no-lr (did you mean --lr?)"],
  ["evaluate --checkpoint run --data text.txt --batch 0", "--batch must be a whole number from 1 to 65536: got 0"],
  [
    "evaluate --checkpoint run --data text.txt --backend cpu --stride 9",
    "--stride must be a whole number from 1 to 8: got 9",
  ],
  [
    "evaluate --checkpoint run --data one.txt --backend cpu",
    'data must have at least 2 tokens, for the first is not predicted: got "one.txt", 1 token (give a longer text)',
  ],
  ["generate --checkpoint new", "new must be a run or a checkpoint: there is nothing of that name"],
  ["generate --checkpoint run --top-p 2", "--top-p must be a number above 0 and at most 1: got 2"],
  [
    "generate --checkpoint run --backend cpu --prompt dXg",
    'prompt, line 1, column 2: the character "X" is not among the tokenizer\'s 17 tokens: leave it out, or fit the tokenizer to text that has it, or train with --unknown-token',
  ],
  ["inspect run", "--text must be a text for the model to read: got none (or add --heads, --senses or --compare)"],
  ["page --out new.html", "--checkpoint must name a run or a checkpoint: got none"],
  ["page run --out .", '--out must name a file: got ".", a folder (name a file in it, like model.html)'],
  [
    "page run --out text.txt",
    '--out must name a new file: got "text.txt", which is there (add --overwrite to replace it)',
  ],
  ["page run --precision int8", '--precision must be one of float16, float32: got "int8"'],
  ["page run --compare gone", "gone must be a run or a checkpoint: there is nothing of that name"],
  [
    "page run --backend cpu --text dXg",
    'text, line 1, column 2: the character "X" is not among the tokenizer\'s 17 tokens: leave it out, or fit the tokenizer to text that has it, or train with --unknown-token',
  ],
  [
    "page run --backend cpu --text thecatsat",
    "--text must have from 1 to 8 tokens, as many as the model can see: got 9 (leave out 1)",
  ],
  ["inspect run --text=", '--text must have at least one token: got ""'],
  [
    "inspect run --backend cpu dXg",
    'text, line 1, column 2: the character "X" is not among the tokenizer\'s 17 tokens: leave it out, or fit the tokenizer to text that has it, or train with --unknown-token',
  ],
  [
    "inspect run --backend cpu thecatsat",
    "--text must fit the 8 tokens that the model can see: got 9 (leave out 1 of them)",
  ],
  [
    "inspect run --backend cpu the --token cat",
    '--token must be a token of the text, or its number: got "cat" (its tokens are 0 "t", 1 "h", 2 "e")',
  ],
  ["inspect run --backend cpu the --layer 1", "--layer must be a whole number from 0 to 0: got 1"],
  ["inspect run --backend cpu the --head 2", "--head must be a whole number from 0 to 1: got 2"],
  [
    "inspect run --backend cpu the --ablate 0.2",
    '--ablate must name a head as LAYER.HEAD, or a part as LAYER.attention or LAYER.feedForward: got "0.2" (layers are 0 to 0, heads 0 to 1: 0.0 is the first head)',
  ],
  ["inspect run the --word cat", '--word must be given together with --compare: got "cat"'],
  [
    "inspect run --backend cpu --compare the dog --word t",
    'the second text: word must be a token of the text, or its number: got "t" (its tokens are 0 "d", 1 "o", 2 "g")',
  ],
];

describe("every refusal says where, the rule, what came and the remedy, and exits with 2", () => {
  it.concurrent.each(refusals)("heed %s", async (command, message) => {
    const { code, stderr, stdout } = await heed(command.split(" "), folder);
    expect(
      stderr
        .split("\n")
        .filter((line) => !line.startsWith("backend"))
        .join("\n"),
    ).toBe(`heed: ${message}\n`);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

it("a loss that is no number stops the run with 1 and names step and learning rate", async () => {
  const command = `train --data text.txt --out wild ${tiny} --steps 60 --lr 1000 --clip 0`;
  const { code, stderr } = await heed(command.split(" "), folder);
  expect(stderr).toContain(
    "heed: gradient norm must be a finite number: got Infinity at step 5, learning rate 833.3 (try a smaller --lr or a longer --warmup)\n",
  );
  expect(code).toBe(1);
});
