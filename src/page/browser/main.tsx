import { render } from "preact";
import { App } from "./app.js";
import type { Engine } from "./engine.js";

/** Fills the page. */
export function start(engine: Engine, root: HTMLElement): void {
  root.replaceChildren();
  render(<App engine={engine} />, root);
}
