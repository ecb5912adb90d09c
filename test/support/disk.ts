import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mount = (...args: string[]) => spawnSync("mount", args).status === 0;

/** Runs `test` with the folder of a small disk in memory, which is gone afterwards. */
export function withDisk(size: string, test: (disk: string) => void): void {
  const disk = mkdtempSync(join(tmpdir(), "disk-"));
  try {
    if (!mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk)) throw new Error("no disk could be mounted");
    try {
      test(disk);
    } finally {
      spawnSync("umount", ["-l", disk]);
    }
  } finally {
    rmdirSync(disk);
  }
}

export function makeReadOnly(disk: string): void {
  if (!mount("-o", "remount,ro", disk)) throw new Error("no disk could be made read-only");
}

/** Whether this process may mount disks, as root on Linux may. */
export const canMount = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    withDisk("4k", () => {});
    return true;
  } catch {
    return false;
  }
})();
