import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { BackendError } from "../../core/errors.js";
import { answerMark, type ChildAnswer } from "./childProtocol.js";

const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export interface ChildCommand {
  command: string;
  args: string[];
  /** Added to this process's environment. */
  env?: Record<string, string | undefined>;
}

/** A contestant's process: it answers one request after the other and stays alive in between. */
export class BenchChild {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private waiting: { resolve: (answer: never) => void; reject: (error: Error) => void } | undefined;
  private problem: string | undefined;
  private complaints = "";

  constructor({ command, args, env }: ChildCommand) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: "pipe" });
    this.child = child;
    if (running.size === 0) process.on("exit", killAll);
    running.add(child);
    createInterface({ input: child.stdout }).on("line", (line) => this.hear(line));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (process.env.HEED_DEBUG === "1") process.stderr.write(text);
      this.complaints = (this.complaints + text).slice(-4000);
    });
    child.stdin.on("error", () => {}); // it has ended, which is said below
    this.ended = new Promise((resolve) => {
      child.on("error", (error: NodeJS.ErrnoException) => {
        this.fail(`${command} does not start: ${error.code === "ENOENT" ? "not found" : error.message}`);
        resolve();
      });
      child.on("close", (code, signal) => {
        this.fail(`it ended with ${signal ?? `exit code ${code}`}${lastLine(this.complaints)}`);
        resolve();
      });
    });
  }

  /**
   * The answer to `request`. One request at a time.
   *
   * @throws BackendError if the process answers with an error, ends, or takes longer than `limit` seconds.
   */
  async ask<T>(request: object, { limit = 1800 }: { limit?: number } = {}): Promise<T> {
    if (this.problem) throw new BackendError(this.problem);
    const timer = setTimeout(() => {
      this.fail(`no answer in ${limit} s`);
      this.child.kill("SIGKILL");
    }, limit * 1000);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.waiting = { resolve, reject };
        this.child.stdin!.write(`${JSON.stringify(request)}\n`);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private hear(line: string): void {
    if (!line.startsWith(answerMark) || !this.waiting) return;
    const answer: ChildAnswer<object> = JSON.parse(line.slice(answerMark.length));
    const { resolve, reject } = this.waiting;
    this.waiting = undefined;
    if ("error" in answer) reject(new BackendError(answer.error));
    else resolve(answer as never);
  }

  private fail(problem: string): void {
    this.problem ??= problem;
    running.delete(this.child);
    if (running.size === 0) process.off("exit", killAll);
    this.waiting?.reject(new BackendError(this.problem));
    this.waiting = undefined;
  }

  /** Ends the process and waits until it has gone. */
  async close(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

/** ": " and the last line of a process's complaints, if it made any. */
function lastLine(text: string): string {
  const line = text.trim().split("\n").at(-1)!.trim();
  return line && `: ${line}`;
}
