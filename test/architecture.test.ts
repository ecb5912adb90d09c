import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../src/config/packageRoot.js";

/** The numbers of the folders: a file imports from lower numbers or its own folder. */
const levels: Record<string, number> = {
  config: 0,
  backends: 1,
  tokenizers: 1,
  layers: 2,
  dataset: 2,
  model: 3,
  training: 4,
  generation: 4,
  checkpoint: 4,
  inspection: 4,
  experiments: 5,
  server: 5,
};

interface Source {
  /** From the package's root, with "/" between folders. */
  path: string;
  /** Without comments. */
  code: string;
  /** The paths of the files that it imports. */
  imports: string[];
}

const sources = ["src", "scripts", "data"].flatMap(readSources);
const inSrc = sources.filter(({ path }) => path.startsWith("src/"));
const folderOf = (path: string) => path.split("/")[1]!;

function readSources(folder: string): Source[] {
  const files = readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => {
      const path = join(folder, file).split(sep).join("/");
      const code = readFileSync(join(packageRoot, path), "utf8").replace(
        /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm,
        "",
      );
      const specifiers = [...code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, specifier]) => specifier!);
      const target = (specifier: string) => relative(packageRoot, join(packageRoot, dirname(path), specifier));
      const imports = specifiers.map((s) => target(s).split(sep).join("/").replace(/\.js$/, ".ts"));
      return { path, code, imports };
    });
}

it("has sources, and each import of a file of ours names one", () => {
  expect(inSrc.length).toBeGreaterThan(50);
  const known = new Set(sources.map(({ path }) => path));
  for (const { path, imports } of sources) for (const to of imports) expect(known, `imported by ${path}`).toContain(to);
});

it("imports from lower numbers or the own folder only", () => {
  const wrong = inSrc.flatMap(({ path, imports }) => {
    if (path === "src/index.ts") return [];
    const level = levels[folderOf(path)];
    expect(level, `${path} is in a folder that this test knows`).toBeDefined();
    return imports
      .filter((to) => folderOf(to) !== folderOf(path) && !(levels[folderOf(to)]! < level!))
      .map((to) => `${path} imports ${to}`);
  });
  expect(wrong).toEqual([]);
});

it("has no circle of imports", () => {
  const imports = new Map(sources.map((source) => [source.path, source.imports]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" > "));
    if (done.has(path) || trail.includes(path)) return;
    for (const to of imports.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  expect(circles).toEqual([]);
});

it("has nothing in src import src/index.ts or a script", () => {
  const wrong = inSrc.filter(({ imports }) => imports.some((to) => to === "src/index.ts" || !to.startsWith("src/")));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it("draws no random number but from Random", () => {
  // The tracer replaces Math.random, to refuse it in a compiled function.
  const allowed = /^src\/backends\/compile\//;
  expect(
    inSrc.filter(({ path, code }) => !allowed.test(path) && code.includes("Math.random")).map((s) => s.path),
  ).toEqual([]);
});

it("names a backend of tfjs in backends/ alone", () => {
  const names = /"(tensorflow|wasm|cpu|native|gpu|webgl|webgpu)"|tfjs-(node|backend)/;
  const wrong = inSrc.filter(({ path, code }) => folderOf(path) !== "backends" && names.test(code));
  expect(wrong.map(({ path, code }) => `${path}: ${code.match(names)![0]}`)).toEqual([]);
});
