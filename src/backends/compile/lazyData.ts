import type { NativeData } from "../native.js";

/** Where a promised value is: in a session, whose every call may change it. */
export interface Keeper {
  /** The addon's tensor with the value of now. */
  fetch(): number;
  /** A number that changes whenever the value may have. */
  version(): number;
}

/** A tensor's data that stays in a session until somebody asks for its `id`. */
export class LazyData implements NativeData {
  readonly values = null;
  refCount = 1;
  private settled: { id: number; version: number } | undefined;

  constructor(
    readonly shape: number[],
    readonly dtype: number,
    private readonly keeper: Keeper,
  ) {}

  get id(): number {
    return this.settled?.id ?? this.keeper.fetch();
  }

  get version(): number {
    return this.settled?.version ?? this.keeper.version();
  }

  /** From now on the value is that of the addon's tensor `id`, which is the data's own. */
  settle(id: number): void {
    this.settled = { id, version: this.keeper.version() };
  }
}
