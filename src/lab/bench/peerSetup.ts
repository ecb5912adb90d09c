import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCacheFolder } from "../../backends/setup/cache.js";
import { findPython } from "../../backends/setup/python.js";
import { run } from "../../backends/setup/run.js";
import { BackendError } from "../../core/errors.js";
import { makeFolder } from "../../core/files.js";
import { withFolderLock } from "../../core/folderLock.js";
import { peerFolder, pythonIn } from "./pythons.js";

export interface PeerSetupOptions {
  /** A package index that has PyTorch's CPU build, which is smaller. @default pip's own index, whatever build it has */
  torchIndex?: string;
  /** @default heed's folder among the user's caches */
  cache?: string;
  onNote(line: string): void;
}

/** Gigabytes on disk, as seen with PyTorch 2.15 and JAX 0.10: on Linux x64 the registry's PyTorch brings CUDA along. */
const cpuGigabytes = 2;
const cudaGigabytes = 6;

/**
 * Makes a virtual environment with PyTorch, transformers and JAX in heed's cache folder, unless it is there.
 * Gives its Python.
 *
 * @throws BackendError if there is no Python with pip, too little room, or pip fails.
 */
export async function setUpPeers({
  torchIndex,
  cache = defaultCacheFolder(),
  onNote,
}: PeerSetupOptions): Promise<string> {
  const folder = peerFolder(cache);
  const onWait = (pid: number) => onNote(`waiting for process ${pid}, which sets up the peers`);
  return withFolderLock(`${folder}-lock`, onWait, async () => {
    const python = pythonIn(folder);
    if (existsSync(readyFile(folder))) {
      onNote(`the peers are in ${folder} (delete that folder to install them anew)`);
      return python;
    }
    requireRoom(cache, { torchIndex, onNote });
    const base = await findPython();
    if (!base?.hasPip)
      throw new BackendError("the peers need a Python 3 with pip on the path: install one (python3-pip)");
    rmSync(folder, { recursive: true, force: true }); // what a set-up that was killed left
    await step(base.command, ["-m", "venv", folder], onNote);
    await installPeers(python, torchIndex, onNote);
    writeFileSync(readyFile(folder), "");
    onNote(`the peers are ready in ${folder}: heed bench uses them from now on`);
    return python;
  });
}

const readyFile = (folder: string): string => join(folder, "heed-ready");

function requireRoom(cache: string, { torchIndex, onNote }: PeerSetupOptions): void {
  const bringsCuda = torchIndex === undefined && process.platform === "linux";
  const needed = bringsCuda ? cudaGigabytes : cpuGigabytes;
  makeFolder(cache);
  const { bavail, bsize } = statfsSync(cache);
  const free = (bavail * bsize) / 1e9;
  const why = bringsCuda
    ? `, most of it CUDA; --torch-index with an index of CPU builds saves ${needed - cpuGigabytes}`
    : "";
  onNote(`PyTorch, transformers and JAX take about ${needed} GB in ${cache} (${free.toFixed(0)} GB are free${why})`);
  if (free < needed) {
    throw new BackendError(
      `the peers need about ${needed} GB in ${cache}: ${free.toFixed(1)} GB are free (set HEED_CACHE)`,
    );
  }
}

async function installPeers(
  python: string,
  torchIndex: string | undefined,
  onNote: (line: string) => void,
): Promise<void> {
  const install = ["-m", "pip", "install", "--no-input", "--no-cache-dir", "--disable-pip-version-check"];
  if (torchIndex !== undefined) {
    try {
      await step(python, [...install, "--index-url", torchIndex, "--timeout", "15", "--retries", "1", "torch"], onNote);
    } catch (error) {
      onNote(`${(error as Error).message}: taking PyTorch from pip's own index, about ${cudaGigabytes} GB`);
    }
  }
  await step(python, [...install, "numpy", "torch", "transformers", "jax"], onNote);
}

/** Runs a step to its end; reports what pip downloads. */
async function step(command: string, args: string[], onNote: (line: string) => void): Promise<void> {
  const onLine = (line: string) => /^\s*Downloading .*\(/.test(line) && onNote(line.trim());
  const { ok, output, ending } = await run(command, args, { limit: 3600, onLine });
  if (ok) return;
  const reason = /^ERROR: (.+)$/m.exec(output)?.[1] ?? ending;
  throw new BackendError(`the peers can't be installed: ${args.slice(0, 3).join(" ")} failed: ${reason}`);
}
