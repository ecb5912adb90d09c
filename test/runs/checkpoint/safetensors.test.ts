import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import type { VariableValues } from "../../../src/model/variables.js";
import {
  readFloats,
  readSafetensors,
  type SavedTensor,
  writeSafetensors,
} from "../../../src/runs/checkpoint/safetensors.js";
import { arrayOf, type Dtype } from "../../../src/runs/checkpoint/safetensorsHeader.js";
import { fixture, messageOf, temporaryFolder } from "./support.js";

const floats = (shape: number[], ...values: number[]): SavedTensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(values),
});
const bytesOf = (data: ArrayBufferView) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** A file with this header and `dataBytes` zeros. */
function fileOf(header: unknown, dataBytes = 0): string {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(temporaryFolder(), "a.safetensors");
  writeFileSync(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}

const anyTensor: fc.Arbitrary<SavedTensor> = fc
  .tuple(fc.constantFrom(...(Object.keys(arrayOf) as Dtype[])), fc.array(fc.nat(3), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const size = count * arrayOf[dtype].BYTES_PER_ELEMENT;
    return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => {
      const data = new arrayOf[dtype](count);
      bytesOf(data).set(bytes);
      return { dtype, shape, data } as SavedTensor;
    });
  });
const awkwardNames = fc.constantFrom("__proto__", "constructor", "toString", "", "10", "9", 'a"\\\n', "名前");
const anyTensors = fc
  .uniqueArray(fc.tuple(fc.oneof(awkwardNames, fc.string({ unit: "grapheme" })), anyTensor), {
    selector: ([name]) => name,
    maxLength: 6,
  })
  .map((entries) => new Map(entries.filter(([name]) => name !== "__metadata__")));
const anyMetadata = fc.dictionary(fc.oneof(awkwardNames, fc.string()), fc.string({ unit: "grapheme" }), { maxKeys: 4 });

