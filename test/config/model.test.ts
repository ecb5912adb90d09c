import { describe, expect, it } from "vitest";
import { modelConfig } from "../../src/config/model.js";
import { refusal } from "../support/refusal.js";

describe("modelConfig", () => {
  it("fills in the defaults that DESIGN.md states", () => {
    expect(modelConfig({ vocabSize: 65 })).toEqual({
      vocabSize: 65,
      contextLength: 128,
      numLayers: 4,
      numHeads: 4,
      hiddenDim: 128,
      intermediateDim: 512,
      positions: "learned",
      activation: "gelu_new",
      norm: "layernorm",
      normEpsilon: 1e-5,
      bias: true,
      tie: true,
      dropout: 0,
    });
  });

  it("keeps what is given, and takes undefined as not given", () => {
    const given = {
      vocabSize: 3,
      contextLength: 1,
      numLayers: 2,
      numHeads: 3,
      hiddenDim: 6,
      intermediateDim: 5,
      positions: "none",
      activation: "silu",
      norm: "layernorm",
      normEpsilon: 1e-6,
      bias: false,
      tie: false,
      dropout: 0.9,
    } as const;
    expect(modelConfig(given)).toEqual(given);
    expect(modelConfig({ vocabSize: 3, hiddenDim: 12, numLayers: undefined })).toMatchObject({
      numLayers: 4,
      intermediateDim: 48,
    });
  });

  it.each([
    [{ vocabSize: 1 }, "vocabSize must be a whole number of at least 2: got 1"],
    [{ contextLength: 0 }, "contextLength must be a whole number from 1 to 1048576: got 0"],
    [{ numLayers: 2.5 }, "numLayers must be a whole number from 1 to 1024: got 2.5"],
    [{ numHeads: 0 }, "numHeads must be a whole number from 1 to 1024: got 0"],
    [{ hiddenDim: -4 }, "hiddenDim must be a whole number from 1 to 65536: got -4"],
    [{ intermediateDim: Number.NaN }, "intermediateDim must be a whole number from 1 to 1048576: got NaN"],
    [{ hiddenDim: 130 }, "numHeads must divide hiddenDim 130: got 4 (try 1, 2, 5 or 10, or hiddenDim 128 or 132)"],
    [{ hiddenDim: 3, numHeads: 5 }, "numHeads must divide hiddenDim 3: got 5 (try 1 or 3, or hiddenDim 5)"],
    [{ positions: "rotary" }, 'positions must be one of learned, sinusoidal, none: got "rotary"'],
    [{ activation: "tanh" }, 'activation must be one of gelu, gelu_new, relu, relu2, silu: got "tanh"'],
    [{ bias: 1 }, "bias must be true or false: got 1"],
    [{ tie: "yes" }, 'tie must be true or false: got "yes"'],
    [{ dropout: 0.91 }, "dropout must be a number from 0 to 0.9: got 0.91"],
    [{ dropout: "0.1" }, 'dropout must be a number from 0 to 0.9: got "0.1"'],
  ])("refuses %o", (changes, message) => {
    expect(refusal(() => modelConfig({ vocabSize: 65, ...changes } as never))).toBe(`ConfigError: ${message}`);
  });
});
