import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { heed, workFolder } from "./heed.js";

const folder = workFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const titleOf = (file: string) => /<title>(.*)<\/title>/.exec(readFileSync(join(folder, file), "utf8"))?.[1];

it("heed train --page leaves a page in the run's folder, and heed page writes another", async () => {
  writeFileSync(join(folder, "text.txt"), "The cat sat on the mat, and the dog sat on the log.\n".repeat(40));
  const shape = "--layers 1 --dim 8 --heads 2 --context 8 --batch 2 --steps 3 --eval-batches 1 --backend cpu";
  const trained = await heed(`train --data text.txt --out run --page ${shape}`.split(" "), folder);
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stderr.trimEnd().split("\n").at(-1)).toBe(
    `open ${join("run", "page.html")} in a browser to look inside`,
  );
  expect(titleOf("run/page.html")).toBe("run · heed");

  const words = "page run --compare run --out both.html --no-heads --backend cpu --json --precision float32";
  const { stdout, stderr, code } = await heed(words.split(" "), folder);
  expect(code, stderr).toBe(0);
  const written = JSON.parse(stdout);
  expect(written).toMatchObject({
    out: "both.html",
    models: [{ logitDifference: 0 }, { name: "run checkpoint-3", snapshots: [] }],
  });
  expect(written.bytes.file).toBe(readFileSync(join(folder, "both.html")).length);

  const plain = await heed("page run --overwrite --out both.html --no-heads --backend cpu".split(" "), folder);
  expect(plain.stdout).toMatch(
    /^both\.html {2}1\.\d+ MB \(weights [\d.]+ kB\)\nrun: logits differ by at most [\d.e-]+, as weights are kept in 16 bits\n/,
  );
  expect(plain.stdout.trimEnd().split("\n").at(-1)).toBe(`open it: ${pathToFileURL(join(folder, "both.html")).href}`);
});
