/**
 * What a user did or gave that heed refuses: the message says where, the rule, the value received and the remedy,
 * and is printed without a stack trace (`HEED_DEBUG=1` shows it).
 */
export class HeedError extends Error {
  /** What a command that fails with this error exits with: 1 failed, 2 bad usage or bad input. */
  readonly exitCode: number = 1;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
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
}

/** A backend that was asked for does not load. */
export class BackendError extends HeedError {}

/** Training can't go on, for instance because the loss is no longer a number. */
export class TrainingError extends HeedError {}

/** Work was stopped on request after saving. */
export class InterruptedError extends HeedError {
  override readonly exitCode = 130;
}

/** A function can't be compiled, or what it compiled to can't run. */
export class CompileError extends HeedError {}