describe("writeSafetensors and readSafetensors", () => {
  it("give back any tensors and metadata, bit for bit", () => {
    const folder = temporaryFolder();
    let file = 0;
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const path = join(folder, `${file++}`);
        writeSafetensors(path, tensors, metadata);
        const read = readSafetensors(path);
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
        for (const [name, { dtype, shape, data }] of tensors) {
          const there = read.tensors.get(name)!;
          expect([there.dtype, there.shape, there.data.constructor]).toEqual([dtype, shape, data.constructor]);
          expect(bytesOf(there.data).equals(bytesOf(data))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("write what the format says, byte for byte", () => {
    const path = join(temporaryFolder(), "a.safetensors");
    const tensors = new Map<string, SavedTensor>([
      ["b", { dtype: "U8", shape: [2], data: Uint8Array.of(7, 8) }],
      ["c", floats([1, 1], 1)],
      ["a", floats([], -2)],
    ]);
    const digest = writeSafetensors(path, tensors, { k: "v" });
    const json =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"c":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},"b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}';
    const length = Math.ceil(json.length / 8) * 8;
    const data = [0, 0, 0, 0xc0, 0, 0, 0x80, 0x3f, 7, 8];
    const expected = Buffer.concat([
      Buffer.from([length, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(json.padEnd(length)),
      Buffer.from(data),
    ]);
    expect(readFileSync(path).equals(expected)).toBe(true);
    expect(digest.bytes).toBe(expected.length);
  });

  it("read a file that Python wrote", () => {
    const { tensors, metadata } = readSafetensors(fixture("safetensors/python.safetensors"));
    const seen = Object.fromEntries(
      [...tensors].map(([name, { dtype, shape, data }]) => [name, [dtype, shape, [...data]]]),
    );
    expect(metadata).toEqual({ "made by": "Python", quote: 'a "b" \\ é' });
    expect(seen).toEqual({
      matrix: ["F32", [2, 3], [0, 0.25, 0.5, 0.75, 1, 1.25]],
      wide: ["F64", [3], [1e300, -0, 0.1]],
      half: ["F16", [3], [0x3c00, 0xc000, 0x3800]],
      ids: ["I32", [1, 2], [-1, 2 ** 31 - 1]],
      long: ["I64", [2], [2n ** 53n + 1n, -(2n ** 63n)]],
      short: ["U16", [2], [65535, 0]],
      bytes: ["U8", [2], [0, 255]],
      flags: ["BOOL", [2], [1, 0]],
      scalar: ["F32", [], [2.5]],
      empty: ["F32", [0, 4], []],
      "名前.naïve": ["I8", [1], [7]],
    });
  });

  it("refuse to overwrite, and tensors that do not fit the format", () => {
    const path = join(temporaryFolder(), "a");
    const write = (name: string, tensor: SavedTensor) =>
      messageOf(() => writeSafetensors(path, new Map([[name, tensor]])));
    expect(write("w", floats([2], 1))).toBe(`tensor "w" for ${path} must have as many values as its shape [2]: got 1`);
    expect(write("__metadata__", floats([1], 1))).toBe(`tensor "__metadata__" for ${path} must have another name`);
    expect(write("w", { dtype: "I32", shape: [1], data: Float32Array.of(1) } as never)).toBe(
      `tensor "w" for ${path} must have a dtype that its array fits: got I32 Float32Array`,
    );
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "mine");
    expect(() => writeSafetensors(path, new Map())).toThrow("it already exists");
    expect(readFileSync(path, "utf8")).toBe("mine");
  });
});

describe("readFloats", () => {
  it("reads 16-bit numbers as the float32 that each is", () => {
    const path = join(temporaryFolder(), "a");
    // Bit patterns and values of IEEE 754's binary16, as its Wikipedia article lists them.
    const halves: [number, number][] = [
      [0x0001, 2 ** -24],
      [0x03ff, 2 ** -14 * (1023 / 1024)],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3bff, 0.99951171875],
      [0x3c00, 1],
      [0x3c01, 1.0009765625],
      [0x7bff, 65504],
      [0x8000, -0],
      [0xc000, -2],
    ];
    // The upper half of a float32: 1, pi cut, the largest, the least normal, -0.
    const brains: [number, number][] = [
      [0x3f80, 1],
      [0x4049, 3.140625],
      [0x7f7f, 255 * 2 ** 120],
      [0x0080, 2 ** -126],
      [0x8000, -0],
    ];
    const tensor = (dtype: "F16" | "BF16", pairs: [number, number][]): SavedTensor => {
      return { dtype, shape: [pairs.length], data: Uint16Array.from(pairs, ([bits]) => bits) };
    };
    const shapes = new Map([
      ["half", [10]],
      ["brain", [5]],
    ]);
    const write = (...tensors: [string, SavedTensor][]) => {
      rmSync(path, { force: true });
      writeSafetensors(path, new Map(tensors));
    };
    write(["half", tensor("F16", halves)], ["brain", tensor("BF16", brains)]);
    const { values } = readFloats([{ path }], path, { expect: shapes });
    expect([...values.get("half")!.data]).toEqual(halves.map(([, value]) => value));
    expect([...values.get("brain")!.data]).toEqual(brains.map(([, value]) => value));
    for (const [dtype, bits, value] of [
      ["F16", 0x7c00, "Infinity"],
      ["F16", 0xfc00, "-Infinity"],
      ["F16", 0x7e00, "NaN"],
      ["BF16", 0x7f80, "Infinity"],
    ] as const) {
      write(["half", tensor(dtype, [[bits, 0]])]);
      expect(messageOf(() => readFloats([{ path }], path, { expect: new Map([["half", [1]]]) }))).toBe(
        `tensor "half" of ${path} must hold finite numbers: value 0 is ${value} (use an earlier checkpoint)`,
      );
    }
  });
});

describe("readSafetensors refuses", () => {
  const again = "(copy it again, or choose another checkpoint)";
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [begin, end],
  });
  const cases: [what: string, header: unknown, dataBytes: number, rule: string][] = [
    ["a hole before the first", { a: f32(4, 8) }, 8, 'tensor "a" must begin where the one before ends, at 0: got 4'],
    [
      "a hole between",
      { a: f32(0, 4), b: f32(8, 12) },
      12,
      'tensor "b" must begin where the one before ends, at 4: got 8',
    ],
    ["an overlap", { a: f32(0, 8), b: f32(4, 12) }, 12, 'tensor "b" must begin where the one before ends, at 8: got 4'],
    ["bytes left over", { a: f32(0, 4) }, 5, "its tensors take 4 bytes, but 5 follow the header"],
    ["a tensor beyond the end", { a: f32(0, 8) }, 4, "its tensors take 8 bytes, but 4 follow the header"],
    ["a shape of another size", { a: f32(0, 4, [2]) }, 4, 'tensor "a" of F32 [2] must have its size in bytes: got 4'],
    [
      "a shape beyond counting",
      { a: f32(0, 0, [2 ** 40, 2 ** 40, 0]) },
      0,
      'tensor "a" of F32 [1099511627776, 1099511627776, 0] must have its size in bytes: got 0',
    ],
    ["a negative size", { a: f32(0, 4, [-1, -1]) }, 4, 'tensor "a"\'s shape must be a list of whole numbers'],
    ["a fraction", { a: f32(0, 4, [0.5, 2]) }, 4, 'tensor "a"\'s shape must be a list of whole numbers'],
    ["offsets in disorder", { a: f32(4, 0, [1]) }, 4, 'tensor "a"\'s data_offsets must be two whole numbers in order'],
    ["a third field", { a: { ...f32(0, 4), more: 1 } }, 4, 'tensor "a" must have dtype, shape and data_offsets'],
    ["a tensor that is no object", { a: null }, 0, 'tensor "a" must have dtype, shape and data_offsets'],
    ["metadata that is no text", { __metadata__: { a: 1 } }, 0, "__metadata__ must map names to strings"],
    ["metadata that is a list", { __metadata__: ["a"] }, 0, "__metadata__ must map names to strings"],
    ["a space before the header", " {}", 0, "its header must begin with {"],
  ];
  it.each(cases)("%s", (_what, header, dataBytes, rule) => {
    const path = fileOf(header, dataBytes);
    expect(messageOf(() => readSafetensors(path))).toBe(`${path} is damaged: ${rule} ${again}`);
  });

  it.each([
    ["no JSON", "{]", "it must be JSON in UTF-8"],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "it must be JSON in UTF-8"],
    ["a name twice", '{"a":{},"a":{}}', 'the key "a" must appear once only'],
    ["a name twice, once escaped", '{"a":{}, "\\u0061" :{}}', 'the key "a" must appear once only'],
    ["a field twice", '{"a":{"dtype":"F32","x":[{"]":1}],"dtype":"F32"}}', 'the key "dtype" must appear once only'],
  ])("%s", (_what, header, rule) => {
    const path = fileOf("");
    const json = Buffer.from(header as string);
    writeFileSync(path, Buffer.concat([Buffer.from([json.length, 0, 0, 0, 0, 0, 0, 0]), json]));
    expect(messageOf(() => readSafetensors(path))).toBe(`the header of ${path} is damaged: ${rule} ${again}`);
  });

  it("the same name in two objects is no repetition", () => {
    const path = fileOf({ a: f32(0, 4), b: f32(4, 8) }, 8);
    expect([...readSafetensors(path).tensors.keys()]).toEqual(["a", "b"]);
  });

  it("an unknown dtype", () => {
    const path = fileOf({ a: { ...f32(0, 4), dtype: "toString" } }, 4);
    expect(messageOf(() => readSafetensors(path))).toBe(
      `tensor "a" of ${path} must have a dtype of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL: got "toString" (convert it to F32)`,
    );
  });

  it("a length beyond the file or the limit, without making room for it", () => {
    const path = join(temporaryFolder(), "a");
    const refusal = (length: bigint, fileBytes: number) => {
      const prefix = Buffer.alloc(8);
      prefix.writeBigUInt64LE(length);
      writeFileSync(path, prefix);
      truncateSync(path, fileBytes);
      return messageOf(() => readSafetensors(path));
    };
    expect(refusal(3n, 10)).toBe(`${path} is damaged: its header must take at most 2 bytes: got 3 ${again}`);
    const most = 2n ** 64n - 1n;
    expect(refusal(most, 10)).toBe(`${path} is damaged: its header must take at most 2 bytes: got ${most} ${again}`);
    const sparse = 2 ** 38; // 256 GiB of holes
    expect(refusal(2n ** 37n, sparse)).toBe(
      `${path} is damaged: its header must take at most 100000000 bytes: got ${2n ** 37n} ${again}`,
    );
    expect(refusal(0n, 3)).toBe(`${path} is damaged: it must have at least 8 bytes: got 3 ${again}`);
  });

  it("what is not expected, before it makes room for it", () => {
    const sparse = 2 ** 43; // 8 TiB of holes
    const path = fileOf({ a: f32(0, 4), b: f32(4, 8, [1]), big: f32(8, sparse) }, 8);
    truncateSync(path, readFileSync(path).length - 8 + sparse);
    const shapes = new Map([
      ["a", [1, 1]],
      ["b", [1]],
      ["c", [2]],
    ]);
    expect(messageOf(() => readFloats([{ path }], path, { expect: shapes }))).toBe(
      `${path} does not hold what its configuration says: "a" must have shape [1, 1]: got [1]; "c" is missing; "big" belongs to no part of the model`,
    );
    const some = readFloats([{ path }], path, { expect: new Map([["b", [1]]]), ignore: (name) => name !== "b" });
    expect([...some.values.keys()]).toEqual(["b"]);
    expect(messageOf(() => readSafetensors(path))).toBe(
      `${path} must fit in this machine's ${totalmem()} bytes of memory: it takes ${sparse}`,
    );
  });

  it("NaN and infinities among floats", () => {
    const path = join(temporaryFolder(), "a");
    writeSafetensors(path, new Map([["w", floats([3], 1, Number.NaN, 2)]]));
    expect(readSafetensors(path).tensors.get("w")!.data[1]).toBeNaN();
    expect(messageOf(() => readFloats([{ path }], path, { expect: new Map([["w", [3]]]) }))).toBe(
      `tensor "w" of ${path} must hold finite numbers: value 1 is NaN (use an earlier checkpoint)`,
    );
  });
});

