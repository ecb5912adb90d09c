import * as tf from "@tensorflow/tfjs";
import type { NativeBackend, TensorMetadata } from "../../backends/native.js";
import { CompileError } from "../../core/errors.js";
import { isChanged, readName, type TracedVariable } from "../trace/tracedFunction.js";
import { pushedName, valueName } from "./functionGraph.js";
import { LazyData, type ValueKeeper } from "./lazyData.js";

/** Runs the session: feeds tensors of the addon to the nodes `names`, and returns the outputs of the nodes `wanted`. */
export type SessionCall = (fed: number[], names: string[], wanted: string[]) => TensorMetadata[];

interface Bound extends TracedVariable {
  /** The data that the session's copy was taken from and, if its value may change, the version. */
  taken?: { dataId: object; data: LazyData | undefined; version: number };
  /** The data that stands for the session's value; the variable has it until somebody else assigns the variable. */
  promise?: { dataId: object; data: LazyData };
}

/**
 * The variables of a session, kept in step with their tf.Variables without copying at every call. A variable that the
 * function assigns holds a promise of its value (LazyData), which is fetched when somebody reads it. One that somebody
 * else assigned is copied into the session before the next call.
 */
export class SessionVariables implements ValueKeeper {
  calls = 0;
  private readonly bound: Bound[];
  private isHolding = false;

  constructor(
    private readonly native: NativeBackend,
    variables: readonly TracedVariable[],
    private readonly call: SessionCall,
  ) {
    this.bound = variables.map((variable) => ({ ...variable }));
  }

  /**
   * Brings the session's values up to date with the variables, and saves the values that clones of a variable need.
   *
   * @throws CompileError if a variable was disposed.
   */
  beforeRun(): void {
    const stale: Bound[] = [];
    for (const bound of this.bound) {
      if (bound.variable.isDisposed) throw disposed(bound.variable);
      if (bound.promise) this.keepForClones(bound, bound.promise);
      if (isStale(bound)) stale.push(bound);
    }
    if (stale.length > 0) this.push(stale);
    for (const bound of this.bound) {
      if (isChanged(bound) && !bound.promise) this.promise(bound);
    }
    this.letGo();
  }

  /** Call this after every run, even one that failed. */
  afterRun(): void {
    this.calls++;
    this.letGo();
  }

  fetch(): void {
    const wanted = this.bound.filter(({ promise }) => promise && this.isAlive(promise));
    const values = this.call(
      [],
      [],
      wanted.map(({ node }) => readName(node)),
    );
    wanted.forEach(({ promise }, i) => {
      promise!.data.hold(values[i]!.id);
    });
    this.isHolding = true;
  }

  /** Gives the variables data of their own, so that they outlive the session. */
  release(): void {
    for (const bound of this.bound) {
      if (bound.promise && this.isAlive(bound.promise)) bound.promise.data.settle();
      bound.promise = undefined;
    }
  }

  /** Clones of a variable share its promise: they, and the variable until the next run, keep the current value. */
  private keepForClones(bound: Bound, { dataId, data }: NonNullable<Bound["promise"]>): void {
    const isOwn = bound.variable.dataId === dataId;
    const isAlive = this.native.tensorMap.has(dataId);
    if (isAlive && data.refCount === (isOwn ? 1 : 0)) return;
    if (isAlive) data.settle();
    bound.promise = undefined;
    if (isAlive && isOwn) bound.taken = { dataId, data, version: data.version };
  }

  /** Copies the values of variables into the session. */
  private push(stale: readonly Bound[]): void {
    const { binding, tensorMap } = this.native;
    const ids = this.native.getInputTensorIds(stale.map(({ variable }) => variable));
    const copies: number[] = [];
    const fed = stale.map(({ variable }, i) => {
      const isSessions = tensorMap.get(variable.dataId) instanceof LazyData;
      if (isSessions) return ids[i]!;
      // A session frees its values on its own threads, which must not touch an array that belongs to JavaScript.
      const [copy] = binding.executeOp("DeepCopy", [], [ids[i]!], 1);
      copies.push(copy!.id);
      return copy!.id;
    });
    try {
      const names = stale.map(({ node }) => valueName(node));
      const wanted = stale.map(({ node }) => pushedName(node));
      for (const { id } of this.call(fed, names, wanted)) binding.deleteTensor(id);
    } finally {
      for (const id of copies) binding.deleteTensor(id);
    }
    for (const bound of stale) {
      const { dataId } = bound.variable;
      const data = tensorMap.get(dataId);
      const lazy = data instanceof LazyData ? data : undefined;
      bound.taken = { dataId, data: lazy, version: lazy?.version ?? 0 };
    }
  }

  /** Gives a variable new data, which stands for its value in the session. */
  private promise(bound: Bound): void {
    const { variable, dtype } = bound;
    const data = new LazyData(variable.shape, dtype);
    const dataId = {};
    this.native.tensorMap.set(dataId, data);
    const tensor = tf.engine().makeTensorFromDataId(dataId, variable.shape, variable.dtype);
    variable.assign(tensor);
    tensor.dispose();
    data.keeper = this;
    bound.promise = { dataId, data };
    bound.taken = undefined; // from here on the session's value changes by itself
  }

  /** Frees what was fetched; data that was disposed has freed its own. */
  private letGo(): void {
    if (!this.isHolding) return;
    for (const { promise } of this.bound) {
      const id = promise && this.isAlive(promise) ? promise.data.letGo() : undefined;
      if (id !== undefined) this.native.binding.deleteTensor(id);
    }
    this.isHolding = false;
  }

  private isAlive({ dataId }: { dataId: object }): boolean {
    return this.native.tensorMap.has(dataId);
  }
}

/** Whether the session no longer has the value of a variable. */
function isStale({ variable, promise, taken }: Bound): boolean {
  if (promise?.dataId === variable.dataId) return false;
  if (taken?.dataId !== variable.dataId) return true;
  return taken.data !== undefined && taken.data.version !== taken.version;
}

function disposed({ name }: tf.Variable): CompileError {
  return new CompileError(
    `a compiled function's variables must outlive it: ${name} is disposed (dispose the function too, and compile it again)`,
  );
}
