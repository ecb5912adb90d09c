import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../src/core/packageRoot.js";

/** The rooms, in the order in which a reader meets them: a file imports from its own room and from those above it. */
const rooms = [
  ...["core", "config", "backends", "compile", "ops", "tokenizers", "layers", "dataset", "model"],
  ...["optimizers", "generation", "inspection", "training", "runs", "jobs", "lab", "server", "page"],
];

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
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => {
      const path = join(folder, file).split(sep).join("/");
      const code = readFileSync(join(packageRoot, path), "utf8").replace(
        /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm,
        "",
      );
      const specifiers = [...code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, specifier]) => specifier!);
      const target = (specifier: string) => relative(packageRoot, join(packageRoot, dirname(path), specifier));
      const imports = specifiers.map((s) => sourceOf(target(s).split(sep).join("/")));
      return { path, code, imports };
    });
}

/** The TypeScript that an import of a `.js` means. */
function sourceOf(path: string): string {
  const isTsx = existsSync(join(packageRoot, path.replace(/\.js$/, ".tsx")));
  return path.replace(/\.js$/, isTsx ? ".tsx" : ".ts");
}

it("has sources, and each import of a file of ours names one", () => {
  expect(inSrc.length).toBeGreaterThan(50);
  const known = new Set(sources.map(({ path }) => path));
  for (const { path, imports } of sources) for (const to of imports) expect(known, `imported by ${path}`).toContain(to);
});

it("imports from rooms further up in the list, or its own", () => {
  const wrong = inSrc.flatMap(({ path, imports }) => {
    if (path === "src/index.ts") return [];
    const level = rooms.indexOf(folderOf(path));
    expect(level, `${path} is in a room that this test knows`).toBeGreaterThanOrEqual(0);
    return imports.filter((to) => rooms.indexOf(folderOf(to)) > level).map((to) => `${path} imports ${to}`);
  });
  expect(wrong).toEqual([]);
});

it("has no circle between rooms within a room", () => {
  const edges = new Map<string, Set<string>>();
  for (const { path, imports } of inSrc) {
    for (const to of imports) {
      const [from, target] = apart(path.split("/"), to.split("/"));
      if (from !== target) edges.set(from, (edges.get(from) ?? new Set()).add(target));
    }
  }
  expect(circlesIn(edges)).toEqual([]);
});

/** The first folders (or files) in which two paths differ. */
function apart(a: string[], b: string[]): [string, string] {
  const at = a.findIndex((name, i) => name !== b[i]);
  return [a.slice(0, at + 1).join("/"), b.slice(0, at + 1).join("/")];
}

/** The names that several of `things` have, with their places, but for those that `allowed` lists. */
function repeated(things: readonly { name: string; path: string }[], allowed: readonly string[]): string[] {
  const places = new Map<string, string[]>();
  for (const { name, path } of things) places.set(name, [...(places.get(name) ?? []), path]);
  const several = [...places].filter(([name, paths]) => paths.length > 1 && !allowed.includes(name));
  return several.map(([name, paths]) => `${name}: ${paths.join(", ")}`);
}

it("names each file once", () => {
  const allowed = ["index", "dropout", "layerNorm", "sampler", "run"];
  const files = inSrc.map(({ path }) => ({
    name: path
      .split("/")
      .at(-1)!
      .replace(/\.tsx?$/, ""),
    path,
  }));
  expect(repeated(files, allowed)).toEqual([]);
});

it("names each type once", () => {
  const allowed = ["Block", "Choice"];
  const types = inSrc.flatMap(({ path, code }) =>
    [...code.matchAll(/^export (?:abstract )?(?:type|class|interface) (\w+)/gm)].map(([, name]) => ({
      name: name!,
      path,
    })),
  );
  expect(types.length).toBeGreaterThan(100);
  expect(repeated(types, allowed)).toEqual([]);
});

it("has no circle of imports", () => {
  expect(circlesIn(new Map(sources.map(({ path, imports }) => [path, imports])))).toEqual([]);
});

/** Every circle that a walk along the arrows finds, as `a > b > a`. */
function circlesIn(edges: ReadonlyMap<string, Iterable<string>>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (node: string, trail: string[]) => {
    if (trail.includes(node)) circles.push([...trail.slice(trail.indexOf(node)), node].join(" > "));
    if (done.has(node) || trail.includes(node)) return;
    for (const to of edges.get(node) ?? []) visit(to, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return circles;
}

it("has nothing in src import what is public, src/index.ts and those of the rooms, or a script", () => {
  const wrong = inSrc.filter(({ imports }) => imports.some((to) => /\/index\.ts$/.test(to) || !to.startsWith("src/")));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it("has the lab use only what is public, as you could", () => {
  const publicNames = new Set(
    inSrc.flatMap(({ path, code }) => {
      if (!/^src\/(\w+\/)?index\.ts$/.test(path)) return [];
      const folder = dirname(path);
      return exportsIn(code).map(({ name, from }) => `${name} of ${join(folder, from)}`);
    }),
  );
  const wrong = inSrc
    .filter(({ path }) => path.startsWith("src/lab/"))
    .flatMap(({ path, code }) => {
      const imports = exportsIn(code.replace(/^export .*$/gm, "").replace(/^import/gm, "export"));
      const foreign = imports.map(({ name, from }) => `${name} of ${join(dirname(path), from)}`);
      return foreign
        .filter((name) => !/ of src\/lab\//.test(name) && !isPublic(name, publicNames))
        .map((name) => `${path} uses ${name}`);
    });
  expect(wrong).toEqual([]);
});

/** The names that `export { a, type B } from "./c.js"` lists, `*` for all, with where they come from. */
function exportsIn(code: string): { name: string; from: string }[] {
  const lists = code.matchAll(/^export (?:type )?(?:\*|\{([^}]*)\}) from "(\.[^"]+)"/gm);
  return [...lists].flatMap(([, names, from]) =>
    (names ?? "*")
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => ({ name, from: from! })),
  );
}

const isPublic = (name: string, names: ReadonlySet<string>) =>
  names.has(name) || names.has(name.replace(/^\w+ of/, "* of"));

it("draws no random number but from Random", () => {
  // The tracer replaces Math.random, to refuse it in a compiled function.
  const allowed = /^src\/compile\//;
  expect(
    inSrc.filter(({ path, code }) => !allowed.test(path) && code.includes("Math.random")).map((s) => s.path),
  ).toEqual([]);
});

it("names a backend of tfjs in backends/ alone", () => {
  const names = /"(tensorflow|wasm|cpu|native|gpu|webgl|webgpu)"|tfjs-(node|backend)/;
  const wrong = inSrc.filter(({ path, code }) => folderOf(path) !== "backends" && names.test(code));
  expect(wrong.map(({ path, code }) => `${path}: ${code.match(names)![0]}`)).toEqual([]);
});