describe("a damaged file", () => {
  const tensors = new Map<string, SavedTensor>([
    ["w", floats([2, 3], 1, 2, 3, 4, 5, 6)],
    ["b", floats([3], 7, 8, 9)],
  ]);
  const shapes = new Map([
    ["w", [2, 3]],
    ["b", [3]],
  ]);
  const folder = () => {
    const path = join(temporaryFolder(), "a");
    writeSafetensors(path, tensors, { step: "5" });
    return { path, whole: readFileSync(path), headerEnd: 8 + Number(readFileSync(path).readBigUInt64LE()) };
  };
  const readOrRefusal = (path: string) => {
    try {
      return readFloats([{ path }], path, { expect: shapes }).values;
    } catch (error) {
      if (error instanceof CheckpointError) return undefined;
      throw error;
    }
  };

  it("gives the same tensors or a CheckpointError, whatever byte of the header is changed, and to what", () => {
    const { path, whole, headerEnd } = folder();
    let refused = 0;
    for (let at = 0; at < headerEnd; at++) {
      for (const value of [0x00, 0x20, 0x22, 0x30, 0x31, 0x39, 0x5c, 0x7d, 0xff, whole[at]! ^ 1, whole[at]! ^ 0x80]) {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        writeFileSync(path, bytes);
        const read = readOrRefusal(path);
        if (read === undefined) refused++;
        else expect(isSame(read), `byte ${at} set to ${value}`).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(headerEnd * 5);
  });

  function isSame(read: VariableValues): boolean {
    return [...tensors].every(([name, { data }]) => bytesOf(read.get(name)!.data).equals(bytesOf(data)));
  }

  it("is refused at every length but its own", () => {
    const { path, whole } = folder();
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(readOrRefusal(path), `cut to ${length}`).toBeUndefined();
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.alloc(1)]));
    expect(readOrRefusal(path)).toBeUndefined();
    writeFileSync(path, whole);
    expect([...readOrRefusal(path)!.keys()]).toEqual(["w", "b"]);
  });

  it("never crashes, whatever bytes it holds", () => {
    const { path, whole, headerEnd } = folder();
    const change = fc.tuple(fc.nat(headerEnd - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        writeFileSync(path, bytes.subarray(0, length));
        readOrRefusal(path);
      }),
      { numRuns: 500 },
    );
  });
});
