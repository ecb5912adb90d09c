/** Why bytes are not UTF-8 text: what they are, and what to do. */
export interface NotText {
  is: string;
  remedy: string;
}

const unpack = (command: string) => `unpack it, for instance with ${command}`;
const asText = "save it as plain text in UTF-8";
const itsTexts = "write its texts to a plain text file in UTF-8";
const onlyText = "give a plain text file in UTF-8";

/** How files of other kinds begin: as Latin-1, at byte 0 unless `at` says otherwise. */
const signatures: readonly { begins: string; at?: number; is: string; remedy: string }[] = [
  { begins: "\x1f\x8b", is: "gzip data", remedy: unpack("gunzip") },
  { begins: "BZh", is: "bzip2 data", remedy: unpack("bunzip2") },
  { begins: "\xfd7zXZ\0", is: "xz data", remedy: unpack("unxz") },
  { begins: "\x28\xb5\x2f\xfd", is: "Zstandard data", remedy: unpack("unzstd") },
  { begins: "\x04\x22\x4d\x18", is: "LZ4 data", remedy: unpack("unlz4") },
  { begins: "7z\xbc\xaf\x27\x1c", is: "a 7-Zip archive", remedy: unpack("7z x") },
  { begins: "Rar!\x1a\x07", is: "a RAR archive", remedy: unpack("unrar x") },
  { begins: "ustar", at: 257, is: "a tar archive", remedy: unpack("tar -xf") },
  { begins: "%PDF-", is: "a PDF", remedy: "extract its text, for instance with pdftotext" },
  { begins: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", is: "an old Office document", remedy: asText },
  { begins: "PAR1", is: "a Parquet table", remedy: itsTexts },
  { begins: "ARROW1", is: "an Arrow table", remedy: itsTexts },
  { begins: "\x89HDF\r\n\x1a\n", is: "HDF5 data", remedy: itsTexts },
  { begins: "SQLite format 3\0", is: "an SQLite database", remedy: itsTexts },
  { begins: "\x93NUMPY", is: "a NumPy array", remedy: itsTexts },
  { begins: "\x89PNG\r\n\x1a\n", is: "a PNG picture", remedy: onlyText },
  { begins: "\xff\xd8\xff", is: "a JPEG picture", remedy: onlyText },
  { begins: "GIF8", is: "a GIF picture", remedy: onlyText },
  { begins: "RIFF", is: "a RIFF file (sound, video or picture)", remedy: onlyText },
  { begins: "ID3", is: "an MP3 recording", remedy: onlyText },
  { begins: "OggS", is: "an Ogg recording", remedy: onlyText },
  { begins: "ftyp", at: 4, is: "an MP4 video", remedy: onlyText },
  { begins: "\x7fELF", is: "a program", remedy: onlyText },
  { begins: "MZ", is: "a program", remedy: onlyText },
];

/** Byte order marks of other encodings than UTF-8: the longer ones first, for one begins like another. */
const marks: readonly [begins: string, encoding: string][] = [
  ["\xff\xfe\0\0", "UTF-32LE"],
  ["\0\0\xfe\xff", "UTF-32BE"],
  ["\xff\xfe", "UTF-16LE"],
  ["\xfe\xff", "UTF-16BE"],
];

/** Share of NUL bytes above which bytes are no text. */
const mostNuls = 0.01;

/** What the bytes that a file begins with are, where they are not UTF-8 text. */
export function recognizeBytes(bytes: Uint8Array): NotText | undefined {
  const start = Buffer.from(bytes.subarray(0, 65_536));
  const begins = (text: string, at = 0) => start.toString("latin1", at, at + text.length) === text;
  const mark = marks.find(([text]) => begins(text));
  if (mark) return encoded(mark[1]);
  const nuls = start.filter((byte) => byte === 0).length;
  const isText = nuls === 0 && isUtf8Start(start);
  const found = signatures.find(({ begins: text, at }) => (!isText || text === "%PDF-") && begins(text, at));
  if (found) return found;
  if (isText) return undefined;
  if (begins("PK\x03\x04")) return zipped(start.toString("latin1"));
  const encoding = unmarkedEncoding(start);
  if (encoding !== undefined) return encoded(encoding);
  return nuls > mostNuls * start.length
    ? { is: `binary data (${nuls} of its first ${start.length} bytes are 0)`, remedy: onlyText }
    : undefined;
}

/** Whether `bytes` begin some UTF-8 text; a character cut off at the end is no fault. */
export function isUtf8Start(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function encoded(encoding: string): NotText {
  return {
    is: `${encoding} text`,
    remedy: `convert it: iconv -f ${encoding} -t UTF-8 OLD > NEW, or save it as UTF-8 in an editor`,
  };
}

function zipped(start: string): NotText {
  if (start.includes("word/") || start.includes("opendocument"))
    return { is: "a word processor's document", remedy: asText };
  if (start.includes("xl/")) return { is: "a spreadsheet", remedy: itsTexts };
  if (start.includes("epub+zip")) return { is: "an EPUB book", remedy: asText };
  return { is: "a ZIP archive", remedy: unpack("unzip") };
}

/** UTF-16 or UTF-32 without a mark: recognized by where its zeros are, and where its common characters. */
function unmarkedEncoding(bytes: Buffer): string | undefined {
  const zeros = [0, 1, 2, 3].map((place) => bytes.filter((byte, i) => byte === 0 && i % 4 === place).length);
  const quarter = Math.floor(bytes.length / 4);
  const isFull = (place: number) => quarter > 0 && zeros[place]! >= quarter;
  if (isFull(3) && zeros[2]! > 0.9 * quarter && !isFull(0)) return "UTF-32LE";
  if (isFull(0) && zeros[1]! > 0.9 * quarter && !isFull(3)) return "UTF-32BE";
  let [little, big] = [0, 0];
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (isCommon(bytes.readUInt16LE(i))) little++;
    if (isCommon(bytes.readUInt16BE(i))) big++;
  }
  const least = Math.max(1, 0.002 * (bytes.length / 2));
  if (little >= least && little > 4 * big) return "UTF-16LE";
  if (big >= least && big > 4 * little) return "UTF-16BE";
  return undefined;
}

/** ASCII's characters, line ends, and the spaces, commas and full stops of Chinese and Japanese. */
function isCommon(unit: number): boolean {
  return (unit >= 0x20 && unit < 0x7f) || [0x09, 0x0a, 0x0d, 0x3000, 0x3001, 0x3002, 0xff0c].includes(unit);
}
