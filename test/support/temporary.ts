import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives the tests, and the processes that they start, a temporary folder of their own, which goes when they are done.
 * Whatever heed or a test leaves in it is a failure.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "heed-tests-"));
  process.env.TMPDIR = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove); // after Ctrl-C
  return () => {
    const left = readdirSync(folder).filter((name) => name.startsWith("heed-"));
    remove();
    if (left.length === 0) return;
    process.stderr.write(`heed, or a test, left these in the temporary folder: ${left.join(", ")}\n`);
    process.exitCode = 1;
  };
}
