import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { CausalSelfAttention } from "../../src/layers/causalSelfAttention.js";
import { Dropout } from "../../src/layers/dropout.js";
import { FeedForward } from "../../src/layers/feedForward.js";
import { LayerNorm } from "../../src/layers/layerNorm.js";
import { LearnedPositions } from "../../src/layers/learnedPositions.js";
import { OutputProjection } from "../../src/layers/outputProjection.js";
import { SinusoidalPositions } from "../../src/layers/sinusoidalPositions.js";
import { TokenEmbedding } from "../../src/layers/tokenEmbedding.js";
import { checkLayer } from "../support/checkLayer.js";

const input = [2, 3, 4];

checkLayer({
  Layer: LayerNorm,
  config: { epsilon: 0.25, bias: false },
  input,
  output: input,
  weights: { gain: [4] },
  refusals: [
    [{ epsilon: 0 }, "LayerNorm.epsilon must be a number above 0: got 0"],
    [{ epsilon: -1 }, "LayerNorm.epsilon must be a number above 0: got -1"],
    [{ epsilon: Number.NaN }, "LayerNorm.epsilon must be a number above 0: got NaN"],
    [{ bias: 1 }, "LayerNorm.bias must be true or false: got 1"],
  ],
});

checkLayer({
  Layer: LayerNorm,
  config: { epsilon: 0.5, bias: true },
  input,
  output: input,
  weights: { gain: [4], bias: [4] },
  refusals: [],
});

checkLayer({
  Layer: CausalSelfAttention,
  config: { numHeads: 2, bias: true, dropout: 0.3, site: 4, outputScale: 0.5, seed: 9 },
  input,
  output: input,
  weights: { "qkv.weight": [4, 12], "qkv.bias": [12], "output.weight": [4, 4], "output.bias": [4] },
  refusals: [
    [{ numHeads: 0 }, "CausalSelfAttention.numHeads must be a whole number of at least 1: got 0"],
    [{ numHeads: undefined }, "CausalSelfAttention.numHeads must be a whole number of at least 1: got undefined"],
    [{ bias: "no" }, 'CausalSelfAttention.bias must be true or false: got "no"'],
    [{ dropout: 1 }, "CausalSelfAttention.dropout must be a number from 0 to 0.9: got 1"],
    [{ site: -1 }, "CausalSelfAttention.site must be a whole number of at least 0: got -1"],
    [{ outputScale: 0 }, "CausalSelfAttention.outputScale must be a number above 0: got 0"],
  ],
});

checkLayer({
  Layer: CausalSelfAttention,
  config: { numHeads: 4, bias: false, dropout: 0.5, site: 1, outputScale: 2, seed: 1 },
  input,
  output: input,
  weights: { "qkv.weight": [4, 12], "output.weight": [4, 4] },
  refusals: [],
});

checkLayer({
  Layer: FeedForward,
  config: { intermediateDim: 5, activation: "silu", bias: true, dropout: 0.4, site: 3, outputScale: 0.5, seed: 9 },
  input,
  output: input,
  weights: { "up.weight": [4, 5], "up.bias": [5], "down.weight": [5, 4], "down.bias": [4] },
  refusals: [
    [{ intermediateDim: 2.5 }, "FeedForward.intermediateDim must be a whole number of at least 1: got 2.5"],
    [{ activation: "tanh" }, 'FeedForward.activation must be one of gelu, gelu_new, relu, relu2, silu: got "tanh"'],
    [{ bias: 0 }, "FeedForward.bias must be true or false: got 0"],
    [{ dropout: -0.1 }, "FeedForward.dropout must be a number from 0 to 0.9: got -0.1"],
    [{ site: 0.5 }, "FeedForward.site must be a whole number of at least 0: got 0.5"],
    [{ outputScale: -1 }, "FeedForward.outputScale must be a number above 0: got -1"],
  ],
});

checkLayer({
  Layer: FeedForward,
  config: { intermediateDim: 3, activation: "gelu_new", bias: false, dropout: 0.1, site: 2, outputScale: 3, seed: 2 },
  input,
  output: input,
  weights: { "up.weight": [4, 3], "down.weight": [3, 4] },
  refusals: [],
});

checkLayer({
  Layer: TokenEmbedding,
  config: { vocabSize: 6, hiddenDim: 4, seed: 9 },
  input: [2, 5],
  idsBelow: 6,
  output: [2, 5, 4],
  weights: { weight: [6, 4] },
  refusals: [
    [{ vocabSize: 0 }, "TokenEmbedding.vocabSize must be a whole number of at least 1: got 0"],
    [{ hiddenDim: 1.5 }, "TokenEmbedding.hiddenDim must be a whole number of at least 1: got 1.5"],
  ],
});

checkLayer({
  Layer: LearnedPositions,
  config: { contextLength: 5, seed: 9 },
  input,
  output: input,
  weights: { weight: [5, 4] },
  refusals: [[{ contextLength: 0 }, "LearnedPositions.contextLength must be a whole number of at least 1: got 0"]],
});

checkLayer({ Layer: SinusoidalPositions, config: {}, input, output: input, weights: {}, refusals: [] });

checkLayer({
  Layer: Dropout,
  config: { rate: 0.5, site: 7 },
  input,
  output: input,
  weights: {},
  refusals: [
    [{ rate: 0.95 }, "Dropout.rate must be a number from 0 to 0.9: got 0.95"],
    [{ site: -2 }, "Dropout.site must be a whole number of at least 0: got -2"],
  ],
});

checkLayer({
  Layer: OutputProjection,
  config: { vocabSize: 6, seed: 9 },
  input,
  output: [2, 3, 6],
  weights: { weight: [6, 4] },
  refusals: [[{ vocabSize: -1 }, "OutputProjection.vocabSize must be a whole number of at least 1: got -1"]],
});

it("are registered beside tfjs's own layers, none of which they replace", async () => {
  const theirs = tf.sequential({ layers: [tf.layers.dropout({ rate: 0.5, inputShape: [3] })] });
  const copy = await (tf.models.modelFromJSON as (json: object) => Promise<tf.LayersModel>)(
    JSON.parse(theirs.toJSON() as string),
  );
  expect(copy.layers[0]!.constructor).toBe(theirs.layers[0]!.constructor);
});
