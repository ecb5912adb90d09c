import { endianness, totalmem } from "node:os";
import { type FileDigest, writeSynced } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { readFully, withRegularFile } from "../../core/files.js";
import {
  type Arrays,
  arrayOf,
  type Dtype,
  damaged,
  elementCount,
  metadataKey,
  parseHeader,
  type SafetensorsHeader,
  type TensorEntry,
} from "./safetensorsHeader.js";

export type { Dtype, SafetensorsHeader } from "./safetensorsHeader.js";

/** A tensor on its way to or from a file; `data` holds its values row by row. */
export type SavedTensor<D extends Dtype = Dtype> = {
  [K in D]: { dtype: K; shape: readonly number[]; data: Arrays[K] };
}[D];

/** What a file must hold. */
export interface ReadOptions<D extends Dtype> {
  /** The tensors that must be there, with their shapes, and no others. @default whatever the file holds */
  expect?: ReadonlyMap<string, readonly number[]>;
  /** The number type that every tensor must have. @default any */
  dtype?: D;
  /** Whether to pass over a tensor that `expect` does not name. @default none */
  ignore?: (name: string) => boolean;
  /** Whether to refuse NaN and infinities in F32 and F64. @default false */
  finite?: boolean;
}

const maxHeaderBytes = 100_000_000; // the format's own limit

/**
 * Writes a safetensors file, flushed to the disk: 8 bytes of header length, a JSON header padded to 8 bytes, the data.
 * The path must not exist. Tensors lie in the order of their number's size, then name, so each is aligned.
 *
 * @throws CheckpointError if a tensor's name, type or shape does not fit the format.
 * @see https://github.com/huggingface/safetensors
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, SavedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): FileDigest {
  requireLittleEndian();
  const inOrder = [...tensors].sort(
    ([nameA, a], [nameB, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  );
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) fields.push([metadataKey, metadata]);
  let at = 0;
  for (const [name, tensor] of inOrder) {
    requireWritable(name, tensor, path);
    const end = at + tensor.data.byteLength;
    fields.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [at, end] }]);
    at = end;
  }
  // Joined by hand: an object would reorder names that look like numbers.
  const json = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
  const header = Buffer.from(`{${json}}`);
  const padded = Buffer.alloc(Math.ceil(header.length / 8) * 8, " ");
  header.copy(padded);
  if (padded.length > maxHeaderBytes) throw new CheckpointError(`${path} can't be written: its header is too long`);
  return writeSynced(path, (write) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(padded.length));
    write(length);
    write(padded);
    for (const [, { data }] of inOrder) write(bytesOf(data));
  });
}

/**
 * Reads a safetensors file straight into the arrays it returns, in the order of `expect` or of the file.
 * The header, the file's exact size and `expect` are checked before anything is allocated.
 *
 * @throws CheckpointError naming the path and the rule that is broken.
 */
export function readSafetensors<D extends Dtype = Dtype>(
  path: string,
  options: ReadOptions<D> = {},
): { tensors: Map<string, SavedTensor<D>>; metadata: Record<string, string> } {
  return withHeader(path, (file, header, dataStart) => {
    requireExpected(header.entries, path, options);
    const wanted = wantedEntries(header.entries, options);
    requireMemory(wanted, path);
    const tensors = new Map<string, SavedTensor<D>>();
    for (const [name, entry] of wanted) {
      const data = new arrayOf[entry.dtype](elementCount(entry.shape)!);
      if (readFully(file, bytesOf(data), dataStart + entry.begin) !== data.byteLength) {
        throw damaged(path, "it ended while it was read");
      }
      if (options.finite) requireFinite(name, data, path);
      tensors.set(name, { dtype: entry.dtype, shape: entry.shape, data } as unknown as SavedTensor<D>);
    }
    return { tensors, metadata: header.metadata };
  });
}

/**
 * Which tensors a file holds, without reading them.
 *
 * @throws CheckpointError naming the path and the rule that is broken.
 */
