import * as tf from "@tensorflow/tfjs";

/** What a backend can do besides tfjs's ops. Code asks this, and never which backend is in use. */
export interface Capabilities {
  /** Whether functions can be compiled to graphs. */
  graphs: boolean;
  /** Parts of a batch, at most, that are worked on side by side. */
  parts: number;
  /** Why matrix products are not faster in bfloat16; undefined where they are. */
  bfloat16Problem: string | undefined;
  /** A copy in the backend's own memory: memory that belongs to JavaScript stays until its garbage collection. */
  copy<T extends tf.Tensor>(tensor: T): T;
}

const plain: Capabilities = {
  graphs: false,
  parts: 1,
  bfloat16Problem: "this is another backend",
  copy: (tensor) => tensor,
};

const stated = new Map<string, () => Capabilities>();

/** States what the backend that tfjs knows as `tfjsName` can do; one that states nothing has tfjs's ops alone. */
export function stateCapabilities(tfjsName: string, capabilities: () => Capabilities): void {
  stated.set(tfjsName, capabilities);
}

/** What the backend in use can do. */
export function capabilities(): Capabilities {
  return stated.get(tf.getBackend())?.() ?? plain;
}

/** How many of `batchSize` sequences each part of a batch holds; one part where parts would not run side by side. */
export function batchParts(batchSize: number): number[] {
  const count = Math.min(capabilities().parts, batchSize);
  return Array.from({ length: count }, (_, i) => Math.floor((batchSize + i) / count));
}
