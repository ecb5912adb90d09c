import { CheckpointError } from "../core/errors.js";

/** What to throw where a model of finite weights computes something else than numbers. */
export function notFinite(where: string | undefined): CheckpointError {
  return new CheckpointError({
    where,
    field: "logits",
    rule: "be finite numbers",
    got: "infinity or NaN: its weights are too large to compute with",
    remedy: "use an earlier checkpoint",
  });
}
