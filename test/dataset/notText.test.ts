import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { recognizeBytes } from "../../src/dataset/notText.js";

const english = "It was a bright cold day in April,\r\nand the clocks were striking thirteen.\n".repeat(20);
const chinese = "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張。\n".repeat(20);
const utf16 = (text: string) => Buffer.from(text, "utf16le");
const utf32 = (text: string) => Buffer.from(Uint32Array.from([...text], (c) => c.codePointAt(0)!).buffer);
const latin1 = (text: string) => Buffer.from(text, "latin1");

describe("recognizeBytes", () => {
  it.each([
    ["English", english],
    ["Chinese", chinese],
    ["Chinese, cut inside a character", Buffer.from(chinese).subarray(0, 100)],
    ["Russian", "Привет, мир!\n"],
    ["a byte order mark", "\ufeffabc"],
    ["a text that begins like other files", "MZ, BZh and PAR1 are how RIFF files begin"],
    ["a stray NUL", `${english}\0${english}`],
    ["nothing", ""],
    ["Latin-1, which another message is about", latin1("caf\xe9 au lait\n".repeat(50))],
  ])("says nothing of %s", (_, bytes) => {
    expect(recognizeBytes(Buffer.from(bytes as Buffer))).toBeUndefined();
  });

  it.each<[string, Buffer]>([
    ["UTF-16LE", utf16(`\ufeff${english}`)],
    ["UTF-16LE", utf16(english)],
    ["UTF-16LE", utf16("ab")],
    ["UTF-16LE", utf16(chinese)],
    ["UTF-16BE", utf16(`\ufeff${chinese}`).swap16()],
    ["UTF-16BE", utf16(english).swap16()],
    ["UTF-16BE", utf16(chinese).swap16()],
    ["UTF-32LE", utf32(`\ufeff${english}`)],
    ["UTF-32LE", utf32(english)],
    ["UTF-32LE", utf32(chinese)],
    ["UTF-32BE", utf32(`\ufeff${chinese}`).swap32()],
    ["UTF-32BE", utf32(english).swap32()],
  ])("recognizes %s", (encoding, bytes) => {
    expect(recognizeBytes(bytes)).toEqual({
      is: `${encoding} text`,
      remedy: `convert it: iconv -f ${encoding} -t UTF-8 OLD > NEW, or save it as UTF-8 in an editor`,
    });
  });

  it.each([
    [gzipSync(english), "gzip data", "unpack it, for instance with gunzip"],
    [latin1("PK\x03\x04\x14\0\0\0\x08\0\xffdata.txt"), "a ZIP archive", "unpack it, for instance with unzip"],
    [latin1("PK\x03\x04\x14\0\0\0word/document.xml"), "a word processor's document", "save it as plain text in UTF-8"],
    [latin1("PK\x03\x04\0\0xl/workbook.xml"), "a spreadsheet", "write its texts to a plain text file in UTF-8"],
    [latin1("PK\x03\x04\0\0mimetypeapplication/epub+zip"), "an EPUB book", "save it as plain text in UTF-8"],
    [latin1("%PDF-1.7\n%all in ASCII"), "a PDF", "extract its text, for instance with pdftotext"],
    [latin1("\x89PNG\r\n\x1a\n\0\0"), "a PNG picture", "give a plain text file in UTF-8"],
    [latin1("PAR1\x15\0\x15\xff"), "a Parquet table", "write its texts to a plain text file in UTF-8"],
    [latin1(`a.txt${"\0".repeat(252)}ustar\x0000`), "a tar archive", "unpack it, for instance with tar -xf"],
    [
      Buffer.alloc(1000, "a\0\0b\x01\x02\0"),
      "binary data (428 of its first 1000 bytes are 0)",
      "give a plain text file in UTF-8",
    ],
  ])("recognizes other files: %#", (bytes, is, remedy) => {
    expect(recognizeBytes(bytes)).toMatchObject({ is, remedy });
  });
});
