import type { ModelConfig } from "../config/model.js";
import { CausalSelfAttention } from "../layers/causalSelfAttention.js";
import { Dropout } from "../layers/dropout.js";
import { FeedForward } from "../layers/feedForward.js";
import { norms, positionLayers } from "../layers/kinds.js";
import type { ModelLayer } from "../layers/modelLayer.js";
import type { NormLayer } from "../layers/normLayer.js";
import { OutputProjection } from "../layers/outputProjection.js";
import type { Point } from "../layers/points.js";
import { TokenEmbedding } from "../layers/tokenEmbedding.js";

/** One decoder block: attention moves information between tokens, the feed-forward works on each alone. */
export interface Block {
  attentionNorm: NormLayer;
  attention: CausalSelfAttention;
  feedForwardNorm: NormLayer;
  feedForward: FeedForward;
}

/** The layers of a model, in the order in which data meets them. */
export interface Stack {
  tokens: TokenEmbedding;
  positions: ModelLayer | undefined;
  dropout: Dropout;
  blocks: Block[];
  finalNorm: NormLayer;
  /** Vectors to logits: `tokens` itself in a tied model. */
  output: TokenEmbedding | OutputProjection;
}

/** The layers that `config` asks for; their initial weights follow from `seed`. Nothing is built yet. */
export function createStack(config: ModelConfig, seed: number): Stack {
  const { vocabSize, bias, dropout, numLayers, normEpsilon: epsilon } = config;
  const Norm = norms[config.norm];
  let sites = 0;
  const dropoutSites = (count: number) => {
    sites += count;
    return { dropout, site: sites - count };
  };
  const outputScale = 1 / Math.sqrt(2 * numLayers);
  const tokens = new TokenEmbedding({ name: "tokens", vocabSize, hiddenDim: config.hiddenDim, seed });
  const positions = positionLayers[config.positions]?.({
    name: "positions",
    contextLength: config.contextLength,
    seed,
  });
  const { dropout: rate, site } = dropoutSites(1);
  const embeddingDropout = new Dropout({ name: "dropout", rate, site });
  const blocks = Array.from(
    { length: numLayers },
    (_, i): Block => ({
      attentionNorm: new Norm({ name: `blocks.${i}.attentionNorm`, epsilon, bias }),
      attention: new CausalSelfAttention({
        name: `blocks.${i}.attention`,
        numHeads: config.numHeads,
        bias,
        outputScale,
        seed,
        ...dropoutSites(2),
      }),
      feedForwardNorm: new Norm({ name: `blocks.${i}.feedForwardNorm`, epsilon, bias }),
      feedForward: new FeedForward({
        name: `blocks.${i}.feedForward`,
        intermediateDim: config.intermediateDim,
        activation: config.activation,
        bias,
        outputScale,
        seed,
        ...dropoutSites(1),
      }),
    }),
  );
  const finalNorm = new Norm({ name: "finalNorm", epsilon, bias });
  const output = config.tie ? tokens : new OutputProjection({ name: "output", vocabSize, seed });
  return { tokens, positions, dropout: embeddingDropout, blocks, finalNorm, output };
}

/** How a forward pass applies a layer and adds two values: on tensors, or on symbols that become a LayersModel. */
export interface Runner<Value> {
  apply(layer: ModelLayer, value: Value): Value;
  add(a: Value, b: Value): Value;
  /** Keeps the last token alone, where the others are not wanted. */
  last?(value: Value): Value;
  /** Called at the points between layers; returns what the pass goes on with. */
  at?(layer: string, point: Point, value: Value): Value;
}

/**
 * The forward pass, once for every purpose: token ids `[B, T]` to logits `[B, T, V]`.
 *
 *     x = tokens(ids) + positions
 *     for each block:  x = x + attention(norm(x));  x = x + feedForward(norm(x))
 *     logits = output(norm(x))
 */
export function forward<Value>(stack: Stack, ids: Value, { apply, add, last, at = passOn }: Runner<Value>): Value {
  const run = (layer: ModelLayer, value: Value) => at(layer.name, "output", apply(layer, value));
  const addTo = (stream: Value, layer: ModelLayer, normed: Value) =>
    at(layer.name, "residual", add(stream, run(layer, normed)));
  let x = run(stack.tokens, ids);
  if (stack.positions) x = run(stack.positions, x);
  x = run(stack.dropout, x);
  for (const { attentionNorm, attention, feedForwardNorm, feedForward } of stack.blocks) {
    x = addTo(x, attention, run(attentionNorm, x));
    if (last && feedForward === stack.blocks.at(-1)!.feedForward) x = last(x); // from here on no token looks at another
    x = addTo(x, feedForward, run(feedForwardNorm, x));
  }
  return at("output", "logits", apply(stack.output, run(stack.finalNorm, x)));
}

const passOn = <Value>(_layer: string, _point: Point, value: Value): Value => value;

/** Every layer of the stack once, in order. */
export function layersOf(stack: Stack): ModelLayer[] {
  const blocks = stack.blocks.flatMap((b) => [b.attentionNorm, b.attention, b.feedForwardNorm, b.feedForward]);
  const all: (ModelLayer | undefined)[] = [
    stack.tokens,
    stack.positions,
    stack.dropout,
    ...blocks,
    stack.finalNorm,
    stack.output,
  ];
  return [...new Set(all.filter((layer) => layer !== undefined))];
}
