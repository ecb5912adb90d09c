import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { fromSources, packagePaths } from "../support/packageImports.js";
import { hasGraphs } from "./support.js";

const root = join(import.meta.dirname, "..", "..");

/** The first code block of a language in a page. */
function block(page: string, language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)![1]!;
}

/** The files of src/compile, relative to it. */
const files = readdirSync(join(root, "src", "compile"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

test("src/compile/README.md names exactly the files of src/compile", () => {
  const map = readFileSync(join(root, "src", "compile", "README.md"), "utf8");
  const named = [...map.matchAll(/`(?:\w+\/)?(\w+\.ts)`/g)].map(([, name]) => name!);
  expect([...new Set(named)].sort()).toEqual(files.map((file) => basename(file)).sort());
});

describe.skipIf(!hasGraphs)("docs/compile.md", () => {
  const page = readFileSync(join(root, "docs", "compile.md"), "utf8");

  test("the example passes the type checker and prints what the page says", () => {
    const folder = join(root, "node_modules", `.heed-docs-${process.pid}`); // here imports resolve
    mkdirSync(folder);
    try {
      const text = block(page, "ts");
      const compilerOptions = { paths: packagePaths };
      const options = { extends: join(root, "tsconfig.json"), compilerOptions };
      writeFileSync(join(folder, "typed.mts"), text);
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...options, files: ["typed.mts"] }));
      const file = join(folder, "example.mts");
      writeFileSync(file, fromSources(text));
      execFileSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", folder]);
      const printed = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
      expect(printed).toBe(block(page, "text"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("the page lists only messages that the code contains", () => {
    const code = files.map((file) => readFileSync(join(root, "src", "compile", file), "utf8"));
    const listed = [...page.matchAll(/^\| `((?:a |repeat )[^`:]*?)(:| …|`)/gm)].map(([, message]) => message!);
    expect(listed.length).toBe(12);
    for (const message of listed.map((message) => message.replace("a compiled function must not ", "")))
      expect(
        code.some((text) => text.includes(message)),
        message,
      ).toBe(true);
  });
});
