import { spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { program, workFolder } from "./heed.js";

let folder: string;
beforeAll(() => {
  folder = workFolder(); // not where the test is skipped: nothing would remove it
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program in a terminal of 200 columns; what is typed at its keyboard comes from stdin. */
const inTerminal = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
  fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
  os.execvp(sys.argv[1], sys.argv[1:])
while True:
  ready, _, _ = select.select([terminal, 0], [], [])
  if 0 in ready: os.write(terminal, os.read(0, 100))
  if terminal in ready:
    try: text = os.read(terminal, 10000)
    except OSError: break
    if not text: break
    os.write(1, text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
/** The environment of a terminal with colours: Node takes those of CI services for terminals without. */
const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...others } = process.env;
const env = { ...others, TERM: "xterm-256color" };
const hasPython = spawnSync("python3", ["-c", "import os, pty, termios; os.waitstatus_to_exitcode"]).status === 0;

it.runIf(hasPython)("a terminal has a bar, which Ctrl-C ends: nothing is drawn over what is said then", async () => {
  const shape = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --eval-every 0 --eval-batches 1";
  const flags = `--data data/tales/heldout.txt --out run ${shape} --steps 100000 --backend cpu`.split(" ");
  const heed = [process.execPath, program, "train", ...flags];
  const child = spawn("python3", ["-c", inTerminal, ...heed], { cwd: folder, env });
  let shown = "";
  let typed = false;
  child.stdout.on("data", (text) => {
    shown += text;
    if (typed || !/ [\d,]+ tokens\/s \| ETA \d+[smh]/.test(shown)) return;
    typed = true;
    child.stdin.write("\x03");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(130);
  expect(shown).toContain("/100000 | loss - | held out - | - tokens/s | ETA -"); // not known yet
  const [before, after] = shown
    .replaceAll("\x1b", "ESC")
    .split("stopping after this step, then saving (Ctrl-C again to stop at once)");
  expect(before).toMatch(/ ETA \d+[smh]\S*\r\n\r\n$/);
  expect(after).toMatch(
    /^\r\nESC\[31mheed: stopped after step \d+, which is saved \(the same with --resume goes on\)ESC\[39m\r\n$/,
  );
});

it.runIf(hasPython)("a run whose terminal is closed saves, although nothing can be said any more", async () => {
  const shape = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --eval-every 0 --save-every 0";
  const flags = `--data data/tales/heldout.txt --out closed ${shape} --steps 100000 --backend cpu`.split(" ");
  const child = spawn("python3", ["-c", inTerminal, process.execPath, program, "train", ...flags], {
    cwd: folder,
    env,
  });
  await new Promise<void>((resolve) => {
    let shown = "";
    child.stdout.on("data", (text) => {
      shown += text;
      if (/ [\d,]+ tokens\/s/.test(shown)) resolve();
    });
  });
  child.kill("SIGKILL");
  const run = join(folder, "closed");
  while (!existsSync(join(run, "latest")) || existsSync(join(run, "lock"))) await sleep(20);
});
