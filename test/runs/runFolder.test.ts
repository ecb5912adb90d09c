import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { saveCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { appendMetrics } from "../../src/runs/metrics.js";
import { createRun, openRun, type Run, readRun } from "../../src/runs/runFolder.js";
import { content } from "./checkpoint/content.js";
import { messageOf, rewrite, someRecord, temporaryFolder } from "./checkpoint/support.js";

const runs: Run[] = [];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const run of runs.splice(0)) run.release();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const create = (...args: Parameters<typeof createRun>) => {
  const run = createRun(...args);
  runs.push(run);
  return run;
};
const open = (folder: string) => {
  const run = openRun(folder);
  runs.push(run);
  return run;
};

/** A process that holds the run in `folder`. */
async function holder(folder: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("checkpoint/killedSaver.ts", import.meta.url)), [folder, "hold"], {
    execArgv: ["--import", "tsx"],
  });
  children.push(child);
  await once(child, "message");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

describe("createRun", () => {
  it("makes the folder and writes run.json", () => {
    const folder = join(temporaryFolder(), "deep", "tales");
    const run = create(folder, someRecord);
    expect(run.record).toEqual(someRecord);
    expect(readRun(folder)).toEqual(someRecord);
    expect(readdirSync(folder).sort()).toEqual(["lock", "run.json"]);
    run.release();
    expect(readdirSync(folder)).toEqual(["run.json"]);
  });

  it("refuses a run that is there, naming both flags", () => {
    const folder = temporaryFolder();
    create(folder, someRecord).release();
    expect(messageOf(() => create(folder, { ...someRecord, keep: 9 }))).toBe(
      `${folder} already holds a run (add --resume to continue it, or --overwrite to delete it and start anew)`,
    );
    expect(readRun(folder)).toEqual(someRecord);
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("overwrites what heed wrote, and nothing else", () => {
    const folder = temporaryFolder();
    create(folder, someRecord).release();
    saveCheckpoint(folder, content(1), { best: true });
    saveCheckpoint(folder, content(2));
    renameSync(join(folder, "checkpoint-2"), join(folder, "checkpoint-2.replaced"));
    appendMetrics(folder, { step: 1 });
    mkdirSync(join(folder, ".heed-tmp-1"));
    writeFileSync(join(folder, "notes.txt"), "mine");
    mkdirSync(join(folder, "checkpoint-mine"));
    create(folder, { ...someRecord, keep: 9 }, { overwrite: true }).release();
    expect(readdirSync(folder).sort()).toEqual(["checkpoint-mine", "notes.txt", "run.json"]);
    expect(readRun(folder)).toEqual({ ...someRecord, keep: 9 });
  });

  it("refuses a folder of other files, with or without overwrite, and leaves it as it was", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "latest"), "mine");
    for (const overwrite of [false, true]) {
      expect(messageOf(() => create(folder, someRecord, { overwrite }))).toBe(
        `${folder} must be a new or empty folder, or that of a run: it holds latest and no run.json (choose another folder)`,
      );
    }
    writeFileSync(join(folder, "run.json"), '{"mine": true}');
    const refusal = `${join(folder, "run.json")}: format must be "heed-run-1": got undefined`;
    expect(messageOf(() => create(folder, someRecord, { overwrite: true }))).toBe(refusal);
    expect(messageOf(() => open(folder))).toBe(refusal);
    expect(readdirSync(folder).sort()).toEqual(["latest", "run.json"]);
  });

  it("takes a folder in which a process was killed before it wrote run.json", () => {
    const folder = temporaryFolder();
    for (const name of ["lock", `lock.${crypto.randomUUID()}`, ".heed-tmp-run"]) writeFileSync(join(folder, name), "");
    create(folder, someRecord);
    expect(readRun(folder)).toEqual(someRecord);
  });

  it("refuses a file, and NaN in run.json", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, "file");
    expect(messageOf(() => create(path, someRecord))).toBe(
      `${path} must be a folder: got a file (choose another name)`,
    );
    expect(messageOf(() => create(join(path, "run"), someRecord))).toBe(
      `${join(path, "run")} can't be read: part of its path is not a folder`,
    );
    const run = join(folder, "run");
    expect(messageOf(() => create(run, { ...someRecord, keep: Number.NaN }))).toBe(
      `${join(run, "run.json")} must hold finite numbers only: "keep" is NaN`,
    );
    expect(readdirSync(run)).toEqual([]);
  });
});

