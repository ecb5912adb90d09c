import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileError } from "../../src/core/errors.js";
import { createTokenWriter, type TokenStore, tokenStoreOf } from "../../src/dataset/tokenStore.js";
import { folderOf } from "./files.js";

function stored(ids: number[][], vocabSize: number, keep: "memory" | "file", folder?: string): TokenStore {
  const writer = createTokenWriter({ vocabSize, length: ids.flat().length, keep, folder });
  for (const some of ids) writer.append(Int32Array.from(some));
  return writer.finish();
}

function read(store: TokenStore, start: number, count: number): number[] {
  const into = new Int32Array(count);
  store.read(start, into);
  return [...into];
}

describe.each(["memory", "file"] as const)("a token store in %s", (keep) => {
  it.each([65_536, 65_537])("gives back every stretch of what was appended, ids below %d", (vocabSize) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.oneof(fc.constant(vocabSize - 1), fc.nat(vocabSize - 1))), { minLength: 1 }),
        fc.nat(),
        fc.nat(),
        (parts, a, b) => {
          const ids = parts.flat();
          const store = stored(parts, vocabSize, keep);
          expect(store.length).toBe(ids.length);
          const start = a % (ids.length + 1);
          const count = b % (ids.length - start + 1);
          expect(read(store, start, count)).toEqual(ids.slice(start, start + count));
          expect(read(store, 0, ids.length)).toEqual(ids);
          store.close();
        },
      ),
      { numRuns: 50 },
    );
  });

  it("refuses to read outside itself, and anything once closed", () => {
    const store = stored([[5, 6, 7]], 10, keep);
    for (const [start, count] of [
      [-1, 1],
      [2, 2],
      [4, 0],
      [0.5, 1],
    ] as const) {
      expect(() => read(store, start, count)).toThrow(
        new RangeError(`ids ${start} to ${start + count - 1} must lie within 0 to 2`),
      );
    }
    expect(read(store, 2, 1)).toEqual([7]);
    store.close();
    store.close();
    expect(() => read(store, 0, 1)).toThrow("the token store is closed");
  });
});

describe("a token store in a file", () => {
  it("leaves no file behind, even while it is open", () => {
    const folder = join(folderOf({}), "made", "when missing");
    const store = stored([[1, 2, 3]], 10, "file", folder);
    expect(existsSync(folder)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    expect(read(store, 1, 2)).toEqual([2, 3]);
    store.close();
  });

  it("says what is wrong with a folder that can't take the file", () => {
    const folder = join(folderOf({ file: "x" }), "file");
    expect(() => stored([[1]], 10, "file", folder)).toThrow(
      new FileError(
        `token ids of a large text need room in "${folder}": it already exists (free some or set cacheFolder)`,
      ),
    );
  });
});

describe("tokenStoreOf", () => {
  it("holds the ids given", () => {
    expect(read(tokenStoreOf([3, 1, 2], 4), 0, 3)).toEqual([3, 1, 2]);
  });
});
