import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder, withFolderLock } from "../../src/core/folderLock.js";
import { canMount, makeReadOnly, withDisk } from "../support/disk.js";
import { refusal } from "../support/refusal.js";

let folder: string;
let file: string;
const waits: number[] = [];
const onWait = (pid: number) => void waits.push(pid);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heed-lock-"));
  file = join(folder, "lock");
  waits.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
const write = (owner: object | string, age = 0) => {
  writeFileSync(file, typeof owner === "string" ? owner : JSON.stringify(owner));
  utimesSync(file, secondsAgo(age), secondsAgo(age));
};

describe("a folder's lock", () => {
  const makers: [string, (path: string) => unknown, string][] = [
    ["a pipe", (path) => execFileSync("mkfifo", [path]), "a pipe"],
    ["a folder", (path) => mkdirSync(path), "a folder"],
    ["a link to nothing", (path) => symlinkSync("nothing", path), "a link"],
  ];
  it.skipIf(process.platform === "win32").each(makers)("is refused where it is %s", (_, make, got) => {
    make(file);
    expect(refusal(() => lockFolder(folder))).toBe(`FileError: ${file} must be a regular file: got ${got} (delete it)`);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  it("is not held any more when its folder is deleted or replaced, and its release leaves another's alone", () => {
    const lock = lockFolder(folder);
    expect(lock.isHeld()).toBe(true);
    rmSync(folder, { recursive: true });
    expect(lock.isHeld()).toBe(false);
    mkdirSync(folder);
    expect(lock.isHeld()).toBe(false);
    const next = lockFolder(folder);
    lock.release();
    expect(next.isHeld()).toBe(true);
    next.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!canMount)("that a full disk has no room for is refused, and leaves nothing", () =>
    withDisk("16k", (disk) => {
      expect(() => writeFileSync(join(disk, "rest"), Buffer.alloc(1 << 20))).toThrow("ENOSPC");
      expect(refusal(() => lockFolder(disk))).toBe(`FileError: ${disk} can't be written: the disk is full`);
      expect(readdirSync(disk)).toEqual(["rest"]);
    }),
  );

  it.skipIf(!canMount)("is released without a word on a disk that has become read-only, where none can be made", () =>
    withDisk("16k", (disk) => {
      const lock = lockFolder(disk);
      makeReadOnly(disk);
      lock.release();
      expect(refusal(() => lockFolder(disk))).toMatch(/can't be opened: the file system is read-only$/);
    }),
  );
});

it("lets one in at a time, tells the others once whom they wait for, and is gone afterwards", async () => {
  let inside = 0;
  let most = 0;
  const body = async () => {
    most = Math.max(most, ++inside);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid, hostname: hostname() });
    await sleep(250);
    inside -= 1;
    return "done";
  };
  const all = await Promise.all([1, 2, 3].map(() => withFolderLock(folder, onWait, body)));
  expect(all).toEqual(["done", "done", "done"]);
  expect(most).toBe(1);
  expect(waits).toEqual([process.pid, process.pid]);
  expect(existsSync(file)).toBe(false);
});

it("is released when the work throws", async () => {
  await expect(withFolderLock(folder, onWait, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});

it("is taken from an owner that has died", async () => {
  write({ pid: spawnSync(process.execPath, ["-e", ""]).pid, started: null, hostname: hostname(), id: "a" });
  expect(await withFolderLock(folder, onWait, async () => 1)).toBe(1);
  expect(waits).toEqual([]);
});

it("is taken at once where its text is damaged, as a process that was killed leaves it", async () => {
  write("{");
  expect(await withFolderLock(folder, onWait, async () => 1)).toBe(1);
  expect(waits).toEqual([]);
});

it("is taken from an owner elsewhere only when it has not been touched for a minute", async () => {
  const elsewhere = { pid: 7, hostname: "another-machine", id: "a" };
  write(elsewhere, 61);
  expect(await withFolderLock(folder, onWait, async () => 1)).toBe(1);
  write(elsewhere, 50);
  const second = withFolderLock(folder, onWait, async () => 2);
  expect(await Promise.race([second, sleep(300, "waits")])).toBe("waits");
  write(elsewhere, 61);
  expect(await second).toBe(2);
  expect(waits).toEqual([7, 7]);
});

it("is left alone at the end when another has broken it", async () => {
  const other = { pid: process.pid, hostname: "another-machine", id: "b" };
  await withFolderLock(folder, onWait, async () => write(other));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(other);
});
