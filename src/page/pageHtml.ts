import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wasmFile } from "../backends/wasm/wasmFile.js";
import { browserProgram } from "./bundle.js";
import type { Payload } from "./payload.js";

/** What a page may do: run its own script, and nothing that needs a network. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:";

/** A page as one HTML file that needs nothing else. */
export async function pageHtml(payload: Payload): Promise<string> {
  const title = payload.models.map(({ name }) => name).join(" and ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escaped(title)} · heed</title>
<style>
${styles()}</style>
</head>
<body>
<div id="root"><noscript>This page runs a model in your browser, and needs JavaScript for it.</noscript></div>
<script type="application/json" id="payload">${JSON.stringify(payload).replaceAll("<", "\\u003c")}</script>
<script type="text/plain" id="webAssembly">${wasmFile().toString("base64")}</script>
<script>${await browserProgram()}</script>
</body>
</html>
`;
}

/** The style sheets of the views, in the order of their names. */
function styles(): string {
  const folder = new URL("./browser/", import.meta.url);
  const files = readdirSync(fileURLToPath(folder), { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".css"),
  );
  return files
    .sort()
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
