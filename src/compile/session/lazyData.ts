import type { NativeData } from "../../backends/native.js";

/** The session that holds the values of some LazyData. */
export interface ValueKeeper {
  /** The number of calls so far; each may have changed the values. */
  readonly calls: number;
  /** Gives each of its LazyData the addon's tensor with the current value. */
  fetch(): void;
}

/**
 * The data of a tensor whose value stays in a session until somebody asks for its `id`. It owns the addon's tensor that
 * it then holds: tfjs-node's backend frees that with the data.
 */
export class LazyData implements NativeData {
  readonly values = null;
  refCount = 1;
  /** Undefined while the session does not hold the value. */
  keeper: ValueKeeper | undefined;
  private held = none;
  private settledVersion = 0;

  constructor(
    readonly shape: number[],
    readonly dtype: number,
  ) {}

  /** The addon's tensor with the value, or -1 if there is none; nothing deletes -1. */
  get id(): number {
    if (this.held === none) this.keeper?.fetch();
    return this.held;
  }

  /** A number that changes whenever the value may have. */
  get version(): number {
    return this.keeper?.calls ?? this.settledVersion;
  }

  /** Takes ownership of the addon's tensor `id`. */
  hold(id: number): void {
    this.held = id;
  }

  /** Gives up the addon's tensor, if it holds one: from here on the value is the session's again. */
  letGo(): number | undefined {
    const id = this.held;
    this.held = none;
    return id === none ? undefined : id;
  }

  /** Keeps the current value for good. */
  settle(): void {
    void this.id;
    this.settledVersion = this.version;
    this.keeper = undefined;
  }
}

const none = -1;
