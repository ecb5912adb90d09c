import * as tf from "@tensorflow/tfjs";
import { requireInteger } from "../core/checks.js";
import type { Point } from "../layers/points.js";
import type { Transformer } from "../model/transformer.js";
import type { Capture } from "./capture.js";
import { tensorOf } from "./numbers.js";

/** What one part of the model adds to a logit. */
export interface Contribution {
  /**
   * `tokens`, `positions`, `L0H1` (layer 0, head 1), `attention bias 0`, `feedForward 0`, `final bias` (of the last norm
   * and the output), `interventions`.
   */
  part: string;
  /** Of a part of a block. */
  layer?: number;
  head?: number;
  value: number;
}

/** Which logit to take apart. */
export interface AttributionOptions {
  /** At which token the model answers. */
  position: number;
  /** The answer: a token's id. */
  token: number;
  /** Takes apart the logit of `token` less that of this one: why rather the one than the other. */
  minus?: number;
  /** Which sequence of the batch. @default 0 */
  sequence?: number;
}

/** A part's vector in the residual stream, `[C]`. */
type Part = Omit<Contribution, "value"> & { vector: tf.Tensor };

/** What was captured at the token: `[W]`, or `[H, D]` at points that have heads. */
type Reader = (layer: string, point?: Point) => tf.Tensor;

/**
 * Direct logit attribution: what every part of the model adds to a logit by what it writes into the residual stream.
 *
 *     x = tokens + positions + Σ heads + Σ attention biases + Σ feed-forwards      [C]
 *     logit = output(A(x)),  A = finalNorm with its scale frozen at x, an affine map
 *     value of a part p = output(A(p)) - output(A(0)),  final bias = output(A(0))
 *
 * The values add up to the logit. A head's part is its output through its own rows of the output projection. Where the
 * capture has interventions, what they put beside or in place of these parts is the part `interventions`.
 *
 * @throws DataError if a place was not captured: embedding, position, `headOutputs`, `output` of the feed-forwards, the last
 *   residual, logits
 * @throws ConfigError if `position`, `token`, `minus` or `sequence` is out of range
 * @see Elhage et al. 2021, https://transformer-circuits.pub/2021/framework/index.html
 */
export function attribution(
  model: Transformer,
  captured: Capture,
  { position, token, minus, sequence = 0 }: AttributionOptions,
): Contribution[] {
  const { vocabSize, numLayers } = model.config;
  const lastResidual = { layer: `blocks.${numLayers - 1}.feedForward`, point: "residual" } as const;
  const [batch, length] = captured.at(lastResidual.layer, lastResidual.point).shape as [number, number];
  requireInteger("sequence", sequence, 0, batch - 1);
  requireInteger("position", position, 0, length - 1);
  for (const id of minus === undefined ? [token] : [token, minus]) requireInteger("token", id, 0, vocabSize - 1);
  const read: Reader = (layer, point = "output") => {
    const all = tensorOf(captured.at(layer, point)); // [B, T, W] or [B, H, T, D]
    return all
      .slice([sequence], [1])
      .gather([position], -2)
      .squeeze([0, all.rank - 2]);
  };
  const ofToken = (logits: tf.Tensor) => {
    const column = (id: number) => logits.gather([id], -1); // [..., 1]
    return minus === undefined ? column(token) : column(token).sub(column(minus));
  };
  let contributions: Contribution[] = [];
  tf.tidy(() => {
    const parts = partsOf(model, read);
    const x = read(lastResidual.layer, lastResidual.point); // [C]
    const vectors = tf.stack([...parts.map(({ vector }) => vector), x.zerosLike()]); // [P + 1, C]
    const normed = model.stack.finalNorm.withScaleOf(x, vectors).expandDims(0); // [1, P + 1, C]
    const values = ofToken(model.stack.output.call(normed)).dataSync();
    const bias = values.at(-1)!;
    const ofParts = parts.map(({ vector, ...label }, i) => ({ ...label, value: values[i]! - bias }));
    contributions = [...ofParts, { part: "final bias", value: bias }];
    if (captured.interventions.length === 0) return;
    const logit = ofToken(read("output", "logits")).dataSync()[0]!;
    const known = contributions.reduce((sum, { value }) => sum + value, 0);
    contributions.push({ part: "interventions", value: logit - known });
  });
  return contributions;
}

/** Every part that writes into the residual stream, in the order of the pass, with what it writes. */
function partsOf({ config, weights }: Transformer, read: Reader): Part[] {
  const tokens: Part = { part: "tokens", vector: read("tokens") };
  const hasPositions = config.positions !== "none";
  const positions = hasPositions ? [{ part: "positions", vector: read("positions").sub(read("tokens")) }] : [];
  const blocks = Array.from({ length: config.numLayers }, (_, layer): Part[] => {
    const attention = `blocks.${layer}.attention`;
    const bias = weights.get(`${attention}.output.bias`);
    return [
      ...headVectors(read(attention, "headOutputs"), weights.get(`${attention}.output.weight`)!).map(
        (vector, head): Part => ({ part: `L${layer}H${head}`, layer, head, vector }),
      ),
      ...(bias ? [{ part: `attention bias ${layer}`, layer, vector: bias }] : []),
      { part: `feedForward ${layer}`, layer, vector: read(`blocks.${layer}.feedForward`) },
    ];
  });
  return [tokens, ...positions, ...blocks.flat()];
}

/** What each head writes: its output `[D]` through its rows of the output projection `[C, C]`. In: `[H, D]`. */
function headVectors(outputs: tf.Tensor, weight: tf.Tensor): tf.Tensor[] {
  const [heads, width] = outputs.shape as [number, number];
  const rows = weight.reshape([heads, width, -1]) as tf.Tensor3D; // [H, D, C]
  return tf
    .matMul(outputs.expandDims(1) as tf.Tensor3D, rows)
    .squeeze([1])
    .unstack();
}
