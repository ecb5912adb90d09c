import * as tf from "@tensorflow/tfjs";
import { capabilities } from "../backends/capabilities.js";
import { CheckpointError } from "../core/errors.js";

/** Plain numbers by name, for instance of `blocks.0.attention.qkv.weight`. */
export type VariableValues = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/** Copies of named variables, as plain numbers. */
export function readVariables(
  variables: ReadonlyMap<string, tf.Variable>,
): Map<string, { shape: number[]; data: Float32Array }> {
  return new Map([...variables].map(([name, v]) => [name, { shape: v.shape, data: v.dataSync() as Float32Array }]));
}

/**
 * Gives every variable its value.
 *
 * @throws CheckpointError naming a variable that is missing, unknown or of another shape; then nothing has changed.
 */
export function loadVariables(variables: ReadonlyMap<string, tf.Variable>, values: VariableValues): void {
  for (const name of values.keys()) {
    if (!variables.has(name)) throw new CheckpointError(`${name} is not part of this model`);
  }
  for (const [name, { shape }] of variables) {
    const value = values.get(name);
    if (!value) throw new CheckpointError(`${name} is missing`);
    if (value.shape.join() !== shape.join()) {
      throw new CheckpointError(`${name} must have shape [${shape}]: got [${value.shape}]`);
    }
  }
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(capabilities().copy(tf.tensor(values.get(name)!.data, variable.shape))));
  }
}
