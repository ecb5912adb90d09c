import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { setUpPeers } from "../../../src/lab/bench/peerSetup.js";

const folder = mkdtempSync(join(tmpdir(), "heed-peers-test-"));
const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

let cache = "";
let notes: string[] = [];
beforeEach(() => {
  cache = mkdtempSync(join(folder, "cache-"));
  notes = [];
  process.env.PATH = mkdtempSync(join(folder, "path-"));
});

/** Puts a python3 on the path that makes environments of itself and whose pip knows `index` alone, or none at all. */
function fakePython({ index = "", works = true } = {}): void {
  const program = join(process.env.PATH!, "python3");
  const outcome = works ? "exit 0" : "echo 'ERROR: No matching distribution found for torch'; exit 1";
  writeFileSync(
    program,
    `#!/bin/sh
PATH=${path}
if [ "$1" = -c ]; then echo pip; exit 0; fi
echo "$@" >> ${cache}/calls
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0;;
  *--index-url*) case "$*" in *"${index || "none at all"}"*) ;; *) echo "ERROR: no such index"; exit 1;; esac;;
esac
echo "  Downloading torch-9.9-py3.whl (526.1 MB)"
${outcome}
`,
  );
  chmodSync(program, 0o755);
}

const setUp = (torchIndex?: string) => setUpPeers({ torchIndex, cache, onNote: (line) => notes.push(line) });
const calls = () => readFileSync(join(cache, "calls"), "utf8").trim().split("\n");
const install = "-m pip install --no-input --no-cache-dir --disable-pip-version-check";
const environment = () => join(cache, "bench-python");

it.runIf(process.platform === "linux")("says first how much it takes, then installs, once", async () => {
  fakePython();
  expect(await setUp()).toBe(join(environment(), "bin", "python"));
  expect(notes[0]).toMatch(
    /^PyTorch, transformers and JAX take about 6 GB in .* \(\d+ GB are free, most of it CUDA; --torch-index with an index of CPU builds saves 4\)$/,
  );
  expect(notes.slice(1)).toEqual([
    "Downloading torch-9.9-py3.whl (526.1 MB)",
    `the peers are ready in ${environment()}: heed bench uses them from now on`,
  ]);
  const done = [`-m venv ${environment()}`, `${install} numpy torch transformers jax`];
  expect(calls()).toEqual(done);
  await setUp();
  expect(calls()).toEqual(done);
  expect(notes.at(-1)).toBe(`the peers are in ${environment()} (delete that folder to install them anew)`);
});

it("takes PyTorch from the index that was named, and from pip's own where that fails", async () => {
  fakePython({ index: "file:///cpu" });
  const fromIndex = (index: string) => `${install} --index-url ${index} --timeout 15 --retries 1 torch`;
  await setUp("file:///cpu");
  expect(calls().slice(1)).toEqual([fromIndex("file:///cpu"), `${install} numpy torch transformers jax`]);
  rmSync(join(cache, "calls"));
  rmSync(environment(), { recursive: true });
  notes = [];
  await setUp("file:///gone");
  expect(calls().slice(1)).toEqual([fromIndex("file:///gone"), `${install} numpy torch transformers jax`]);
  expect(notes[1]).toBe(
    "the peers can't be installed: -m pip install failed: no such index: taking PyTorch from pip's own index, about 6 GB",
  );
});

it("says what pip says when it fails, and starts afresh the next time", async () => {
  fakePython({ works: false });
  await expect(setUp()).rejects.toThrow(
    /^the peers can't be installed: -m pip install failed: No matching distribution found for torch$/,
  );
  mkdirSync(join(environment(), "half-done"));
  fakePython();
  await setUp();
  expect(existsSync(join(environment(), "half-done"))).toBe(false);
});

it("needs a Python with pip", async () => {
  await expect(setUp()).rejects.toThrow(
    /^the peers need a Python 3 with pip on the path: install one \(python3-pip\)$/,
  );
});
