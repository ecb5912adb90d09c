import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bytesIn } from "../../../src/backends/setup/cache.js";

it("counts the bytes of a folder that others write to and delete from, and of none that is gone", () => {
  const folder = mkdtempSync(join(tmpdir(), "heed-bytes-"));
  try {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    writeFileSync(join(folder, "a", "b", "three"), "123");
    writeFileSync(join(folder, "two"), "12");
    symlinkSync(join(folder, "never"), join(folder, "gone")); // as a file that goes away between the list and the look
    expect(bytesIn(folder)).toBe(5);
    expect(bytesIn(join(folder, "never"))).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