export function readSafetensorsHeader(path: string): SafetensorsHeader {
  return withHeader(path, (_file, header) => header);
}

function withHeader<R>(path: string, use: (file: number, header: SafetensorsHeader, dataStart: number) => R): R {
  requireLittleEndian();
  return withRegularFile(path, (file, fileBytes) => {
    const prefix = Buffer.alloc(8);
    if (readFully(file, prefix, 0) !== 8) throw damaged(path, `it must have at least 8 bytes: got ${fileBytes}`);
    const headerBytes = prefix.readBigUInt64LE();
    const most = Math.min(maxHeaderBytes, fileBytes - 8);
    if (headerBytes > most) throw damaged(path, `its header must take at most ${most} bytes: got ${headerBytes}`);
    const header = Buffer.alloc(Number(headerBytes));
    if (readFully(file, header, 8) !== header.length) throw damaged(path, "it ended while it was read");
    const dataStart = 8 + header.length;
    return use(file, parseHeader(header, fileBytes - dataStart, path), dataStart);
  });
}

function requireExpected(entries: ReadonlyMap<string, TensorEntry>, path: string, options: ReadOptions<Dtype>): void {
  const { expect, dtype, ignore } = options;
  const problems: string[] = [];
  for (const [name, shape] of expect ?? []) {
    const there = entries.get(name);
    if (!there) problems.push(`${JSON.stringify(name)} is missing`);
    else if (there.shape.join() !== shape.join()) {
      problems.push(`${JSON.stringify(name)} must have shape [${shape.join(", ")}]: got [${there.shape.join(", ")}]`);
    }
  }
  for (const [name, there] of entries) {
    if (!expect?.has(name) && ignore?.(name)) continue;
    if (expect && !expect.has(name)) problems.push(`${JSON.stringify(name)} belongs to no part of the model`);
    else if (dtype && there.dtype !== dtype) {
      problems.push(`${JSON.stringify(name)} must be ${dtype}: got ${there.dtype}`);
    }
  }
  if (problems.length === 0) return;
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
  throw new CheckpointError(
    `${path} does not hold what its configuration says: ${problems.slice(0, 3).join("; ")}${more}`,
  );
}

function wantedEntries(entries: ReadonlyMap<string, TensorEntry>, { expect, ignore }: ReadOptions<Dtype>) {
  if (expect) return [...expect.keys()].map((name) => [name, entries.get(name)!] as const);
  return [...entries].filter(([name]) => !ignore?.(name));
}

function requireMemory(wanted: readonly (readonly [string, TensorEntry])[], path: string): void {
  const bytes = wanted.reduce((sum, [, { begin, end }]) => sum + end - begin, 0);
  if (bytes > totalmem()) {
    throw new CheckpointError(`${path} must fit in this machine's ${totalmem()} bytes of memory: it takes ${bytes}`);
  }
}

function requireWritable(name: string, { dtype, shape, data }: SavedTensor, path: string): void {
  const tensor = `tensor ${JSON.stringify(name)} for ${path}`;
  if (name === metadataKey) throw new CheckpointError(`${tensor} must have another name`);
  if (!Object.hasOwn(arrayOf, dtype) || !(data instanceof arrayOf[dtype])) {
    throw new CheckpointError(`${tensor} must have a dtype that its array fits: got ${dtype} ${data.constructor.name}`);
  }
  if (elementCount(shape) !== data.length) {
    throw new CheckpointError(
      `${tensor} must have as many values as its shape [${shape.join(", ")}]: got ${data.length}`,
    );
  }
}

function requireFinite(name: string, data: SavedTensor["data"], path: string): void {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const tensor = `tensor ${JSON.stringify(name)} of ${path}`;
    throw new CheckpointError(
      `${tensor} must hold finite numbers: value ${at} is ${data[at]} (use an earlier checkpoint)`,
    );
  }
}

function requireLittleEndian(): void {
  if (endianness() !== "LE")
    throw new CheckpointError("checkpoints need a little-endian machine: this one is big-endian");
}

function bytesOf(data: SavedTensor["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
