import * as tf from "@tensorflow/tfjs";
import { nativeBackend } from "../backends/native.js";

/**
 * Row `ids[i]` of `table` for each i. In: `table` `[V, C]`, `ids` int32 of any shape. Out: `[...ids, C]`.
 *
 * TensorFlow.js's gradient of gather needs a kernel (UnsortedSegmentSum) that not every backend has; elsewhere the
 * rows of the gradient are summed in JavaScript.
 */
export function embedding(table: tf.Tensor2D, ids: tf.Tensor): tf.Tensor {
  const [rows, width] = table.shape;
  const withGradient = tf.customGrad((input, save) => {
    const flat = ids.flatten() as tf.Tensor1D;
    (save as tf.GradSaveFunc)([flat]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => sumRows(dy as tf.Tensor2D, saved[0] as tf.Tensor1D, rows);
    return { value: tf.gather(input as tf.Tensor2D, flat), gradFunc }; // [N, C]
  });
  return tf.tidy(() => withGradient(table).reshape([...ids.shape, width]));
}

/** For each of `rows` rows, the sum of `values[i]` over every i with `ids[i]` that row: `[N, C]` to `[rows, C]`. */
function sumRows(values: tf.Tensor2D, ids: tf.Tensor1D, rows: number): tf.Tensor2D {
  if (nativeBackend()) return tf.unsortedSegmentSum(values, ids, rows);
  const [count, width] = values.shape;
  const [from, row] = [values.dataSync(), ids.dataSync()];
  const sums = new Float32Array(rows * width);
  for (let i = 0; i < count; i++) {
    const start = row[i]! * width;
    for (let c = 0; c < width; c++) sums[start + c]! += from[i * width + c]!;
  }
  return tf.tensor2d(sums, [rows, width]);
}
