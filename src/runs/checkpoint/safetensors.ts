import { closeSync } from "node:fs";
import { endianness, totalmem } from "node:os";
import { type FileDigest, writeSynced } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { onFile, openRegularFile, readFully } from "../../core/files.js";
import { fromFloat16 } from "../../core/float16.js";
import type { Shapes } from "../../model/families/family.js";
import type { VariableValues } from "../../model/variables.js";
import {
  type Arrays,
  arrayOf,
  type Dtype,
  damaged,
  elementCount,
  metadataKey,
  parseHeader,
  type TensorEntry,
} from "./safetensorsHeader.js";

/** A tensor on its way to or from a file; `data` holds its values row by row. */
export type SavedTensor<D extends Dtype = Dtype> = {
  [K in D]: { dtype: K; shape: readonly number[]; data: Arrays[K] };
}[D];

/** What files of weights must hold. */
export interface ReadOptions {
  /** The tensors that must be there, with their shapes, and no others. */
  expect: Shapes;
  /** What a tensor is called in `expect`. @default its name in the file */
  rename?: (name: string) => string;
  /** Whether to pass over a tensor that `expect` does not name. @default none */
  ignore?: (name: string) => boolean;
}

/** A file of tensors, and those that it must hold according to the index that names it. */
export interface TensorFile {
  path: string;
  holds?: readonly string[];
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

/** Writes a safetensors file of float32 numbers. */
export function writeFloats(path: string, values: VariableValues, metadata?: Record<string, string>): FileDigest {
  const tensors = [...values].map(([name, { shape, data }]) => [name, { dtype: "F32", shape, data }] as const);
  return writeSafetensors(path, new Map<string, SavedTensor>(tensors), metadata);
}

/**
 * Reads a safetensors file straight into the arrays it returns, in the order of the file. The header and the file's
 * exact size are checked before anything is allocated.
 *
 * @throws CheckpointError naming the path and the rule that is broken.
 */
export function readSafetensors(path: string): { tensors: Map<string, SavedTensor>; metadata: Record<string, string> } {
  const file = new SafetensorsFile(path);
  try {
    requireMemory([...file.entries.values()], path);
    const tensors = [...file.entries].map(([name, entry]) => [name, file.read(entry)] as const);
    return { tensors: new Map(tensors), metadata: file.metadata };
  } finally {
    file.close();
  }
}

/**
 * The tensors of one or several files as finite float32 numbers, under the names and in the order of `expect`; those of
 * 16 bits are converted, which is exact. Everything is checked before anything is allocated.
 *
 * @param where what the tensors are of, for errors
 * @throws CheckpointError naming the file and the rule that is broken.
 */
export function readFloats(
  parts: readonly TensorFile[],
  where: string,
  { expect, rename = (name) => name, ignore = () => false }: ReadOptions,
): { values: VariableValues; metadata: Record<string, string> } {
  const open: SafetensorsFile[] = [];
  try {
    const found = new Map<string, FoundTensor>();
    const problems = new Problems(where);
    for (const { path, holds } of parts) {
      const file = new SafetensorsFile(path);
      open.push(file);
      if (holds) requireSameNames(path, file.entries, holds);
      for (const [fileName, entry] of file.entries) {
        const name = rename(fileName);
        if (!expect.has(name) && ignore(name)) continue;
        const other = found.get(name);
        if (!expect.has(name)) problems.add("unknown", `${JSON.stringify(fileName)} belongs to no part of the model`);
        else if (other) {
          const names = [fileName, other.fileName].map((text) => JSON.stringify(text));
          problems.add("unknown", `${names[0]} must be there once: ${names[1]} is another`);
        } else found.set(name, { file, entry, fileName });
      }
    }
    for (const [name, shape] of expect) problems.addTensor(found.get(name), name, shape);
    problems.throwAny();
    const wanted = [...expect.keys()].map((name) => [name, found.get(name)!] as const);
    requireMemory(
      wanted.map(([, { entry }]) => entry),
      where,
    );
    const values = wanted.map(([name, { file, entry, fileName }]) => {
      const tensor = file.read(entry);
      const data = asFloat32(tensor);
      requireFinite(fileName, data, file.path);
      return [name, { shape: tensor.shape, data }] as const;
    });
    return { values: new Map(values), metadata: open[0]?.metadata ?? {} };
  } finally {
    for (const file of open) file.close();
  }
}

interface FoundTensor {
  file: SafetensorsFile;
  entry: TensorEntry;
  fileName: string;
}

/** An open file whose header is checked. */
class SafetensorsFile {
  private readonly file: number;
  private readonly dataStart: number;
  readonly metadata: Record<string, string>;
  readonly entries: ReadonlyMap<string, TensorEntry>;

