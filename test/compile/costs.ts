/** Measures what a call costs besides TensorFlow's own work: npx tsx test/compile/costs.ts */
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../src/backends/choose.js";
import { type NativeBinding, nativeBackend } from "../../src/backends/native.js";
import { compile } from "../../src/compile/compile.js";

await useBackend("native");
const native = nativeBackend()!;
const variables = Array.from({ length: 150 }, (_, i) => tf.tidy(() => tf.variable(tf.scalar(i))));
const fn = ({ x }: { x: tf.Tensor }) => {
  for (const variable of variables) variable.assign(variable.add(x));
  return { y: x.add(1) as tf.Tensor };
};
const step = compile(fn);
const x = tf.scalar(1);

/** The median time of an action in microseconds. */
function median(times: number, action: () => void): number {
  const measured = Array.from({ length: times }, () => {
    const start = performance.now();
    action();
    return (performance.now() - start) * 1000;
  });
  return measured.sort((a, b) => a - b)[times >> 1]!;
}

const report = (what: string, microseconds: number) =>
  console.log(`${microseconds.toFixed(0).padStart(8)} µs  ${what}`);
report(
  "the first call: tracing, loading, running",
  median(1, () => step({ x }).y.dispose()),
);
report(
  "the function without compile",
  median(50, () => tf.tidy(() => fn({ x }))),
);
median(200, () => step({ x }).y.dispose());
report(
  "a call of the compiled function",
  median(2000, () => step({ x }).y.dispose()),
);

const { binding } = native;
let inside = 0;
const timed: NativeBinding["runSavedModel"] = (...args) => {
  const start = performance.now();
  const results = binding.runSavedModel(...args);
  inside = (performance.now() - start) * 1000;
  return results;
};
native.binding = Object.create(binding, { runSavedModel: { value: timed } });
const outside: number[] = [];
for (let i = 0; i < 2000; i++) outside.push(median(1, () => step({ x }).y.dispose()) - inside);
report("of it in JavaScript", outside.sort((a, b) => a - b)[1000]!);
native.binding = binding;

report(
  "a call, then a variable read",
  median(300, () => [step({ x }).y.dispose(), variables[0]!.dataSync()]),
);
const replace = () => tf.tidy(() => [variables[0]!.assign(tf.scalar(1)), step({ x })]);
report("a call after one variable was replaced", median(300, replace));
