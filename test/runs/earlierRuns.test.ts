import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { generate } from "../../src/jobs/generate.js";
import { train } from "../../src/jobs/train.js";
import { readSafetensors } from "../../src/runs/checkpoint/safetensors.js";
import { temporaryFolder } from "./checkpoint/support.js";

const fixtures = fileURLToPath(new URL("../fixtures/runs/", import.meta.url));

describe.each(["cpu", "wasm"] as const)("a run that an earlier heed began on %s", (backend) => {
  let run: string;
  beforeEach(() => {
    run = join(temporaryFolder(), "run");
    cpSync(join(fixtures, backend), run, { recursive: true });
  });
  const expected = (name: string) => readFileSync(join(fixtures, backend, "expected", name));

  it("writes the same text", async () => {
    const { answers } = await generate({ checkpoint: run, backend, prompt: "A fox", maxNewTokens: 30 });
    expect(answers.map(({ text }) => text)).toEqual(JSON.parse(expected("generated.json").toString()).texts);
  });

  it("goes on to the same bits", async () => {
    await train({ out: run, resume: true, data: [join(fixtures, "text.txt")] });
    const name = "model.safetensors";
    expect(readFileSync(join(run, "checkpoint-12", name)).equals(expected(name))).toBe(true);
    const moments = (folder: string) => readSafetensors(join(folder, "optimizer.safetensors")).tensors;
    expect(moments(join(run, "checkpoint-12"))).toEqual(moments(join(fixtures, backend, "expected")));
  });
});
