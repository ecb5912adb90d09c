import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";
import { slow } from "../support/slow.js";
import { codeBlocks } from "./readme.js";

let folder: string;

function run(command: string, cwd = folder): string {
  const [program, ...args] = command.split(" ");
  return execFileSync(program!, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

// Packing and installing takes a minute and the registry: .ci/run asks for it.
describe.runIf(slow)("the packed package, in an empty folder", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "heed-package-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("installs, and its commands run", { timeout: 600_000 }, () => {
    run(`node scripts/run.mjs pack --pack-destination ${folder}`, packageRoot);
    writeFileSync(join(folder, "package.json"), '{ "name": "mine", "private": true, "type": "module" }');
    writeFileSync(join(folder, "my.txt"), "The cat sat on the mat. The dog sat on the log. ".repeat(60));
    run("npm install --ignore-scripts ./heed-0.1.0.tgz");
    run("npx heed setup");
    run("npx heed train --data my.txt --out models/mine --steps 3 --layers 1 --dim 16");
    expect(run("npx heed generate --checkpoint models/mine --max-new-tokens 5").length).toBeGreaterThan(4);
    expect(run("npx heed page models/mine --out mine.html")).toContain("mine.html");
    expect(readFileSync(join(folder, "mine.html"), "utf8")).toContain('<script type="application/json" id="payload">');
  });

  it("has types, and the README's example runs", { timeout: 600_000 }, () => {
    const [example] = codeBlocks("ts");
    const small = example!.replace("models/mine", "models/example").replace("steps: 500", "steps: 3");
    writeFileSync(join(folder, "example.ts"), small.replaceAll("models/mine", "models/example"));
    const tsc = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
    run(
      `node ${tsc} --strict --skipLibCheck --module nodenext --target es2022 --types  example.ts`.replace(
        "--types  ",
        "",
      ),
    );
    expect(run("node example.js").trim().length).toBeGreaterThan(0);
  });
});
