import { setImmediate as eventLoop } from "node:timers/promises";
import type { TokenStore } from "../../dataset/tokenStore.js";
import type { RowReader } from "./lossReader.js";
import type { Window } from "./windows.js";

/** What is called with the losses of a text, in nats. */
export interface LossListeners {
  /** Of each token but the first, once: the token `id` at `index` of the text. */
  onToken(loss: number, id: number, index: number): void;
  /** Of everything that the model predicted, in each window again: from the `seen` tokens before it. */
  onSeen(loss: number, seen: number): void;
  /** So many windows are done. */
  onWindows?(done: number): void;
}

/** Has a model predict a text, window by window. */
export async function scoreText(
  reader: RowReader,
  { store, windows }: { store: TokenStore; windows: readonly Window[] },
  { onToken, onSeen, onWindows }: LossListeners,
): Promise<void> {
  const length = Math.min(reader.length, store.length - 1);
  const places = Int32Array.from({ length }, (_, t) => t);
  for (let first = 0; first < windows.length; first += reader.batchSize) {
    const batch = windows.slice(first, first + reader.batchSize);
    const rows = batch.map(({ start }) => {
      const ids = new Int32Array(length + 1);
      store.read(start, ids);
      return { inputs: ids.subarray(0, length), places, targets: ids.subarray(1) };
    });
    const losses = reader.read(rows);
    batch.forEach(({ start, fresh }, r) => {
      for (let t = 0; t < length; t++) {
        const loss = losses[r * length + t]!;
        onSeen(loss, t + 1);
        if (t >= length - fresh) onToken(loss, rows[r]!.targets[t]!, start + t + 1);
      }
    });
    onWindows?.(first + batch.length);
    await eventLoop(); // lets a progress bar be drawn
  }
}
