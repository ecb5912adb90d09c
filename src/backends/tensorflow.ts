import * as tf from "@tensorflow/tfjs";
import { type AddonPackage, addonPackageFolder, addonProblem, cudaProblem, packageMissing } from "./addon.js";
import type { Backend } from "./backend.js";
import { processorProblem } from "./bfloat16.js";
import { stateCapabilities } from "./capabilities.js";
import { registerPlainGather } from "./gather.js";
import { loadAddonPackage } from "./loadAddon.js";
import { nativeBackend } from "./native.js";
import { partsSideBySide } from "./threads.js";

/** Which addon this process has loaded: native and gpu are the same tfjs backend, so it can't have both. */
let loaded: "native" | "gpu" | undefined;

/** TensorFlow's C library on the processor. */
export const native: Backend = {
  problem: () => loadProblem("native", "@tensorflow/tfjs-node"),
  use: () => useTensorFlow("native"),
};

/** TensorFlow's C library with CUDA. Nothing is touched where there is no CUDA. */
export const gpu: Backend = {
  problem() {
    const noCuda = cudaProblem();
    if (noCuda) return `${noCuda} (use --backend native)`;
    const problem = loadProblem("gpu", "@tensorflow/tfjs-node-gpu");
    if (problem) return problem;
    if ((tf.engine().registry.tensorflow as unknown as { isUsingGpuDevice: boolean }).isUsingGpuDevice)
      return undefined;
    forgetTensorFlow();
    return "TensorFlow finds no GPU that it can use: HEED_DEBUG=1 shows what its CUDA libraries say (use --backend native)";
  },
  use: () => useTensorFlow("gpu"),
};

stateCapabilities("tensorflow", () => {
  const backend = nativeBackend()!;
  return {
    graphs: true,
    parts: backend.isUsingGpuDevice ? 1 : partsSideBySide(),
    bfloat16Problem: processorProblem(),
    copy: (tensor) => backend.executeSingleOutput("DeepCopy", [], [tensor]) as typeof tensor,
  };
});

async function useTensorFlow(name: "native" | "gpu"): Promise<string> {
  await tf.setBackend("tensorflow");
  registerPlainGather();
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return `${name} (TensorFlow ${binding.TF_Version})`;
}

function loadProblem(name: "native" | "gpu", packageName: AddonPackage): string | undefined {
  if (loaded) {
    return loaded === name ? undefined : `${loaded} is loaded in this process, and it can't have both`;
  }
  const folder = addonPackageFolder(packageName);
  if (!folder) return packageMissing(packageName);
  const remedy = `(${name === "gpu" ? "npx heed setup --backend gpu" : "npx heed setup"} makes it work)`;
  const problem = addonProblem(folder);
  if (problem) return `${problem} ${remedy}`;
  try {
    loadAddonPackage(folder);
  } catch (error) {
    forgetTensorFlow();
    return `${firstLine(error)} ${remedy}`;
  }
  loaded = name;
  return undefined;
}

/** Takes back what a package registered before it failed, so that the next one finds a clean slate. */
function forgetTensorFlow(): void {
  loaded = undefined;
  if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
  for (const { kernelName } of tf.getKernelsForBackend("tensorflow")) tf.unregisterKernel(kernelName, "tensorflow");
}

const firstLine = (error: unknown): string =>
  String((error as Error).message ?? error)
    .split("\n")[0]!
    .trim();
