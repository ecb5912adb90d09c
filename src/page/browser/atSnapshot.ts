import type { Engine } from "./engine.js";

/** What `compute` answers while a model runs with the weights of a snapshot; afterwards it has its trained ones again. */
export function atSnapshot<T>(engine: Engine, model: number, snapshot: number | undefined, compute: () => T): T {
  if (snapshot === undefined) return compute();
  engine.useSnapshot(model, snapshot);
  try {
    return compute();
  } finally {
    engine.useSnapshot(model, undefined);
  }
}
