import { useBackendInPage } from "../../backends/wasm/wasmInPage.js";
import { bytesOfBase64 } from "../packWeights.js";
import type { Payload } from "../payload.js";
import { Engine } from "./engine.js";
import { start } from "./main.js";

declare global {
  interface Window {
    /** What runs the page's models, for the curious: `heed.look(0, "The bat").logits`. */
    heed: Engine;
  }
}

const textOf = (id: string) => document.getElementById(id)!.textContent!;

async function run(root: HTMLElement): Promise<void> {
  try {
    const backend = await useBackendInPage(bytesOfBase64(textOf("webAssembly")));
    window.heed = new Engine(JSON.parse(textOf("payload")) as Payload, backend);
    start(window.heed, root);
  } catch (error) {
    root.textContent = `This browser can't run the model: ${(error as Error).message}`;
    throw error;
  }
}

run(document.getElementById("root")!);
