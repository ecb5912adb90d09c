import { rmSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { withStandardInput } from "../../scripts/support/standardInput.js";
import { startHeed, workFolder } from "./heed.js";

const folder = workFolder();
const text = "The cat sat on the mat, and the dog sat on the log.\n".repeat(40);
const tiny = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --steps 3 --eval-batches 1 --backend cpu";

afterAll(() => rmSync(folder, { recursive: true }));

function heedWith(input: string | Buffer, command: string) {
  const { child, done } = startHeed(command.split(" "), folder);
  child.stdin!.end(input);
  return done;
}

it("is the text to train on and to go on with, a text to measure, and a prompt, of which the last line break is no part", async () => {
  expect(await heedWith(text, `train - --out run ${tiny}`)).toMatchObject({ code: 0 });
  const [resumed, measured, written, refused] = await Promise.all([
    heedWith(text, "train --resume --data - --out run --steps 4"),
    heedWith(text, "evaluate run - --json"),
    heedWith("The cat\n", "generate run --prompt-file - --max-new-tokens 3 --json"),
    heedWith(Buffer.from(text, "utf16le"), "train --data - --out other"),
  ]);
  expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining("step 4/4") });
  expect(JSON.parse(measured.stdout)).toMatchObject({ data: "-", characters: text.length - 1 });
  expect(JSON.parse(written.stdout)).toMatchObject({ prompt: "The cat" });
  expect(refused.stderr).toContain('data file must be UTF-8 text: got "standard input", UTF-16LE text');
});

it("is one text, not two", async () => {
  await expect(withStandardInput({ data: ["-"], valData: ["-"] })).rejects.toThrow(
    /^data must name standard input once: got - twice \(save it to a file\)$/,
  );
});
