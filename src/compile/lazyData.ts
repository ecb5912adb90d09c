import type { NativeData } from "../backends/native.js";

/** The session that has the values of some LazyData. */
export interface Keeper {
  /** Calls so far: each may have changed the values. */
  readonly calls: number;
  /** Hands each of its LazyData the addon's tensor with the value of now. */
  fetch(): void;
}

/**
 * A tensor's data that stays in a session until somebody asks for its `id`. The addon's tensor that it holds is its
 * own: tfjs-node's backend frees it with the data.
 */
export class LazyData implements NativeData {
  readonly values = null;
  refCount = 1;
  /** Undefined when the value is no longer, or not yet, the session's. */
  keeper: Keeper | undefined;
  private held = none;
  private settledVersion = 0;

  constructor(
    readonly shape: number[],
    readonly dtype: number,
  ) {}

  /** The addon's tensor with the value, or -1 if there is none: no one deletes that. */
  get id(): number {
    if (this.held === none) this.keeper?.fetch();
    return this.held;
  }

  /** A number that changes whenever the value may have. */
  get version(): number {
    return this.keeper?.calls ?? this.settledVersion;
  }

  /** Takes over the addon's tensor `id`. */
  hold(id: number): void {
    this.held = id;
  }

  /** Gives the addon's tensor away, if it holds one: the value is the session's again. */
  letGo(): number | undefined {
    const id = this.held;
    this.held = none;
    return id === none ? undefined : id;
  }

  /** Keeps the value of now for good. */
  settle(): void {
    void this.id;
    this.settledVersion = this.version;
    this.keeper = undefined;
  }
}

const none = -1;
