import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { modelConfig } from "../../../src/config/model.js";
import { type BenchOptions, bench, workOf } from "../../../src/lab/bench/bench.js";
import { missingPeer, pythonFor } from "../../../src/lab/bench/pythons.js";

const folder = mkdtempSync(join(tmpdir(), "heed-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tiny = { numLayers: 1, numHeads: 2, hiddenDim: 8, contextLength: 12, vocabSize: 11 };
const work = {
  trained: [{ name: "tiny", batchSize: 2, model: modelConfig(tiny) }],
  decoded: [{ name: "tiny text", batchSize: 1, model: modelConfig({ ...tiny, contextLength: 256 }) }],
  productSize: 16,
};

/** A program that answers as a Python does that has `torch`, and fails when it is asked to compute. */
const python = join(folder, "python");
writeFileSync(
  python,
  `#!/bin/sh
if [ "$1" = -c ]; then echo 'peers {"torch": "9.9"}'; else echo "libtorch is damaged" >&2; exit 3; fi
`,
);
chmodSync(python, 0o755);

it("lets contestants take turns, goes on without those that are missing or fail, and keeps all in a file", async () => {
  const notes: string[] = [];
  const progress: string[] = [];
  const shares: number[] = [];
  const out = join(folder, "new", "bench.json");
  const { result } = await bench(
    { only: "heed-wasm,heed-cpu,torch,jax", rounds: 2, steps: 2, threads: 1, python: [python], out },
    {
      onNote: (line) => notes.push(line),
      onProgress: (what, done) => {
        progress.push(what);
        shares.push(done);
      },
    },
    work,
  );
  expect(notes.filter((line) => !line.startsWith("others use this machine"))).toEqual([
    `jax is left out: no jax in ${python} (heed bench --setup installs it; --python names a Python that has it)`,
    "torch drops out of products of 16 x 16: it ended with exit code 3: libtorch is damaged",
    "torch drops out of tiny: it ended with exit code 3: libtorch is damaged",
  ]);
  expect(progress.filter((line) => line.startsWith("tiny:"))).toEqual([
    "tiny: warm-up, heed-wasm",
    "tiny: warm-up, heed-cpu",
    "tiny: warm-up, torch",
    "tiny: round 1 of 2, heed-wasm",
    "tiny: round 1 of 2, heed-cpu",
    "tiny: round 2 of 2, heed-cpu",
    "tiny: round 2 of 2, heed-wasm",
  ]);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  const [trained, decoded] = result.tables;
  expect(trained!.rows.map(({ contestant }) => contestant)).toEqual(["heed-wasm", "heed-cpu"]);
  expect(trained!.warnings).toEqual([]);
  expect(trained!.failures.map(({ contestant }) => contestant)).toEqual(["torch"]);
  for (const { rounds, values, memoryBytes } of trained!.rows) {
    expect(rounds.map((times) => times.length)).toEqual([2, 2]);
    expect(values.length).toBe(5 + 2 * (1 + 2)); // the warm-up, and in each round a step that is not timed
    expect(values.at(-1)).toBeLessThan(values[0]!);
    expect(memoryBytes.length).toBe(2);
  }
  expect(decoded!.rows.map(({ contestant, values }) => [contestant, values.length])).toEqual([["heed-wasm", 200]]);
  expect(result.rates).toEqual([]);
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(JSON.parse(JSON.stringify(result)));
});

describe("refusals", () => {
  const refused = async (options: BenchOptions): Promise<string> => {
    const error: Error = await bench({ out: join(folder, "none.json"), ...options }, {}, work).then(
      () => new Error("nothing was refused"),
      (error) => error,
    );
    expect(existsSync(join(folder, "none.json"))).toBe(false);
    return `${error.name}: ${error.message}`;
  };

  it("names the option, its rule and the remedy", async () => {
    expect(await refused({ rounds: 0 })).toBe("ConfigError: rounds must be a whole number from 1 to 100000: got 0");
    expect(await refused({ steps: 1.5 })).toBe("ConfigError: steps must be a whole number from 1 to 1000000: got 1.5");
    expect(await refused({ threads: 0 })).toBe("ConfigError: threads must be a whole number from 1 to 1024: got 0");
    expect(await refused({ out: python })).toBe(
      `ConfigError: out must be a new file: got ${JSON.stringify(python)}, which exists (add --overwrite to replace it)`,
    );
  });

  it("says what is wrong with a Python that was named", async () => {
    expect(await refused({ only: "torch", python: ["no-such-python"] })).toBe(
      'ConfigError: python must be a Python of 3.8 or later that runs: got "no-such-python", not found',
    );
    expect(await refused({ only: "torch", python: [process.execPath] })).toMatch(
      /^ConfigError: python must be a Python of 3.8 or later that runs: got ".*", exit code 1$/,
    );
  });

  it("says when nobody is there", async () => {
    expect(await refused({ only: "jax", python: [python] })).toBe(
      `BackendError: nobody is there to take part: jax: no jax in ${python} ` +
        "(heed bench --setup installs it; --python names a Python that has it)",
    );
  });
});

it("takes each peer from the first Python that has all it needs", () => {
  const pythons = [
    { command: "a", versions: { transformers: "5" } },
    { command: "b", versions: { torch: "2" } },
    { command: "c", versions: { torch: "2", transformers: "5" } },
  ];
  expect(pythonFor("torch", pythons)).toBe("b");
  expect(pythonFor("transformers", pythons)).toBe("c");
  expect(pythonFor("jax", pythons)).toBeUndefined();
  expect(missingPeer("transformers", [])).toBe(
    "no Python is found (heed bench --setup installs it; --python names a Python that has it)",
  );
});

it("makes the tables that are asked for: S and M unless others are", () => {
  const names = (options: BenchOptions) => {
    const { trained, decoded } = workOf(options);
    return [...trained, ...decoded].map(({ name }) => name);
  };
  expect(names({})).toEqual(["S", "M"]);
  expect(names({ decode: true })).toEqual(["decoding, batch 1"]);
  expect(names({ size: "S", decode: true })).toEqual(["S", "decoding, batch 1"]);
  expect(names({ scaling: true }).length).toBe(6);
});
