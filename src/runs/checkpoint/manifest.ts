import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestFile, type FileDigest } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { readRegularFile } from "../../core/files.js";
import { isObject, type JsonObject, parseJsonObject } from "../../core/strictJson.js";
import { files } from "./names.js";
import { requireSafetensors } from "./safetensors.js";
import { damaged } from "./safetensorsHeader.js";

const maxJsonBytes = 256 * 1024 * 1024;

/** What manifest.json says. */
interface Manifest {
  files: ReadonlyMap<string, FileDigest>;
  /** The `id` of the run, and the step; unknown in those of an earlier heed. */
  run?: string;
  step?: number;
}

/** manifest.json of a checkpoint whose files have these digests. */
export function manifestJson(digests: Record<string, FileDigest>, of: { run?: string; step: number }): object {
  return { format: 1, ...of, files: digests };
}

/** The files of a checkpoint folder, each checked against the manifest before it is used; a foreign one has none. */
export class CheckpointFiles {
  readonly manifest: Manifest | undefined;
  /** What the user should know about how the files are checked. */
  readonly notes: readonly string[];
  private readonly trust: boolean;

  /** @throws CheckpointError if the manifest is damaged. */
  constructor(
    readonly folder: string,
    { trust = false }: { trust?: boolean } = {},
  ) {
    const path = join(folder, files.manifest);
    const manifest = existsSync(path) ? parseManifest(readJson(path), path) : undefined;
    this.manifest = manifest;
    this.trust = trust;
    if (!manifest)
      this.notes = [`${folder} has no ${files.manifest}: nothing says whether its files are as they were saved`];
    else this.notes = trust ? [`${folder} is trusted: its files are not compared with ${files.manifest}`] : [];
  }

  /** The files that must be as the manifest says; none if there is no manifest, or the user trusts them. */
  private get digests(): ReadonlyMap<string, FileDigest> | undefined {
    return this.trust ? undefined : this.manifest?.files;
  }

  has(name: string): boolean {
    return this.digests ? this.digests.has(name) : existsSync(join(this.folder, name));
  }

  /**
   * The path of a file whose size and hash are as the manifest says.
   *
   * @throws CheckpointError naming the file if it is missing or differs.
   */
  check(name: string): string {
    const path = join(this.folder, name);
    const expected = this.digests?.get(name);
    if ((this.digests && !expected) || !existsSync(path)) {
      throw new CheckpointError(
        `${this.folder} must hold ${name}: it does not (copy it again, or choose another checkpoint)`,
      );
    }
    requireRegular(path);
    const what = expected && difference(path, expected);
    if (what !== undefined) this.refuse(name, what);
    return path;
  }

  /** The JSON object in a checked file. */
  json(name: string): JsonObject {
    return readJson(this.check(name));
  }

  /** Tells a file that was cut or overwritten from one that another program wrote in its place. */
  private refuse(name: string, what: string): never {
    const path = join(this.folder, name);
    try {
      if (name.endsWith(".json")) readJson(path);
      else requireSafetensors(path);
    } catch {
      throw damaged(path, what);
    }
    const changed = [...this.digests!].filter(([other, digest]) => {
      const there = join(this.folder, other);
      return existsSync(there) && difference(there, digest) !== undefined;
    });
    throw new CheckpointError({
      where: this.folder,
      field: changed.map(([other]) => other).join(", "),
      rule: `be as heed saved them, which ${files.manifest} states`,
      got: "other files, from another program or a copy that went wrong",
      remedy: `--trust, or trust: true, uses them all the same; delete ${files.manifest} if you changed them, else copy them again`,
    });
  }
}

/** How a file differs from its digest. */
function difference(path: string, { bytes, sha256 }: FileDigest): string | undefined {
  const { size } = statSync(path);
  if (size !== bytes) return `it must have ${bytes} bytes: got ${size}`;
  return digestFile(path).sha256 === sha256 ? undefined : `its SHA-256 is not the one in ${files.manifest}`;
}

/** @throws CheckpointError if `path` is a device, a pipe or a folder, which might never end. */
function requireRegular(path: string): void {
  if (!statSync(path).isFile()) throw damaged(path, "it must be a file");
}

function readJson(path: string): JsonObject {
  requireRegular(path);
  const { size } = statSync(path);
  if (size > maxJsonBytes) throw damaged(path, `it must have at most ${maxJsonBytes} bytes: got ${size}`);
  return parseJsonObject(readRegularFile(path), path);
}

function parseManifest(json: JsonObject, path: string): Manifest {
  const { format, files: digests, run, step } = json;
  if (format !== 1) {
    throw new CheckpointError(`${path}: format must be 1: got ${JSON.stringify(format)} (update heed)`);
  }
  if (!isObject(digests)) throw damaged(path, "files must be an object");
  const entries = Object.entries(digests);
  for (const [name, digest] of entries) {
    if (!isDigest(digest)) throw damaged(path, `the entry of ${JSON.stringify(name)} must have bytes and sha256`);
  }
  if (run !== undefined && typeof run !== "string") throw damaged(path, "run must be a text");
  if (step !== undefined && !Number.isSafeInteger(step)) throw damaged(path, "step must be a whole number");
  return { files: new Map(entries as [string, FileDigest][]), run, step: step as number | undefined };
}

function isDigest(value: unknown): value is FileDigest {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.bytes) &&
    typeof value.sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  );
}
