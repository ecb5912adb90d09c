import { findSourceMap, type SourceMapping } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const compileFolder = dirname(import.meta.dirname);
const gather = join(dirname(compileFolder), "backends", "gather."); // .ts or .js
const ours = [compileFolder + sep, gather].flatMap((path) => [path, pathToFileURL(path).href]);

/** Whether a file is not the caller's: Node's, a package's, or one of ours between TensorFlow.js and the graph. */
function isForeign(file: string): boolean {
  return file.startsWith("node:") || file.includes("node_modules") || ours.some((path) => file.startsWith(path));
}

/** A place in running code. Its original place is looked up only when it is printed: source maps are large. */
export class CodeLine {
  constructor(
    private readonly file: string,
    private readonly line: number,
    private readonly column: number,
  ) {}

  /** `file:line:column` in the original source. */
  toString(): string {
    const {
      originalSource: file,
      originalLine,
      originalColumn,
    } = this.original() ?? {
      originalSource: this.file,
      originalLine: this.line - 1,
      originalColumn: this.column - 1,
    };
    return `${file.startsWith("file:") ? fileURLToPath(file) : file}:${originalLine + 1}:${originalColumn + 1}`;
  }

  private original(): SourceMapping | undefined {
    const entry = findSourceMap(this.file)?.findEntry(this.line - 1, this.column - 1);
    return entry && "originalSource" in entry ? entry : undefined;
  }
}

/** The line of code that makes the current op: the innermost stack frame that is the caller's. */
export function callerLine(): CodeLine | "an unknown line" {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 60;
  Error.prepareStackTrace = (_, frames) => frames;
  const { stack } = new Error() as unknown as { stack: NodeJS.CallSite[] };
  Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  for (const frame of stack) {
    const file = frame.getFileName();
    if (file && !isForeign(file)) return new CodeLine(file, frame.getLineNumber()!, frame.getColumnNumber()!);
  }
  return "an unknown line";
}
