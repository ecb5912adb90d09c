import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeReport } from "../../src/lab/compare/report.js";
import { createSweep } from "../../src/lab/sweep/record.js";
import { canMount, makeReadOnly, withDisk } from "../support/disk.js";
import { refusal } from "../support/refusal.js";
import { fakeRun } from "./compare/fakeRun.js";
import { asked, plan, survey } from "./sweep/support.js";

const folder = mkdtempSync(join(tmpdir(), "heed-disks-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.runIf(process.platform === "linux")("a report that can't be written says so in a line", async () => {
  const run = fakeRun(join(folder, "run"));
  await expect(writeReport([run], "/proc/heed/report")).rejects.toThrow(
    "/proc/heed can't be made: there is no such file or folder",
  );
});

it.runIf(canMount)("a sweep on a disk that can't be written, or is full, says so in a line", () => {
  const options = { grid: "heads=1,2", seeds: 200, model: { contextLength: 8 } };
  const record = { asked: asked(options), survey, ...plan(options), workers: 1, threads: 1 };
  withDisk("16k", (disk) => {
    mkdirSync(join(disk, "sweep"));
    expect(refusal(() => createSweep(join(disk, "sweep"), record, false))).toBe(
      `FileError: ${join(disk, "sweep", "sweep.json")} can't be written: the disk is full`,
    );
    makeReadOnly(disk);
    expect(refusal(() => createSweep(join(disk, "new"), record, false))).toBe(
      `FileError: ${join(disk, "new")} can't be made: the file system is read-only`,
    );
  });
});
