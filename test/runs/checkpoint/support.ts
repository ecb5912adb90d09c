import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

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
    if ((error as Error).name === "CheckpointError" || (error as Error).name === "ConfigError") {
      return (error as Error).message;
    }
    throw error;
  }
  throw new Error("nothing was thrown");
}
