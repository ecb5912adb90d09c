import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/** Where a bench ran. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  /** Processes that wanted a core, over the minute before; 0 on Windows, which does not count them. */
  loadBefore: number;
}

export function readMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    loadBefore: loadavg()[0]!,
  };
}
