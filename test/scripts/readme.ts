import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/core/packageRoot.js";

/** The lines of the README's code blocks of one language, block by block. */
export function codeBlocks(language: string): string[] {
  const text = readFileSync(join(packageRoot, "README.md"), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code!);
}

/** Every command of the README, in order. */
export function commands(): string[] {
  return codeBlocks("sh").flatMap((block) => block.trim().split("\n"));
}

/** The words of a command as a shell sees them. */
export function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}
