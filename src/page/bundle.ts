import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { leftOutOfPages } from "../backends/wasm/wasmFile.js";

/** The browser's program as one script, built beforehand in the npm package. */
export const builtProgram = fileURLToPath(new URL("./browser/program.js", import.meta.url));

let program: Promise<string> | undefined;

/** The browser's program: the one built beforehand, or built from its sources, once a process. */
export function browserProgram(): Promise<string> {
  if (existsSync(builtProgram)) return Promise.resolve(readFileSync(builtProgram, "utf8"));
  program ??= buildProgram();
  return program;
}

/** Bundles the browser's program with all that it imports. */
export async function buildProgram(): Promise<string> {
  const { build } = await import("esbuild"); // a tool of the repository, and no dependency of the package
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`./browser/entry${import.meta.url.slice(-3)}`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
    plugins: [forBrowsers],
  });
  return result.outputFiles[0]!.text;
}

/** Node's modules and the parts of tfjs that a page does without are empty, but for what is used. */
const forBrowsers: Plugin = {
  name: "for browsers",
  setup({ onResolve, onLoad }) {
    const nodeUtil = fileURLToPath(new URL(`./browser/nodeUtil${import.meta.url.slice(-3)}`, import.meta.url));
    onResolve({ filter: /^node:util$/ }, () => ({ path: nodeUtil }));
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "node" }));
    onLoad({ filter: /.*/, namespace: "node" }, () => ({ contents: "module.exports = {}" }));
    const parts = new RegExp(`^(${[...leftOutOfPages.keys()].join("|")})$`);
    onResolve({ filter: parts }, ({ path }) => ({ path, namespace: "left out" }));
    onLoad({ filter: parts, namespace: "left out" }, ({ path }) => ({ contents: leftOutOfPages.get(path)! }));
  },
};
