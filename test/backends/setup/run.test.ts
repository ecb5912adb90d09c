import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { run } from "../../../src/backends/setup/run.js";
import { scratch } from "./support.js";

const node = (code: string, options = { limit: 20 } as Parameters<typeof run>[2]) =>
  run(process.execPath, ["-e", code], options);

it("gives what a program says and how it ends", async () => {
  expect(await node("console.log('a'); console.error('b')")).toMatchObject({ ok: true, ending: "exit code 0" });
  const { output } = await node("console.log('a'); console.error('b')");
  expect(output.split("\n").sort()).toEqual(["", "a", "b"]);
  expect(await node("process.exit(3)")).toMatchObject({ ok: false, ending: "exit code 3" });
  expect(await node("process.kill(process.pid, 'SIGSEGV')")).toMatchObject({ ok: false, ending: "killed by SIGSEGV" });
  expect(await run("no-such-program", [], { limit: 5 })).toMatchObject({ ok: false, ending: "not found" });
});

it("ends a program that takes too long, with all that it started", async () => {
  const file = join(scratch(), "pid");
  const child = `require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
  const code = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]); setInterval(() => {}, 1000)`;
  expect(await node(code, { limit: 1.5 })).toMatchObject({ ok: false, ending: "no answer in 1.5 s" });
  expect(existsSync(file)).toBe(true);
  const isAlive = () => {
    try {
      process.kill(Number(readFileSync(file, "utf8")), 0);
      return true;
    } catch {
      return false;
    }
  };
  for (let tries = 0; isAlive() && tries < 50; tries++) await sleep(100);
  expect(isAlive()).toBe(false);
});

it("ends a program that makes no progress, and lets one go on that does", async () => {
  const stuck = await node("setInterval(() => {}, 1000)", { limit: 20, stall: 1, progress: () => 7 });
  expect(stuck).toMatchObject({ ok: false, ending: "no progress in 1 s" });
  const told: number[] = [];
  let asked = 0;
  const progress = () => Math.floor(asked++ / 2); // stands still every other time
  const options = { limit: 20, stall: 3, progress, onProgress: (bytes: number) => void told.push(bytes) };
  expect((await node("setTimeout(() => {}, 5000)", options)).ok).toBe(true);
  expect(told.slice(0, 3)).toEqual([0, 1, 2]);
});

it("hands over each line of stdout as it comes", async () => {
  const file = join(scratch(), "lines.cjs");
  writeFileSync(file, "process.stdout.write('one\\ntw'); setTimeout(() => process.stdout.write('o\\n'), 100)");
  const lines: string[] = [];
  await run(process.execPath, [file], { limit: 20, onLine: (line) => lines.push(line) });
  expect(lines).toEqual(["one", "two"]);
});
