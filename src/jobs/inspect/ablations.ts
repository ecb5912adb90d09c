import type { ModelConfig } from "../../config/model.js";
import { ConfigError } from "../../core/errors.js";
import type { Intervention } from "../../inspection/capture.js";
import { ablateHead, ablatePart } from "../../inspection/interventions.js";

/** A part of a model that can be switched off. */
export interface AblatedPart {
  /** As it was asked for: `1.3`, `1.attention`. */
  name: string;
  intervention: Intervention;
}

/**
 * What `1.3` (layer 1, head 3), `1.attention` or `1.feedForward` name.
 *
 * @throws ConfigError if it is none of these, or the model has no such part
 */
export function ablatedPart(name: string, { numLayers, numHeads }: ModelConfig): AblatedPart {
  const [, layer, part] = /^(\d+)\.(\d+|attention|feedForward)$/.exec(name) ?? [];
  const head = Number(part);
  const isThere = Number(layer) < numLayers && (Number.isNaN(head) || head < numHeads);
  if (part === undefined || !isThere) {
    throw new ConfigError({
      field: "ablate",
      rule: "name a head as LAYER.HEAD, or a part as LAYER.attention or LAYER.feedForward",
      value: name,
      remedy: `layers are 0 to ${numLayers - 1}, heads 0 to ${numHeads - 1}: 0.0 is the first head`,
    });
  }
  const intervention = Number.isNaN(head)
    ? ablatePart(Number(layer), part as "attention" | "feedForward")
    : ablateHead(Number(layer), head);
  return { name, intervention };
}
