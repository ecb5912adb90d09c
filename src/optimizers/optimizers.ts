import type { OptimizerKind } from "../config/training.js";
import { AdamW } from "./adamW.js";
import type { OptimizerClass } from "./optimizer.js";
import { Sgd } from "./sgd.js";

/** Every optimizer by the name that `--optimizer` has for it. */
export const optimizers: Record<OptimizerKind, OptimizerClass> = {
  adamw: AdamW,
  sgd: Sgd,
};
