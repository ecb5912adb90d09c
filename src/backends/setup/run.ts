import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Seconds after which the program and its children are killed. */
  limit: number;
  /** Seconds without a change of `progress` after which the program is killed. */
  stall?: number;
  /** Called twice a second while the program runs; returns how many bytes are done. */
  progress?: () => number;
  /** Called with every new value of `progress`. */
  onProgress?: (bytes: number) => void;
  /** Called with every line of the program's stdout. */
  onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit code 0. */
  ok: boolean;
  /** stdout and stderr, in the order in which they arrived. */
  output: string;
  /** How it ended, in words: "exit code 1", "killed by SIGSEGV", "no answer in 60 s", "not found". */
  ending: string;
}

const running = new Set<ChildProcess>();

/** Runs a program to its end, in a process group of its own that is killed with this process. Never rejects. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    track(child);
    let output = "";
    let killedFor: string | undefined;
    const stop = (why: string) => {
      killedFor = why;
      killGroup(child);
    };
    const limit = setTimeout(() => stop(`no answer in ${options.limit} s`), options.limit * 1000);
    const watch = watchProgress(options, () => stop(`no progress in ${options.stall} s`));
    const end = (ok: boolean, ending: string) => {
      clearTimeout(limit);
      clearInterval(watch);
      untrack(child);
      resolve({ ok: ok && !killedFor, output, ending: killedFor ?? ending });
    };
    let line = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const lines = (line + text).split("\n");
      line = lines.pop()!;
      for (const each of lines) options.onLine?.(each);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      end(false, error.code === "ENOENT" ? "not found" : error.message),
    );
    child.on("close", (code, signal) => end(code === 0, signal ? `killed by ${signal}` : `exit code ${code}`));
  });
}

function watchProgress(options: RunOptions, onStall: () => void): NodeJS.Timeout | undefined {
  const { progress, onProgress, stall = Number.POSITIVE_INFINITY } = options;
  if (!progress) return undefined;
  let before = -1;
  let since = Date.now();
  return setInterval(() => {
    const bytes = progress();
    if (bytes !== before) {
      before = bytes;
      since = Date.now();
      onProgress?.(bytes);
    } else if (Date.now() - since > stall * 1000) onStall();
  }, 500);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

function killAll(): void {
  for (const child of running) killGroup(child);
}

function onSignal(signal: NodeJS.Signals): void {
  killAll();
  process.exit(128 + constants.signals[signal]);
}

function track(child: ChildProcess): void {
  if (running.size === 0) {
    process.on("exit", killAll);
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    process.on("SIGHUP", onSignal);
  }
  running.add(child);
}

function untrack(child: ChildProcess): void {
  if (!running.delete(child) || running.size > 0) return;
  process.off("exit", killAll);
  process.off("SIGINT", onSignal);
  process.off("SIGTERM", onSignal);
  process.off("SIGHUP", onSignal);
}
