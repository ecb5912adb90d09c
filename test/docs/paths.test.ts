import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";

const pages = [
  "README.md",
  "src/compile/README.md",
  ...readdirSync(join(packageRoot, "docs")).map((name) => `docs/${name}`),
];

it.each(pages.filter((page) => page.endsWith(".md")))("every file that %s names is there", (page) => {
  const text = readFileSync(join(packageRoot, page), "utf8");
  const inCode = [...text.matchAll(/`((?:src|scripts|test|data|docs)\/[\w./-]+)`/g)].map(([, path]) => path!);
  const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => join(dirname(page), path!));
  const missing = [...inCode, ...linked].filter((path) => !existsSync(join(packageRoot, path)));
  expect(missing).toEqual([]);
});
