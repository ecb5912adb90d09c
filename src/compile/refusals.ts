import { CompileError } from "../core/errors.js";

/** What a compiled function did that it must not. It may have caught the error, or thrown it where nobody waits. */
export class Refusals {
  private first: CompileError | undefined;

  /** The error to throw; `what` goes on "a compiled function must not". */
  refuse(what: string): CompileError {
    const error = new CompileError(`a compiled function must not ${what}`);
    this.first ??= error;
    return error;
  }

  /** @throws CompileError the first that there was. */
  requireNone(): void {
    if (this.first) throw this.first;
  }
}
