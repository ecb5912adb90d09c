import { describe, expect, it } from "vitest";
import { type ModelConfig, modelConfig } from "../../../src/config/model.js";
import { configJson, familyFor, readConfig } from "../../../src/model/families/families.js";
import { refusal } from "../../support/refusal.js";

const tiny = modelConfig({ vocabSize: 5, contextLength: 4, numLayers: 1, numHeads: 2, hiddenDim: 4 });
/** As if heed had options that it does not have. */
const withOption = (fields: object) => ({ ...tiny, ...fields }) as ModelConfig;

describe("familyFor", () => {
  it("is the first family that can express the model: GPT-2 what it can, heed everything", () => {
    expect(familyFor(tiny).name).toBe("gpt2");
    expect(familyFor(withOption({ positions: "none", bias: false, normEpsilon: 1e-6, tie: false })).name).toBe("gpt2");
    for (const option of [{ positions: "rotary" }, { activation: "swiglu" }, { norm: "rmsnorm" }, { numKvHeads: 1 }]) {
      expect(familyFor(withOption(option)).name, JSON.stringify(option)).toBe("heed");
    }
  });

  it("refuses by name what the family asked for can't express, a new option and a new value alike", () => {
    expect(familyFor(tiny, "gpt2").name).toBe("gpt2");
    expect(refusal(() => familyFor(withOption({ positions: "rotary" }), "gpt2"))).toBe(
      "ConfigError: positions must be one of learned, sinusoidal, none, to be expressed as a model of the family gpt2: " +
        'got "rotary" (the family heed expresses every model)',
    );
    expect(refusal(() => familyFor(withOption({ norm: "rmsnorm" }), "gpt2"))).toBe(
      'ConfigError: norm must be one of layernorm, to be expressed as a model of the family gpt2: got "rmsnorm" (the family heed expresses every model)',
    );
    expect(refusal(() => familyFor(withOption({ numKvHeads: 1 }), "gpt2"))).toBe(
      "ConfigError: numKvHeads must be left out, to be expressed as a model of the family gpt2: got 1 (the family heed expresses every model)",
    );
    expect(refusal(() => familyFor(tiny, "bert"))).toBe('ConfigError: family must be one of gpt2, heed: got "bert"');
  });
});

describe("config.json", () => {
  it("of the family heed holds the model's config alone", () => {
    const config = { ...tiny, normEpsilon: 1e-6 };
    const json = configJson(familyFor(config, "heed"), config);
    const { norm, ...stored } = config; // has its default
    expect(json).toEqual({ model_type: "heed", heed: stored });
    expect(readConfig(json, "config.json")).toMatchObject({ family: { name: "heed" }, config, notes: [] });
    expect(refusal(() => readConfig({ model_type: "heed" }, "config.json"))).toBe(
      "CheckpointError: config.json: heed must be an object: got undefined",
    );
  });

  it("leaves out a field that came later, where it has its default: an earlier heed reads it", () => {
    const { norm, normEpsilon, ...first } = tiny;
    expect(configJson(familyFor(tiny), tiny).heed).toEqual(first);
    expect(readConfig(configJson(familyFor(tiny), tiny), "config.json").config).toEqual({
      ...first,
      norm,
      normEpsilon,
    });
    expect(configJson(familyFor(tiny), { ...tiny, normEpsilon: 0.01 })).toMatchObject({
      layer_norm_epsilon: 0.01,
      heed: { ...first, normEpsilon: 0.01 },
    });
  });
});
