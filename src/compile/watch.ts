import type { NativeBackend, NativeBinding } from "../backends/native.js";

/** Runs `fn` while functions of `instead` stand for the addon's own, and its `random` for Math's. */
export function watching<T>(
  native: NativeBackend,
  fn: () => T,
  { random: refuseRandom, ...instead }: Partial<NativeBinding> & { random: () => number },
): T {
  const { binding } = native;
  const { random } = Math;
  // The addon's own functions are read-only: ours are defined in front of them.
  native.binding = Object.create(binding, Object.getOwnPropertyDescriptors(instead)) as NativeBinding;
  Math.random = refuseRandom;
  try {
    return fn();
  } finally {
    native.binding = binding;
    Math.random = random;
  }
}
