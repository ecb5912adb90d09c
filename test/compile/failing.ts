/** Prints the message of an op that fails. With source maps, as under tsx, it must name line 9. */
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../src/backends/choose.js";
import { compile } from "../../src/compile/compile.js";

await useBackend("native");
const rows = tf.tensor2d([1, 2, 3, 4], [2, 2]);
const fn = ({ i }: { i: tf.Tensor1D }) => {
  return tf.tidy(() => ({ rows: tf.gather(rows, i) as tf.Tensor }));
};
try {
  compile(fn)({ i: tf.tensor1d([5], "int32") });
} catch (error) {
  console.log((error as Error).message);
}
