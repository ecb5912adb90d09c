import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { useCpu } from "../cpu.js";
import { registerSharingIdentity } from "./identity.js";
import { registerFastMatMul } from "./matMul.js";

/**
 * Brings up a backend in a page that can load nothing: WebAssembly from the bytes of {@link wasmFile}, or plain
 * JavaScript where the browser does not run it. Answers what tfjs calls it.
 */
export async function useBackendInPage(wasm: BufferSource): Promise<string> {
  if (await runsWasm(wasm)) {
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // threads need a server's headers
    setWasmPaths("./", true); // asks the platform for the file
    const { platform } = tf.env();
    const { fetch } = platform;
    platform.fetch = async () => new Response(wasm);
    try {
      if (await tf.setBackend("wasm")) {
        registerFastMatMul();
        registerSharingIdentity();
        return "wasm";
      }
    } finally {
      platform.fetch = fetch;
    }
  }
  return useCpu();
}

/** Whether the browser has WebAssembly with SIMD, and lets this page use it. */
async function runsWasm(wasm: BufferSource): Promise<boolean> {
  try {
    await WebAssembly.compile(wasm);
    return (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) as boolean;
  } catch {
    return false;
  }
}
