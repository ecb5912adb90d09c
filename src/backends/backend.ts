/** How one of the backends is brought into use. */
export interface Backend {
  /** Loads it unless it is loaded; says why it does not load, and what to do, or undefined. */
  problem?(): string | undefined;
  /** Makes it the one that tfjs uses, and waits until it is ready; returns its name: `wasm`. */
  use(): Promise<string>;
}
