import { sep } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { BackendError } from "../../core/errors.js";
import type { Backend } from "../backend.js";
import { registerSharingIdentity } from "./identity.js";
import { registerFastMatMul } from "./matMul.js";
import { wasmFolder } from "./wasmFile.js";

/** WebAssembly, from the npm registry alone. */
export const wasm: Backend = {
  async use() {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    if (!tf.engine().registry.wasm) {
      setWasmPaths(wasmFolder() + sep); // nothing is fetched
    }
    const events = ["uncaughtException", "unhandledRejection"];
    const before = new Set(events.flatMap((event) => process.rawListeners(event)));
    if (!(await tf.setBackend("wasm"))) throw new BackendError("backend wasm does not load in this Node");
    for (const event of events) {
      for (const listener of process.rawListeners(event)) {
        // Emscripten's handlers would turn an uncaught error into an exit code of their own.
        if (!before.has(listener)) process.off(event, listener as () => void);
      }
    }
    registerFastMatMul();
    registerSharingIdentity();
    return "wasm";
  },
};
