import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestFile, replaceText } from "../../src/core/durableFiles.js";
import type { FileError } from "../../src/core/errors.js";
import { asFileError, causeOf, makeFolder, onFile, readRegularFile } from "../../src/core/files.js";
import { canMount, makeReadOnly, withDisk } from "../support/disk.js";
import { refusal } from "../support/refusal.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heed-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const exitCode = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    return (error as FileError).exitCode;
  }
  throw new Error("nothing was refused");
};

describe("onFile", () => {
  it("says which file and why, instead of the system's words", () => {
    const path = join(folder, "none", "a.txt");
    const append = () => onFile(path, () => appendFileSync(path, "x"));
    expect(refusal(append)).toBe(`FileError: ${path} can't be opened: there is no such file or folder`);
    expect(exitCode(append)).toBe(2);
  });

  it.skipIf(!existsSync("/dev/full"))("says that a disk is full, which is not the user's mistake", () => {
    const append = () => onFile("a.txt", () => appendFileSync("/dev/full", "x"));
    expect(refusal(append)).toBe("FileError: a.txt can't be written: the disk is full");
    expect(exitCode(append)).toBe(1);
  });

  it("keeps errors that are no system's", () => {
    const error = new TypeError("a bug");
    const fail = () => {
      throw error;
    };
    expect(() => onFile("a.txt", fail)).toThrow(error);
    expect(asFileError(error)).toBe(error);
    expect(asFileError("text")).toBe("text");
    expect(causeOf(error)).toBe("a bug");
  });

  it("names the path that an error brings with it, and none where it brings none", () => {
    const failed = (about: object) => Object.assign(new Error("the system's words"), about);
    const told = (about: object) => (asFileError(failed({ code: "EIO", syscall: "write", ...about })) as Error).message;
    expect(told({ path: "b.txt" })).toBe("b.txt can't be written: the disk reports an error");
    expect(told({})).toBe("a file can't be written: the disk reports an error");
    const network = failed({ code: "ECONNREFUSED", syscall: "connect" });
    expect(asFileError(network)).toBe(network);
  });
});

describe("readRegularFile", () => {
  it("reads a file, and one behind a link", () => {
    writeFileSync(join(folder, "a"), "some text");
    symlinkSync("a", join(folder, "link"));
    for (const name of ["a", "link"]) expect(readRegularFile(join(folder, name)).toString()).toBe("some text");
    const large = () => readRegularFile(join(folder, "a"), { maxBytes: 5 });
    expect(refusal(large)).toBe(`FileError: ${join(folder, "a")} must have at most 5 bytes: got 9`);
  });

  const others: [string, (path: string) => unknown, string][] = [
    ["a pipe", (path) => execFileSync("mkfifo", [path]), "a pipe"],
    ["a link to an endless device", (path) => symlinkSync("/dev/zero", path), "a device"],
    ["a folder", (path) => mkdirSync(path), "a folder"],
  ];
  it.skipIf(process.platform === "win32").each(others)("refuses %s at once", (_, make, got) => {
    const path = join(folder, "x");
    make(path);
    const message = `FileError: ${path} must be a regular file: got ${got}`;
    expect(refusal(() => readRegularFile(path))).toBe(message);
    expect(refusal(() => digestFile(path))).toBe(message);
  });

  it.skipIf(process.platform === "win32")("refuses a socket", async () => {
    const path = join(folder, "s");
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once("listening", resolve));
    expect(refusal(() => readRegularFile(path))).toBe(`FileError: ${path} can't be opened: it is a socket or a device`);
    server.close();
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")("says that a file may not be read", () => {
    const path = join(folder, "secret");
    writeFileSync(path, "x", { mode: 0o000 });
    expect(refusal(() => readRegularFile(path))).toBe(`FileError: ${path} can't be opened: permission denied`);
    chmodSync(path, 0o600);
  });
});

describe("makeFolder", () => {
  it("makes all that is missing", () => {
    makeFolder(join(folder, "a", "b", "c"));
    expect(existsSync(join(folder, "a", "b", "c"))).toBe(true);
    makeFolder(join(folder, "a"));
  });

  it.skipIf(!existsSync("/proc/self"))("is refused at once where the system makes no folders", () => {
    expect(refusal(() => makeFolder("/proc/heed/run"))).toBe(
      "FileError: /proc/heed can't be made: there is no such file or folder",
    );
  });

  it.skipIf(!canMount)("says that a disk is read-only", () =>
    withDisk("16k", (disk) => {
      makeReadOnly(disk);
      expect(refusal(() => makeFolder(join(disk, "a", "run")))).toBe(
        `FileError: ${join(disk, "a")} can't be made: the file system is read-only`,
      );
    }),
  );
});

it.skipIf(!canMount)("a text that a full disk has no room for leaves the old one, and nothing else", () =>
  withDisk("16k", (disk) => {
    const path = join(disk, "a.txt");
    replaceText(path, "old");
    const replace = () => replaceText(path, "x".repeat(1 << 20));
    expect(refusal(replace)).toBe(`FileError: ${path} can't be written: the disk is full`);
    expect(exitCode(replace)).toBe(1);
    expect(readRegularFile(path).toString()).toBe("old");
    expect(execFileSync("ls", ["-A", disk]).toString()).toBe("a.txt\n");
  }),
);
