import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/core/packageRoot.js";

const source = join(packageRoot, "src");

/** Where a type checker finds `heed` and its groups, for code of the docs. */
export const packagePaths = { heed: [join(source, "index.ts")], "heed/*": [join(source, "*", "index.ts")] };

/** Code of the docs, with imports from the package taken from the sources. */
export function fromSources(code: string): string {
  return code.replace(/"heed(?:\/(\w+))?"/g, (_, group: string | undefined) =>
    JSON.stringify(pathToFileURL(join(source, group ?? "", "index.ts")).href),
  );
}
