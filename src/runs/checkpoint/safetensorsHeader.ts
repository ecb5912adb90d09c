import { CheckpointError } from "../../core/errors.js";
import { isObject, parseJsonObject } from "../../core/strictJson.js";

/** The number types of the format that TypeScript has an array for; 16-bit floats come as their bits. */
export interface Arrays {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I64: BigInt64Array;
  I32: Int32Array;
  I16: Int16Array;
  I8: Int8Array;
  U64: BigUint64Array;
  U32: Uint32Array;
  U16: Uint16Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

export type Dtype = keyof Arrays;

export const arrayOf: {
  readonly [D in Dtype]: { new (length: number): Arrays[D]; readonly BYTES_PER_ELEMENT: number };
} = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Where a tensor lies in the file: bytes `begin` to `end`, counted from the end of the header. */
export interface TensorEntry {
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  entries: Map<string, TensorEntry>;
}

export const metadataKey = "__metadata__";

/**
 * Reads and checks a header: the tensors must fill the `dataBytes` bytes after it exactly, without holes or overlap.
 *
 * @throws CheckpointError naming `where` and the rule that is broken.
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, where: string): SafetensorsHeader {
  if (bytes[0] !== 0x7b) throw damaged(where, "its header must begin with {");
  const json = parseJsonObject(bytes, `the header of ${where}`);
  const header: SafetensorsHeader = { metadata: {}, entries: new Map() };
  for (const [name, value] of Object.entries(json)) {
    if (name === metadataKey) header.metadata = parseMetadata(value, where);
    else header.entries.set(name, parseEntry(name, value, where));
  }
  requireContiguous(header.entries, dataBytes, where);
  return header;
}

export function damaged(where: string, rule: string): CheckpointError {
  return new CheckpointError(`${where} is damaged: ${rule} (copy it again, or choose another checkpoint)`);
}

/** The number of values in a tensor of this shape; undefined if that is beyond exact whole numbers. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

function parseMetadata(value: unknown, where: string): Record<string, string> {
  if (!isObject(value) || Object.values(value).some((item) => typeof item !== "string")) {
    throw damaged(where, `${metadataKey} must map names to strings`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown, where: string): TensorEntry {
  const tensor = `tensor ${JSON.stringify(name)}`;
  if (!isObject(value) || Object.keys(value).sort().join() !== "data_offsets,dtype,shape") {
    throw damaged(where, `${tensor} must have dtype, shape and data_offsets`);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(arrayOf, dtype)) {
    const known = Object.keys(arrayOf).join(", ");
    throw new CheckpointError(
      `${tensor} of ${where} must have a dtype of ${known}: got ${JSON.stringify(dtype)} (convert it to F32)`,
    );
  }
  if (!isWholeNumbers(shape)) throw damaged(where, `${tensor}'s shape must be a list of whole numbers`);
  if (!isWholeNumbers(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw damaged(where, `${tensor}'s data_offsets must be two whole numbers in order`);
  }
  const [begin, end] = offsets as [number, number];
  const count = elementCount(shape);
  if (count === undefined || count * arrayOf[dtype as Dtype].BYTES_PER_ELEMENT !== end - begin) {
    throw damaged(where, `${tensor} of ${dtype} [${shape.join(", ")}] must have its size in bytes: got ${end - begin}`);
  }
  return { dtype: dtype as Dtype, shape, begin, end };
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function requireContiguous(entries: Map<string, TensorEntry>, dataBytes: number, where: string): void {
  let at = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== at) {
      throw damaged(
        where,
        `tensor ${JSON.stringify(name)} must begin where the one before ends, at ${at}: got ${begin}`,
      );
    }
    at = end;
  }
  if (at !== dataBytes) throw damaged(where, `its tensors take ${at} bytes, but ${dataBytes} follow the header`);
}
