import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, FileError } from "../../src/core/errors.js";
import { readTextChunks, requireTextFile } from "../../src/dataset/readText.js";
import { folderOf } from "./files.js";

async function readAll(path: string): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of readTextChunks(path)) chunks.push(chunk);
  return chunks;
}

describe("readTextChunks", () => {
  it("gives the text exactly, in chunks that cut no character", async () => {
    const text = "aé語\u{1f600}\r\n".repeat(40_000); // 12 bytes each: characters of 1 to 4 bytes meet every chunk's end
    for (const shift of ["", "x", "xy", "xyz"]) {
      const chunks = await readAll(join(folderOf({ "a.txt": shift + text }), "a.txt"));
      expect(chunks.length).toBeGreaterThan(3);
      expect(chunks.join("")).toBe(shift + text);
      expect(chunks.some((chunk) => /^[\udc00-\udfff]|[\ud800-\udbff]$/.test(chunk))).toBe(false);
    }
  });

  it("leaves out a byte order mark at the start, and only there", async () => {
    const path = join(folderOf({ "a.txt": "\ufeffa\ufeffb" }), "a.txt");
    expect((await readAll(path)).join("")).toBe("a\ufeffb");
  });

  it("shows every byte of the file", async () => {
    const text = "\ufeffé".repeat(60_000);
    const path = join(folderOf({ "a.txt": text }), "a.txt");
    const seen: Buffer[] = [];
    for await (const _ of readTextChunks(path, { onBytes: (bytes) => seen.push(Buffer.from(bytes)) }));
    expect(Buffer.concat(seen).equals(Buffer.from(text))).toBe(true);
  });

  it.each<[string, number[], string, number, number]>([
    ["a Latin-1 letter", [0x63, 0x61, 0x66, 0xe9, 0x20], "E9", 3, 1],
    ["a lone continuation byte", [0x80], "80", 0, 1],
    ["a byte that UTF-8 never has", [0x0a, 0x0a, 0x41, 0xff], "FF", 3, 3],
    ["a character cut off by the end", [0x61, 0x0a, 0xf0, 0x9f, 0x98], "F0", 2, 2],
    ["an overlong form", [0x61, 0xc0, 0xaf], "C0", 1, 1],
    ["half a surrogate pair", [0x61, 0xed, 0xa0, 0x80], "ED", 1, 1],
    ["UTF-16 with its mark", [0xff, 0xfe, 0x61, 0x00], "FF", 0, 1],
  ])("refuses %s and says where it is", async (_, bytes, hex, offset, line) => {
    const path = join(folderOf({ "a.txt": Uint8Array.from(bytes) }), "a.txt");
    await expect(readAll(path)).rejects.toThrow(
      new DataError(
        `data file must be UTF-8 text: got "${path}", whose byte 0x${hex} at offset ${offset} (line ${line}) is not ` +
          "(convert it, for instance with iconv -f WINDOWS-1252 -t UTF-8)",
      ),
    );
  });

  it("finds a bad byte anywhere in a long file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(400_000), async (offset) => {
        const bytes = Buffer.from("語\n".repeat(100_001)).subarray(0, 400_001);
        const start = offset - (offset % 4); // of a 語
        bytes[start] = 0xfe;
        const path = join(folderOf({ "a.txt": bytes.subarray(0, 400_000) }), "a.txt");
        if (start === 400_000) return;
        await expect(readAll(path)).rejects.toThrow(`byte 0xFE at offset ${start} (line ${start / 4 + 1}) is not`);
      }),
      { numRuns: 20, examples: [[131_068], [131_072], [131_076], [399_996], [0]] },
    );
  });
});

describe("requireTextFile", () => {
  it("gives the size of a text file", async () => {
    expect(await requireTextFile(join(folderOf({ "a.txt": "é" }), "a.txt"))).toBe(2);
  });

  it("refuses what is not there, no file, or empty", async () => {
    const folder = folderOf({ "empty.txt": "", "mark.txt": "\ufeff" });
    const missing = join(folder, "missing.txt");
    await expect(requireTextFile(missing)).rejects.toThrow(
      new DataError(`data file must exist: got "${missing}" (check the path)`),
    );
    await expect(requireTextFile(folder)).rejects.toThrow(
      new DataError(`data file must be a regular file: got "${folder}", a folder (name a text file)`),
    );
    await expect(requireTextFile("/dev/null")).rejects.toThrow(
      new DataError('data file must be a regular file: got "/dev/null", a device, pipe or socket (name a text file)'),
    );
    const below = join(folder, "empty.txt", "a.txt");
    await expect(requireTextFile(below)).rejects.toThrow(
      new FileError(`${below} can't be read: part of its path is not a folder`, { exitCode: 2 }),
    );
    const empty = join(folder, "empty.txt");
    await expect(requireTextFile(empty)).rejects.toThrow(
      new DataError(`data file must not be empty: got "${empty}", 0 bytes (put some text in it)`),
    );
    await expect(readAll(join(folder, "mark.txt"))).rejects.toThrow(
      new DataError(`data file must not be empty: got "${join(folder, "mark.txt")}", a byte order mark alone`),
    );
  });
});
