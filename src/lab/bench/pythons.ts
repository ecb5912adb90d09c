import { existsSync } from "node:fs";
import { join } from "node:path";
import { defaultCacheFolder } from "../../backends/setup/cache.js";
import { run } from "../../backends/setup/run.js";
import { show } from "../../core/checks.js";
import { ConfigError } from "../../core/errors.js";
import type { PeerLibrary } from "./contestants.js";

/** A Python and the versions of the peers that it has. */
export interface PythonWithPeers {
  command: string;
  versions: Partial<Record<PeerLibrary, string>>;
}

const askScript = `
import importlib.metadata as m, json
def version(name):
  try: return m.version(name)
  except m.PackageNotFoundError: return None
print("peers " + json.dumps({name: v for name in ("torch", "transformers", "jax") if (v := version(name))}))
`;

/** The folder of the virtual environment that `heed bench --setup` makes. */
export const peerFolder = (cache = defaultCacheFolder()): string => join(cache, "bench-python");

/** The Python of a virtual environment. */
export function pythonIn(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/**
 * Asks each Python what it has: those that were named, else that of `heed bench --setup` and the one on the path.
 *
 * @throws ConfigError if one that was named is no Python 3 that runs.
 */
export async function findPeers(named: readonly string[] = []): Promise<PythonWithPeers[]> {
  const ours = pythonIn(peerFolder());
  const onPath = process.platform === "win32" ? ["py"] : ["python3"];
  const found: PythonWithPeers[] = [];
  for (const command of named.length > 0 ? named : [...(existsSync(ours) ? [ours] : []), ...onPath]) {
    const { ok, output, ending } = await run(command, ["-c", askScript], { limit: 60 });
    const answer = /^peers (.*)$/m.exec(output)?.[1];
    if (ok && answer) found.push({ command, versions: JSON.parse(answer) });
    else if (named.length > 0) {
      throw new ConfigError(`python must be a Python of 3.8 or later that runs: got ${show(command)}, ${ending}`);
    }
  }
  return found;
}

const needs: Record<PeerLibrary, PeerLibrary[]> = {
  torch: ["torch"],
  transformers: ["torch", "transformers"],
  jax: ["jax"],
};

/** The first Python that has what a peer needs. */
export function pythonFor(library: PeerLibrary, pythons: readonly PythonWithPeers[]): string | undefined {
  return pythons.find(({ versions }) => needs[library].every((name) => versions[name]))?.command;
}

/** Why a peer does not take part, and how to get it. */
export function missingPeer(library: PeerLibrary, pythons: readonly PythonWithPeers[]): string {
  const commands = pythons.map(({ command }) => command).join(" and ");
  const why = commands === "" ? "no Python is found" : `no ${needs[library].join(" and ")} in ${commands}`;
  return `${why} (heed bench --setup installs it; --python names a Python that has it)`;
}