  /** @throws CheckpointError naming the path and the rule that is broken. */
  constructor(readonly path: string) {
    requireLittleEndian();
    const { file, size: fileBytes } = openRegularFile(path);
    this.file = file;
    try {
      const prefix = Buffer.alloc(8);
      if (readFully(this.file, prefix, 0) !== 8) throw damaged(path, `it must have at least 8 bytes: got ${fileBytes}`);
      const headerBytes = prefix.readBigUInt64LE();
      const most = Math.min(maxHeaderBytes, fileBytes - 8);
      if (headerBytes > most) throw damaged(path, `its header must take at most ${most} bytes: got ${headerBytes}`);
      const header = Buffer.alloc(Number(headerBytes));
      if (readFully(this.file, header, 8) !== header.length) throw damaged(path, "it ended while it was read");
      this.dataStart = 8 + header.length;
      ({ metadata: this.metadata, entries: this.entries } = parseHeader(header, fileBytes - this.dataStart, path));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  read({ dtype, shape, begin }: TensorEntry): SavedTensor {
    const data = new arrayOf[dtype](elementCount(shape)!);
    const read = onFile(this.path, () => readFully(this.file, bytesOf(data), this.dataStart + begin));
    if (read !== data.byteLength) {
      throw damaged(this.path, "it ended while it was read");
    }
    return { dtype, shape, data } as SavedTensor;
  }

  close(): void {
    closeSync(this.file);
  }
}

/**
 * Refuses a file that is no whole safetensors file, without reading its tensors.
 *
 * @throws CheckpointError naming the path and the rule that is broken.
 */
export function requireSafetensors(path: string): void {
  new SafetensorsFile(path).close();
}

/** Number types that float32 holds exactly. */
const floatTypes: readonly Dtype[] = ["F32", "F16", "BF16"];

/** Most problems that a message lists. */
const mostListed = 3;

/** What is wrong with a set of tensors; the message has one of each kind before more of the same. */
class Problems {
  private readonly lists = { expected: [] as string[], unknown: [] as string[], type: [] as string[] };

  constructor(private readonly where: string) {}

  add(kind: keyof Problems["lists"], problem: string): void {
    this.lists[kind].push(problem);
  }

  /** Adds what is wrong with a tensor that is expected. */
  addTensor(found: FoundTensor | undefined, name: string, shape: readonly number[]): void {
    const called = JSON.stringify(found?.fileName ?? name);
    if (!found) this.add("expected", `${called} is missing`);
    else if (found.entry.shape.join() !== shape.join()) {
      const got = `[${found.entry.shape.join(", ")}]`;
      this.add("expected", `${called} must have shape [${shape.join(", ")}]: got ${got}`);
    } else if (!floatTypes.includes(found.entry.dtype)) {
      this.add("type", `${called} must be ${floatTypes.join(", ")}: got ${found.entry.dtype} (convert it to F32)`);
    }
  }

  /** @throws CheckpointError if there is any. */
  throwAny(): void {
    const { expected, unknown, type } = this.lists;
    const all = [...expected, ...unknown, ...type];
    if (all.length === 0) return;
    const firsts = new Set([expected[0], unknown[0], type[0]].filter((problem) => problem !== undefined));
    const listed = [...firsts, ...all.filter((problem) => !firsts.has(problem))].slice(0, mostListed);
    const inOrder = all.filter((problem) => listed.includes(problem)).join("; ");
    const more = all.length > mostListed ? `; and ${all.length - mostListed} more` : "";
    throw new CheckpointError(`${this.where} does not hold what its configuration says: ${inOrder}${more}`);
  }
}

function requireSameNames(path: string, there: ReadonlyMap<string, unknown>, listed: readonly string[]): void {
  const missing = listed.find((name) => !there.has(name));
  if (missing !== undefined) throw damaged(path, `it must hold ${JSON.stringify(missing)}, as the index says`);
  const known = new Set(listed);
  const more = [...there.keys()].find((name) => !known.has(name));
  if (more !== undefined) throw damaged(path, `it must hold only what the index says: got ${JSON.stringify(more)}`);
}

function requireMemory(entries: readonly TensorEntry[], where: string): void {
  const bytes = entries.reduce((sum, { begin, end }) => sum + end - begin, 0);
  if (bytes > totalmem()) {
    throw new CheckpointError(`${where} must fit in this machine's ${totalmem()} bytes of memory: it takes ${bytes}`);
  }
}

function asFloat32({ dtype, data }: SavedTensor): Float32Array {
  if (dtype === "F16") return fromFloat16(data as Uint16Array);
  if (dtype === "BF16") {
    const wide = Uint32Array.from(data, (bits) => bits << 16); // the upper half of a float32
    return new Float32Array(wide.buffer);
  }
  return data as Float32Array;
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

function requireFinite(name: string, data: Float32Array, path: string): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new CheckpointError(
    `tensor ${JSON.stringify(name)} of ${path} must hold finite numbers: value ${at} is ${data[at]} (use an earlier checkpoint)`,
  );
}

function requireLittleEndian(): void {
  if (endianness() !== "LE")
    throw new CheckpointError("checkpoints need a little-endian machine: this one is big-endian");
}

function bytesOf(data: SavedTensor["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
