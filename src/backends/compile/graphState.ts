import * as tf from "@tensorflow/tfjs";
import { CompileError } from "../../config/errors.js";
import type { NativeBackend, TensorMetadata } from "../native.js";
import { LazyData } from "./lazyData.js";
import { readName, type Trace } from "./tracer.js";

/** Runs the session: the addon's tensors for the inputs of these names, to the outputs of those. */
export type SessionCall = (fed: number[], names: string, wanted: string) => TensorMetadata[];

/** Fetched to give every variable the value that is fed. */
export const pushName = "push";

/** The node that takes a variable's value when it is handed to the session. */
export function valueName(variable: string): string {
  return `${variable}_value`;
}

interface Bound {
  variable: tf.Variable;
  assigned: boolean;
  /** What the session's copy was taken from: the variable's data, and that data's version. */
  taken?: { dataId: object; version: number };
  /** The promise that the variable holds, or held, for its value in the session. */
  promise?: { dataId: object; data: LazyData };
}

/**
 * The variables of a session, kept in step with their tf.Variables without copying them at every call. A variable
 * that the function assigns holds a promise of its value (LazyData), which is fetched when somebody reads it; one
 * that somebody else assigned is handed to the session before the next call.
 */
export class GraphState {
  private readonly bound: Bound[];
  private readonly valueNames: string;
  private readonly readNames: string;
  /** The addon's tensors with all values, if somebody read one since the last call; holes where one was given away. */
  private fetched: (number | undefined)[] = [];
  /** Calls so far: every one may change what the promises stand for. */
  private calls = 0;

  constructor(
    private readonly native: NativeBackend,
    variables: Trace["variables"],
    private readonly call: SessionCall,
  ) {
    this.bound = variables.map(({ variable, assigned }) => ({ variable, assigned: assigned !== undefined }));
    this.valueNames = variables.map(({ name }) => `${valueName(name)}:0`).join();
    this.readNames = variables.map(({ name }) => `${readName(name)}:0`).join();
  }

  /** Makes the session's values those of the variables, and saves what clones of a variable still need. */
  beforeRun(): void {
    const isStale = this.bound.map((bound) => this.isStale(bound)).includes(true);
    this.bound.forEach((bound, i) => {
      if (isStale || this.isShared(bound)) this.settle(bound, i);
    });
    if (isStale) this.push();
    this.bound.forEach((bound, i) => {
      if (bound.assigned && !bound.promise) this.promise(bound, i);
    });
    this.forget();
  }

  afterRun(): void {
    this.calls++;
  }

  /** Gives the variables data of their own, so that they outlive the session. */
  release(): void {
    this.bound.forEach((bound, i) => {
      this.settle(bound, i);
    });
    this.forget();
  }

  /** Whether the session no longer has the value of a variable. */
  private isStale({ variable, assigned, promise, taken }: Bound): boolean {
    if (variable.isDisposed) {
      throw new CompileError(`a compiled function's variable must not be disposed: got ${variable.name}, which is`);
    }
    if (promise && promise.dataId === variable.dataId) return false;
    if (assigned || taken?.dataId !== variable.dataId) return true;
    return this.versionOf(variable) !== taken.version;
  }

  /** Whether anything but the variable itself, such as a clone, relies on a promise. */
  private isShared({ variable, promise }: Bound): boolean {
    if (!promise || !this.isAlive(promise)) return false;
    return promise.data.refCount > (variable.dataId === promise.dataId ? 1 : 0);
  }

  /** Hands every variable's value to the session. */
  private push(): void {
    const ids = this.native.getInputTensorIds(this.bound.map(({ variable }) => variable));
    for (const { id } of this.call(ids, this.valueNames, `${pushName}:0`)) this.native.binding.deleteTensor(id);
    for (const bound of this.bound) {
      bound.taken = { dataId: bound.variable.dataId, version: this.versionOf(bound.variable) };
    }
  }

  /** Gives a variable new data, which stands for its value in the session. */
  private promise(bound: Bound, index: number): void {
    const { variable } = bound;
    const { shape, dtype } = this.native.tensorMap.get(variable.dataId);
    const data = new LazyData(shape, dtype, { fetch: () => this.fetch(index), version: () => this.calls });
    const dataId = {};
    this.native.tensorMap.set(dataId, data);
    const tensor = tf.engine().makeTensorFromDataId(dataId, variable.shape, variable.dtype);
    variable.assign(tensor);
    tensor.dispose();
    bound.promise = { dataId, data };
  }

  /** Keeps a promise: its data gets the value of now for good. */
  private settle(bound: Bound, index: number): void {
    if (bound.promise && this.isAlive(bound.promise)) {
      bound.promise.data.settle(this.fetch(index));
      this.fetched[index] = undefined; // the data owns it now
    }
    bound.promise = undefined;
  }

  private fetch(index: number): number {
    if (this.fetched[index] === undefined) {
      this.forget();
      this.fetched = this.call([], "", this.readNames).map(({ id }) => id);
    }
    return this.fetched[index]!;
  }

  /** Frees what was fetched; a promise that was disposed has freed its own. */
  private forget(): void {
    this.fetched.forEach((id, i) => {
      const { promise } = this.bound[i]!;
      const isFreed = promise && !this.isAlive(promise);
      if (isFreed) this.bound[i]!.promise = undefined;
      else if (id !== undefined) this.native.binding.deleteTensor(id);
    });
    this.fetched = [];
  }

  private isAlive({ dataId, data }: { dataId: object; data: LazyData }): boolean {
    return this.native.tensorMap.has(dataId) && this.native.tensorMap.get(dataId) === data;
  }

  private versionOf(variable: tf.Variable): number {
    const data = this.native.tensorMap.get(variable.dataId);
    return data instanceof LazyData ? data.version : 0;
  }
}
