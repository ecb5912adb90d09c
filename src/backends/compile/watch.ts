import { CompileError } from "../../config/errors.js";
import type { NativeBackend, NativeBinding } from "../native.js";
import { callerLine } from "./origin.js";

/** Runs `fn` while functions of `instead` stand for the addon's own, and random numbers of JavaScript are refused. */
export function watching<T>(native: NativeBackend, fn: () => T, instead: Partial<NativeBinding>): T {
  const { binding } = native;
  const random = Math.random;
  // The addon's own functions are read-only: ours are defined in front of them.
  native.binding = Object.create(binding, Object.getOwnPropertyDescriptors(instead)) as NativeBinding;
  Math.random = () => {
    throw new CompileError(
      `a compiled function must not draw random numbers in JavaScript: ${callerLine()} (draw them with a seed that is an input)`,
    );
  };
  try {
    return fn();
  } finally {
    native.binding = binding;
    Math.random = random;
  }
}
