import { spawnSync } from "node:child_process";
import { existsSync, linkSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { withLock } from "../../../src/backends/setup/lock.js";
import { scratch } from "./support.js";

let folder: string;
let file: string;
const waits: number[] = [];
const onWait = (pid: number) => void waits.push(pid);

beforeEach(() => {
  folder = scratch();
  file = join(folder, "lock");
  waits.length = 0;
});

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
const write = (owner: object | string, age = 0) => {
  writeFileSync(file, typeof owner === "string" ? owner : JSON.stringify(owner));
  utimesSync(file, secondsAgo(age), secondsAgo(age));
};
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

it("lets one in at a time, tells the others once whom they wait for, and is gone afterwards", async () => {
  let inside = 0;
  let most = 0;
  const body = async () => {
    most = Math.max(most, ++inside);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
    await sleep(250);
    inside -= 1;
    return "done";
  };
  const all = await Promise.all([1, 2, 3].map(() => withLock(folder, onWait, body)));
  expect(all).toEqual(["done", "done", "done"]);
  expect(most).toBe(1);
  expect(waits).toEqual([process.pid, process.pid]);
  expect(existsSync(file)).toBe(false);
});

it("is released when the work throws", async () => {
  await expect(withLock(folder, onWait, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});

it("is taken from an owner that has died", async () => {
  const pid = deadPid();
  write({ pid, host: hostname(), token: "a" });
  expect(await withLock(folder, onWait, async () => 1)).toBe(1);
  expect(waits).toEqual([pid]);
});

it("is taken from an owner elsewhere, or a damaged file, only when it has not been touched for long", async () => {
  const elsewhere = { pid: process.pid, host: "another-machine", token: "a" };
  write(elsewhere, 61);
  expect(await withLock(folder, onWait, async () => 1)).toBe(1);
  write("{", 6);
  expect(await withLock(folder, onWait, async () => 2)).toBe(2);

  for (const young of [elsewhere, "{"]) {
    write(young, 1);
    const third = withLock(folder, onWait, async () => 3);
    expect(await Promise.race([third, sleep(500, "waits")])).toBe("waits");
    write(young, 61);
    expect(await third).toBe(3);
  }
});

it("is taken from a live process that does not hold it any more: its number was given anew", async () => {
  write({ pid: process.pid, host: hostname(), token: "a" }, 61);
  expect(await withLock(folder, onWait, async () => 1)).toBe(1);
});

it("is taken after a process died while it broke the lock", async () => {
  write({ pid: deadPid(), host: hostname(), token: "a" });
  linkSync(file, `${file}.breaking`);
  expect(await withLock(folder, onWait, async () => 1)).toBe(1); // after five seconds
  expect(existsSync(`${file}.breaking`)).toBe(false);
});

it("is left alone at the end when another has broken it", async () => {
  const other = { pid: process.pid, host: "another-machine", token: "b" };
  await withLock(folder, onWait, async () => write(other));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(other);
});
