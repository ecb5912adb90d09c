import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";
import { fromSources, packagePaths } from "../support/packageImports.js";

const page = readFileSync(join(packageRoot, "docs", "library.md"), "utf8");
const recipes = [...page.matchAll(/^## (.*)\n[\s\S]*?```ts\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/gm)].map(
  ([, title, code, prints]) => ({ title: title!, code: code!, prints: prints! }),
);
const folder = join(packageRoot, "node_modules", `.heed-docs-${process.pid}-library`); // where imports resolve

beforeAll(() => mkdirSync(folder));
afterAll(() => rmSync(folder, { recursive: true }));

it("the page has six recipes, and the type checker passes them", () => {
  expect(recipes.length).toBe(6);
  recipes.forEach(({ code }, i) => {
    writeFileSync(join(folder, `recipe${i}.mts`), code);
  });
  const config = { extends: join(packageRoot, "tsconfig.json"), compilerOptions: { paths: packagePaths } };
  const include = ["recipe*.mts", join(packageRoot, "src", "core", "jstat.d.ts")]; // types that a dependency lacks
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...config, include }));
  const tsc = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
});

// In order: the model that the first one trains is used by others.
it("each recipe prints what the page says", { timeout: 120_000 }, () => {
  recipes.forEach(({ title, code, prints }, i) => {
    const file = join(folder, `run${i}.mts`);
    writeFileSync(file, fromSources(code));
    const printed = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: folder, encoding: "utf8" });
    expect(printed, title).toBe(prints);
  });
});
