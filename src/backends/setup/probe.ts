/** Run by verify.ts in a child process: loads wasm, or the addon package in a folder, and computes with it. */
import * as tfjs from "@tensorflow/tfjs";
import { loadAddonPackage } from "../loadAddon.js";

const [kind, packageFolder] = process.argv.slice(2);
const tf = kind === "native" ? loadAddonPackage(packageFolder!) : tfjs;
if (kind === "wasm") await (await import("../choose.js")).useBackend("wasm");
const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
const product = [...a.matMul(tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync()];
const sums = tf
  .randomUniform([64, 256])
  .softmax()
  .matMul(tf.ones([256, 1]));
const worst = sums.sub(1).abs().max().dataSync()[0]!;
if (product.join() !== "19,22,43,50" || !(worst < 1e-4)) {
  throw new Error(`it computes wrongly: ${product.join()} for 19,22,43,50, and a softmax that is off by ${worst}`);
}
const { binding, isUsingGpuDevice = false } = tf.backend() as {
  binding?: { TF_Version: string };
  isUsingGpuDevice?: boolean;
};
console.log(`\nprobe ${JSON.stringify({ library: binding?.TF_Version ?? "", gpu: isUsingGpuDevice })}`);
