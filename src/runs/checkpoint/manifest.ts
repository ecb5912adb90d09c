import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestFile, type FileDigest } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { readRegularFile } from "../../core/files.js";
import { isObject, type JsonObject, parseJsonObject } from "../../core/strictJson.js";
import { files } from "./names.js";
import { damaged } from "./safetensorsHeader.js";

const maxJsonBytes = 256 * 1024 * 1024;

/** The files of a checkpoint folder, each checked against the manifest before it is used; a foreign one has none. */
export class CheckpointFiles {
  private readonly digests: ReadonlyMap<string, FileDigest> | undefined;

  /** @throws CheckpointError if the manifest is damaged. */
  constructor(readonly folder: string) {
    const path = join(folder, files.manifest);
    this.digests = existsSync(path) ? parseManifest(readJson(path), path) : undefined;
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
    if (!expected) return path;
    const { size } = statSync(path);
    if (size !== expected.bytes) throw damaged(path, `it must have ${expected.bytes} bytes: got ${size}`);
    if (digestFile(path).sha256 !== expected.sha256)
      throw damaged(path, `its SHA-256 is not the one in ${files.manifest}`);
    return path;
  }

  /** The JSON object in a checked file. */
  json(name: string): JsonObject {
    return readJson(this.check(name));
  }
}

function readJson(path: string): JsonObject {
  const { size } = statSync(path);
  if (size > maxJsonBytes) throw damaged(path, `it must have at most ${maxJsonBytes} bytes: got ${size}`);
  return parseJsonObject(readRegularFile(path), path);
}

function parseManifest(json: JsonObject, path: string): Map<string, FileDigest> {
  if (json.format !== 1) {
    throw new CheckpointError(`${path}: format must be 1: got ${JSON.stringify(json.format)} (update heed)`);
  }
  if (!isObject(json.files)) throw damaged(path, "files must be an object");
  const entries = Object.entries(json.files);
  for (const [name, digest] of entries) {
    if (!isDigest(digest)) throw damaged(path, `the entry of ${JSON.stringify(name)} must have bytes and sha256`);
  }
  return new Map(entries as [string, FileDigest][]);
}

function isDigest(value: unknown): value is FileDigest {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.bytes) &&
    typeof value.sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  );
}
