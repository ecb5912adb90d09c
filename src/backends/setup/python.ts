import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BackendError } from "../../core/errors.js";
import { seeFile } from "../addon.js";
import { bytesIn, hashFile, temporaryFolder } from "./cache.js";
import type { PinnedWheel } from "./pins.js";
import { megabytes, type Reporter } from "./reporter.js";
import { run } from "./run.js";

export interface Python {
  command: string;
  hasPip: boolean;
}

const askAboutPip = "import importlib.util as u; print('pip' if u.find_spec('pip') else 'no pip')";

/** A Python 3 on the path, preferably one with pip. */
export async function findPython(): Promise<Python | undefined> {
  let without: Python | undefined;
  for (const command of process.platform === "win32" ? ["py", "python"] : ["python3", "python"]) {
    const { ok, output } = await run(command, ["-c", askAboutPip], { limit: 20 });
    if (!ok) continue;
    if (output.trim() === "pip") return { command, hasPip: true };
    without ??= { command, hasPip: false };
  }
  return without;
}

/**
 * Returns the file of a pinned wheel, from the cache or from pip, after checking its hash. pip uses the user's own
 * configuration (indexes, proxies), but gives up early on a host that does not respond.
 *
 * @throws BackendError if pip is missing or can't download the wheel, or if the hash is wrong.
 */
export async function fetchWheel(cache: string, python: Python, wheel: PinnedWheel, report: Reporter): Promise<string> {
  const folder = join(cache, "downloads", wheel.sha256.slice(0, 16));
  const kept = wheelIn(folder);
  if (kept && (await hashFile(kept)) === wheel.sha256) return kept;
  rmSync(folder, { recursive: true, force: true });

  report.note(`downloading ${wheel.project} ${wheel.version} with pip, ${megabytes(wheel.bytes)}`);
  const temporary = temporaryFolder(cache);
  try {
    const file = await pipDownload(temporary, python, wheel, report);
    const sha256 = await hashFile(file);
    if (sha256 !== wheel.sha256) {
      const size = `${seeFile(file)?.size} bytes, sha256 ${sha256}`;
      throw new BackendError(
        `the wheel of ${wheel.project} ${wheel.version} has the wrong hash and is not used: got ${size}, ` +
          `expected ${wheel.bytes} bytes, sha256 ${wheel.sha256} (ask whoever runs the package index or proxy)`,
      );
    }
    mkdirSync(join(cache, "downloads"), { recursive: true });
    renameSync(join(temporary, "wheel"), folder);
    return wheelIn(folder)!;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function pipDownload(folder: string, python: Python, wheel: PinnedWheel, report: Reporter): Promise<string> {
  const [to, scratch] = [join(folder, "wheel"), join(folder, "scratch")];
  mkdirSync(scratch);
  const args = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"];
  args.push("--python-version", "3.11", "--implementation", "cp", "--abi", wheel.abi, "--platform", wheel.platform);
  args.push("--timeout", "15", "--retries", "1", "--dest", to, `${wheel.project}==${wheel.version}`);
  const { ok, output, ending } = await run(python.command, args, {
    limit: 3600,
    stall: 90,
    env: { ...process.env, TMPDIR: scratch, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    progress: () => bytesIn(folder),
    onProgress: (bytes) => bytes > 0 && report.progress(wheel.project, bytes, wheel.bytes),
  });
  const file = wheelIn(to);
  if (ok && file) return file;
  if (process.env.HEED_DEBUG === "1") report.note(output);
  throw new BackendError(`pip could not download ${wheel.project} ${wheel.version}: ${pipReason(output, ending)}`);
}

function wheelIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder).find((each) => each.endsWith(".whl"));
  return name && join(folder, name);
}

/** The reason in pip's long output, in a few words. */
function pipReason(output: string, ending: string): string {
  if (/ConnectionError|connection broken|Max retries|Failed to establish|timed out|SSLError|ProxyError/i.test(output)) {
    return "its package index is out of reach (check the network, or pip's index and proxy settings)";
  }
  return /^ERROR: (.+)$/m.exec(output)?.[1] ?? ending;
}

const unpackScript = `
import sys, zipfile
wheel, to, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
  for info in z.infolist():
    if info.filename.startswith(tuple(wanted)) and not info.is_dir():
      z.extract(info, to)
`;

/** Unpacks the files of a wheel whose names begin with one of `wanted`. */
export async function unpackWheel(
  python: Python,
  options: { wheel: string; to: string; wanted: readonly string[]; bytes?: number; report: Reporter },
): Promise<void> {
  const { wheel, to, wanted, bytes, report } = options;
  const { ok, output, ending } = await run(python.command, ["-c", unpackScript, wheel, to, ...wanted], {
    limit: 900,
    progress: bytes ? () => bytesIn(to) : undefined,
    onProgress: (done) => done > 0 && report.progress("unpacking", done, bytes ?? 1),
  });
  if (!ok) throw new BackendError(`${wheel} could not be unpacked: ${output.trim().split("\n").at(-1) || ending}`);
}
