import * as tf from "@tensorflow/tfjs";
import type { Backend } from "./backend.js";

/** Plain JavaScript: slow, and everywhere. */
export const cpu: Backend = { use: useCpu };

/** Answers what tfjs calls it. */
export async function useCpu(): Promise<string> {
  await tf.setBackend("cpu");
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false; // it would advertise tfjs-node on first use
  return "cpu";
}
