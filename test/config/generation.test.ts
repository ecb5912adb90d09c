import { describe, expect, it } from "vitest";
import { generationConfig } from "../../src/config/generation.js";
import { refusal } from "../support/refusal.js";

describe("generationConfig", () => {
  it("fills in the defaults that DESIGN.md states", () => {
    expect(generationConfig()).toEqual({
      maxNewTokens: 200,
      temperature: 0.8,
      topK: 0,
      topP: 1,
      minP: 0,
      repetitionPenalty: 1,
      stop: [],
      numSamples: 1,
      seed: 1337,
    });
  });

  it("keeps what is given, and takes undefined as not given", () => {
    const given = { ...generationConfig(), temperature: 0, topK: 5, stop: ["\n", "END"], numSamples: 3 };
    expect(generationConfig(given)).toEqual(given);
    expect(generationConfig({ topK: undefined, minP: 0.5 })).toMatchObject({ topK: 0, minP: 0.5 });
  });

  it.each([
    [{ maxNewTokens: 0 }, "maxNewTokens must be a whole number from 1 to 1000000000: got 0"],
    [{ temperature: -0.1 }, "temperature must be a number from 0 to 100: got -0.1"],
    [{ temperature: Number.NaN }, "temperature must be a number from 0 to 100: got NaN"],
    [{ topK: -1 }, "topK must be a whole number of at least 0: got -1"],
    [{ topP: 0 }, "topP must be a number above 0 and at most 1: got 0"],
    [{ topP: 1.1 }, "topP must be a number above 0 and at most 1: got 1.1"],
    [{ minP: 2 }, "minP must be a number from 0 to 1: got 2"],
    [{ repetitionPenalty: 0 }, "repetitionPenalty must be a number above 0: got 0"],
    [{ stop: ["a", ""] }, 'stop must be a text of at least one character: got ""'],
    [{ numSamples: 0 }, "numSamples must be a whole number from 1 to 10000: got 0"],
    [{ seed: -1 }, "seed must be a whole number from 0 to 2147483647: got -1"],
  ])("refuses %o", (changes, message) => {
    expect(refusal(() => generationConfig(changes as never))).toBe(`ConfigError: ${message}`);
  });
});
