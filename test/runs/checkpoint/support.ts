import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { modelConfig } from "../../../src/config/model.js";
import { trainingConfig } from "../../../src/config/training.js";
import { HeedError } from "../../../src/core/errors.js";
import type { RunRecord } from "../../../src/runs/runRecord.js";

/** What run.json says of some run. */
export const someRecord: RunRecord = {
  data: ["tales.txt"],
  tokenizer: "char",
  unknownToken: false,
  model: modelConfig({ vocabSize: 5 }),
  training: trainingConfig(),
  keep: 3,
  files: [{ path: "tales.txt", split: "train", bytes: 9, sha256: "a".repeat(64) }],
  backend: "cpu",
  versions: { heed: "0.1.0", tfjs: "4.22.0", node: "20.19.0" },
};

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder that is deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "heed-checkpoint-test-"));
  folders.push(folder);
  return folder;
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** Changes one file through `edit`. */
export function rewrite(path: string, edit: (bytes: Buffer) => Uint8Array | string): void {
  writeFileSync(path, edit(readFileSync(path)));
}

/** The message of the error that `action` throws; it must be one of heed's. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof HeedError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}
