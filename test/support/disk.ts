import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const disks: string[] = [];

afterAll(() => {
  for (const disk of disks) {
    spawnSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});

/** A small disk in memory. */
export function mountDisk(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), "heed-disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  disks.push(folder);
  if (status !== 0) throw new Error("no disk could be mounted");
  return folder;
}

export function makeReadOnly(disk: string): void {
  if (spawnSync("mount", ["-o", "remount,ro", disk]).status !== 0) throw new Error("no disk could be made read-only");
}

/** Whether this process may mount disks, as root on Linux may. */
export const canMount = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    mountDisk("4k");
    return true;
  } catch {
    return false;
  }
})();
