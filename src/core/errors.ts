/** The parts of a refusal. `{name}` in a rule or a remedy stands for another field. */
export interface Refusal {
  /** The file or object that the field stands in. */
  where?: string;
  /** What breaks its rule: a field of a configuration, or what else was given. */
  field: string;
  /** What goes after "must": `be a number above 0`. */
  rule: string;
  /** What came. */
  value?: unknown;
  /** What came, in words, where the value alone does not say it. */
  got?: string;
  /** What to do about it. */
  remedy?: string;
}

/**
 * What a user did or gave that heed refuses: the message says where, the rule, the value received and the remedy,
 * and is printed without a stack trace (`HEED_DEBUG=1` shows it).
 */
export class HeedError extends Error {
  /** What a command that fails with this error exits with: 1 failed, 2 bad usage or bad input. */
  readonly exitCode: number = 1;
  readonly #refusal: Refusal | undefined;

  constructor(what: string | Refusal, options?: ErrorOptions) {
    super(clip(typeof what === "string" ? what : refusalText(what), longestMessage), options);
    this.name = new.target.name;
    this.#refusal = typeof what === "string" ? undefined : what;
  }

  get field(): string | undefined {
    return this.#refusal?.field;
  }

  get rule(): string | undefined {
    return this.#refusal?.rule;
  }

  get value(): unknown {
    return this.#refusal?.value;
  }

  get remedy(): string | undefined {
    return this.#refusal?.remedy;
  }

  /** The same error, said of `where`. */
  in(where: string): this {
    const Kind = this.constructor as new (what: string | Refusal, options?: ErrorOptions) => this;
    const refusal = this.#refusal && { ...this.#refusal, where: this.#refusal.where ?? where };
    return new Kind(refusal ?? `${where}: ${this.message}`, { cause: this.cause });
  }

  /** The message with each field under the name that `nameOf` gives it, as the command line does with its flags. */
  describe(nameOf: (field: string) => string): string {
    return this.#refusal ? clip(refusalText(this.#refusal, nameOf), longestMessage) : this.message;
  }
}

/** `where: field must rule: got value (remedy)`. */
function refusalText(refusal: Refusal, flagOf = (field: string) => field): string {
  const { where, field, rule, value, got = "value" in refusal ? show(value) : undefined, remedy } = refusal;
  const nameOf = where === undefined ? flagOf : (name: string) => name; // a file calls it by the field's name
  const named = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => nameOf(name));
  return [
    where === undefined ? "" : `${where}: `,
    `${nameOf(field)} must ${named(rule)}`,
    got === undefined ? "" : `: got ${got}`,
    remedy === undefined ? "" : ` (${named(remedy)})`,
  ].join("");
}

/** Most characters of a value that a message quotes, and of a message: names and lists in it come from users, too. */
const longestValue = 200;
const longestMessage = 4000;

function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

/** A value as an error message shows it: texts in quotes, objects as JSON, nothing longer than a line or two. */
export function show(value: unknown): string {
  const isJson = typeof value === "string" || (typeof value === "object" && value !== null);
  const text = isJson ? asJson(value) : String(value);
  return clip(text, longestValue);
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // a circle, or nesting too deep
  }
}

/** A flag, an option or a field of a configuration breaks its rule. */
export class ConfigError extends HeedError {
  override readonly exitCode = 2;
}

/** A text, token file or prompt can't be used. */
export class DataError extends HeedError {
  override readonly exitCode = 2;
}

/** A checkpoint or run folder is missing, damaged, in use or of another shape. */
export class CheckpointError extends HeedError {
  override readonly exitCode = 2;

  /** The message: its fields stand in a file, where no flag sets them. */
  override describe(): string {
    return this.message;
  }
}

/** A file or folder can't be read or written: the message says which one, and why. `core/files.ts` makes these. */
export class FileError extends HeedError {
  override readonly exitCode: number;

  constructor(message: string, { exitCode = 1, ...options }: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A backend that was asked for does not load. */
export class BackendError extends HeedError {}

/** Training can't go on, for instance because the loss is no longer a number. */
export class TrainingError extends HeedError {}

/** Work was stopped on request after saving. */
export class InterruptedError extends HeedError {
  override readonly exitCode: number = 130;
}

/** A function can't be compiled, or what it compiled to can't run. */
export class CompileError extends HeedError {}