describe("openRun", () => {
  it("gives back what was asked for, and settles what a killed process left", () => {
    const folder = temporaryFolder();
    create(folder, someRecord).release();
    saveCheckpoint(folder, content(1));
    renameSync(join(folder, "checkpoint-1"), join(folder, "checkpoint-1.replaced"));
    writeFileSync(join(folder, ".heed-tmp-1"), "");
    expect(open(folder).record).toEqual(someRecord);
    expect(readdirSync(folder).sort()).toEqual(["checkpoint-1", "latest", "lock", "run.json"]);
  });

  it("refuses a folder without a run", () => {
    const folder = temporaryFolder();
    expect(messageOf(() => open(folder))).toBe(
      `${folder} must be the folder of a run: it has no run.json (leave out --resume to start a run there)`,
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(messageOf(() => open(join(folder, "none")))).toContain(
      "/none must be the folder of a run: it has no run.json",
    );
  });
});

describe("the lock", () => {
  const inUse = (folder: string, pid: number | undefined) =>
    `${folder} must not be in use: process ${pid} uses it (wait until it ends, or choose another folder)`;

  it("keeps out a second use in the same process, until released", () => {
    const folder = temporaryFolder();
    const run = create(folder, someRecord);
    expect(messageOf(() => open(folder))).toBe(inUse(folder, process.pid));
    run.release();
    const second = open(folder);
    run.release(); // twice: must not release the second
    expect(messageOf(() => open(folder))).toBe(inUse(folder, process.pid));
    second.release();
    open(folder);
  });

  it("keeps out other processes while its own lives, and is taken over once that was killed", async () => {
    const folder = temporaryFolder();
    create(folder, someRecord).release();
    const child = await holder(folder);
    expect(messageOf(() => open(folder))).toBe(inUse(folder, child.pid));
    expect(messageOf(() => create(folder, someRecord, { overwrite: true }))).toBe(inUse(folder, child.pid));
    await kill(child);
    expect(existsSync(join(folder, "lock"))).toBe(true);
    open(folder);
    expect(JSON.parse(readFileSync(join(folder, "lock"), "utf8")).pid).toBe(process.pid);
    expect(readdirSync(folder).sort()).toEqual(["lock", "run.json"]);
  });

  it("goes when its process ends by itself", async () => {
    const folder = temporaryFolder();
    create(folder, someRecord).release();
    const child = await holder(folder);
    const ended = once(child, "exit");
    child.send("end");
    await ended;
    expect(readdirSync(folder)).toEqual(["run.json"]);
  });

  it("is not kept by a later process of the same pid, nor by half a file", () => {
    const folder = temporaryFolder();
    const path = join(folder, "lock");
    create(folder, someRecord); // a true lock, to be changed
    const later = { ...JSON.parse(readFileSync(path, "utf8")), started: "long ago" };
    for (const text of [JSON.stringify(later), '{"pid":', "", "null", '{"pid":-1,"hostname":"a"}']) {
      writeFileSync(path, text);
      open(folder).release();
      expect(existsSync(path)).toBe(false);
    }
  });

  it("is respected from another host, with the way out", () => {
    const folder = temporaryFolder();
    const path = join(folder, "lock");
    create(folder, someRecord);
    rewrite(path, (bytes) => String(bytes).replace(JSON.stringify(hostname()), '"elsewhere"'));
    expect(messageOf(() => open(folder))).toBe(
      `${folder} must not be in use: process ${process.pid} on elsewhere uses it (if it is gone, delete ${path})`,
    );
  });

  it("goes to one of many processes that find it abandoned at once", async () => {
    const folder = temporaryFolder();
    create(folder, someRecord).release();
    writeFileSync(join(folder, "lock"), '{"pid":');
    const racers = Array.from({ length: 4 }, () =>
      fork(fileURLToPath(new URL("checkpoint/killedSaver.ts", import.meta.url)), [folder, "race"], {
        execArgv: ["--import", "tsx"],
      }),
    );
    children.push(...racers);
    await Promise.all(racers.map((child) => once(child, "message"))); // "ready"
    const answers = racers.map((child) => once(child, "message"));
    for (const child of racers) child.send("go");
    const won = (await Promise.all(answers)).map(([answer]) => answer).sort();
    expect(won).toEqual(["held", "refused", "refused", "refused"]);
  });
});
