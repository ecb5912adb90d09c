import * as tf from "@tensorflow/tfjs";
import { requireInteger, requireRange } from "../core/checks.js";
import { type DropoutSeed, dropoutMask } from "../ops/dropout.js";
import { type CallContext, single } from "./context.js";
import { ModelLayer } from "./modelLayer.js";

export interface DropoutConfig {
  name?: string;
  /** Share of activations set to 0 while training. */
  rate: number;
  /** Which of the model's dropouts this is: each draws its own numbers from a step's seed. @default 0 */
  site?: number;
}

/**
 * While training (the context has a `dropoutSeed`) each activation is 0 with probability `rate`, else divided by
 * `1 - rate`; otherwise nothing changes. In and out: `[B, T, C]`. No weights.
 *
 * @throws ConfigError if `rate` is not from 0 to 0.9.
 * @see Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export class Dropout extends ModelLayer {
  static readonly className = "SeededDropout"; // "Dropout" is tfjs's own; written into model files: never rename
  private readonly rate: number;
  private readonly site: number;

  constructor(config: DropoutConfig) {
    super({ name: config.name });
    this.rate = requireRange("Dropout.rate", config.rate, 0, 0.9);
    this.site = requireInteger("Dropout.site", config.site ?? 0, 0);
  }

  override describe(): string {
    return `dropout ${this.rate}`;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], context: CallContext = {}): tf.Tensor {
    return tf.tidy(() => dropped(single(inputs), { dropout: this.rate, site: this.site }, context).clone());
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, site: this.site };
  }
}
tf.serialization.registerClass(Dropout);

/** What seeds the dropout of `site` in this pass; undefined where nothing is dropped. */
export function dropoutSeed(
  { dropout, site }: { dropout: number; site: number },
  { dropoutSeed: step, firstRow }: CallContext,
): DropoutSeed | undefined {
  return dropout > 0 && step ? { step, site, firstRow } : undefined;
}

/** `x` with dropout, while training. */
export function dropped(x: tf.Tensor, config: { dropout: number; site: number }, context: CallContext): tf.Tensor {
  const seed = dropoutSeed(config, context);
  return seed ? x.mul(dropoutMask(x.shape, config.dropout, seed)) : x;
}
