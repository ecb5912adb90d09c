import { note } from "./screen.js";

/** What a process exits with after a signal, once it has saved: 128 and the signal's number, as shells have it. */
export const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

type Stop = keyof typeof exitCodes;

const signals = Object.keys(exitCodes) as Stop[];

/** Milliseconds in which signals are one request: npm, or a program that stops a group of processes, sends it twice. */
const oneRequest = 1000;

let stoppedBy: Stop | undefined;

/** The exit code of work that was stopped and saved. */
export function interruptedExitCode(): number {
  return exitCodes[stoppedBy ?? "SIGINT"];
}

/** How to go on with work that was stopped, which `words` had begun. */
export function howToGoOn([command, ...flags]: readonly string[]): string {
  if (command === "start") return " (npm start again goes on)";
  const instead = flags.includes("--overwrite") ? " in place of --overwrite" : "";
  return ` (the same with --resume${instead} goes on)`;
}

/**
 * A signal that Ctrl-C raises, as SIGTERM and a closed terminal do: the work under way ends well. A second Ctrl-C after
 * a moment, or one after `release`, ends the process at once, by the system's own hand, so that it works in the middle
 * of a long computation, too.
 *
 * @param onStop called before anything is said of the stop, to end a display that is being redrawn
 */
export function stopOnInterrupt(onStop: () => void = () => {}): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = () => {
    for (const name of signals) process.off(name, stop);
    process.off("SIGHUP", ignore);
  };
  const stop = (name: Stop) => {
    stoppedBy = name;
    onStop();
    note("\nstopping after this step, then saving (Ctrl-C again to stop at once)");
    // Asleep, as a timer would wait for the computation; what arrives meanwhile is dropped with its listener.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, oneRequest);
    release();
    process.on("SIGHUP", ignore); // nobody presses it
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  return { signal: controller.signal, release };
}

function ignore(): void {}
