/** A function of tensors as one TensorFlow graph. */
export { type Compiled, type CompileOptions, compile, type Tensors } from "./compile.js";
export { type RepeatOptions, repeat } from "./repeat.js";
