import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Milliseconds between two looks. */
const pause = 500;

/**
 * Calls `onGone` once when npm, its shell or run.mjs, which wait for this process, have ended: npm passes SIGTERM on to
 * its shell alone, and SIGHUP to nobody. A shell that a person types into may end: `heed train &` is meant to go on.
 */
export function watchParents(onGone: () => void): void {
  const parents = waiting();
  if (parents.length === 0) return;
  const timer = setInterval(() => {
    if (process.ppid === parents[0] && parents.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, pause);
  timer.unref();
}

/** The processes that wait for this one, the nearest first. */
function waiting(): number[] {
  if (process.platform === "win32") return [];
  const { HEED_PARENT, npm_lifecycle_event: npm } = process.env;
  const byRun = process.ppid === Number(HEED_PARENT);
  const count = (byRun ? 1 : 0) + (npm === undefined ? 0 : 2);
  const parents: number[] = [];
  for (let pid = process.ppid; pid > 1 && parents.length < count; pid = parentOf(pid)) parents.push(pid);
  return parents;
}

function parentOf(pid: number): number {
  if (process.platform !== "linux") {
    return Number(spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }).stdout) || 0;
  }
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
  } catch {
    return 0; // it has ended
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
