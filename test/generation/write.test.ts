import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { type GenerationConfig, generationConfig } from "../../src/config/generation.js";
import { positionKinds } from "../../src/config/model.js";
import { Random } from "../../src/core/random.js";
import { Decoder, type DecoderOptions } from "../../src/generation/decoder.js";
import type { Transformer } from "../../src/model/transformer.js";
import { counts } from "../compile/support.js";
import { onEveryBackend, present } from "../support/backends.js";
import { expectClose, integers, tensorsLeft } from "../support/numbers.js";
import { tinyConfig, tinyModel } from "../support/tinyModel.js";

const contextLength = 12;
const { vocabSize: V } = tinyConfig;

const choices: Record<string, Partial<GenerationConfig>> = {
  "the likeliest": { temperature: 0 },
  "the likeliest, few twice": { temperature: 0, repetitionPenalty: 1.5 },
  "at random": { temperature: 1.3 },
  "at random, with every filter": { temperature: 1.1, topK: 5, topP: 0.9, minP: 0.05, repetitionPenalty: 1.2 },
};

/** Chooses in JavaScript, from what the ops give one by one. */
const plain: DecoderOptions = { compiled: false, inGraph: false };

/** `count` tokens after `prompt`, asked for by `calls` at most at once. */
function written(
  decoder: Decoder,
  choice: Partial<GenerationConfig>,
  { count = 40, calls = count, seed = 1 }: { count?: number; calls?: number; seed?: number } = {},
) {
  const random = new Random(seed, "test");
  const config = generationConfig(choice);
  const ids: number[] = [];
  while (ids.length < count) {
    const some = decoder.write(Math.min(calls, count - ids.length), config, random);
    expect(some.length).toBeGreaterThan(0);
    ids.push(...some);
  }
  expect(ids.length).toBe(count);
  return ids;
}

function withDecoder<T>(model: Transformer, options: DecoderOptions, body: (decoder: Decoder) => T): T {
  const decoder = new Decoder(model, options);
  try {
    return body(decoder);
  } finally {
    decoder.dispose();
  }
}

const fresh = (model: Transformer, options: DecoderOptions, prompt: number[], choice: Partial<GenerationConfig>) =>
  withDecoder(model, options, (decoder) => {
    decoder.begin(prompt);
    return written(decoder, choice);
  });

onEveryBackend("a decoder that chooses by ops", (backend) => {
  it.each(Object.keys(choices))("writes what one writes that chooses in JavaScript, beyond the context: %s", (name) => {
    const model = tinyModel({ contextLength });
    const byOps = { inGraph: true, compiled: backend === "native" };
    const want = fresh(model, plain, [1, 2], choices[name]!);
    expect(new Set(want).size).toBeGreaterThan(1);
    expect(fresh(model, byOps, [1, 2], choices[name]!)).toEqual(want);
    model.dispose();
  });
});

describe.skipIf(!present.includes("native"))("a decoder that chooses in the graph", () => {
  beforeAll(async () => {
    await useBackend("native");
  });

  it("writes the same by XLA", () => {
    const model = tinyModel({ contextLength });
    const choice = choices["at random, with every filter"]!;
    expect(fresh(model, { inGraph: true, xla: true }, [3], choice)).toEqual(fresh(model, plain, [3], choice));
    model.dispose();
  });

  it.each(positionKinds)("writes the same with %s positions, without biases, untied", (positions) => {
    const model = tinyModel({ contextLength, positions, bias: false, tie: false, numHeads: 1 });
    const choice = choices["at random"]!;
    expect(fresh(model, { inGraph: true }, [0], choice)).toEqual(fresh(model, plain, [0], choice));
    model.dispose();
  });

  it("writes the same however the tokens are cut into calls, and one at first", () => {
    const model = tinyModel({ contextLength: 60 });
    const options = { inGraph: true };
    const choice = choices["at random, with every filter"]!;
    const want = fresh(model, options, [4, 5], choice);
    withDecoder(model, options, (decoder) => {
      for (const calls of [1, 3, 32]) {
        decoder.begin([4, 5]);
        expect(decoder.write(1000, generationConfig(choice), new Random(1, "test"))).toEqual(want.slice(0, 1));
        decoder.begin([4, 5]);
        expect(written(decoder, choice, { calls })).toEqual(want);
      }
      decoder.begin([4, 5]);
      const random = new Random(1, "test");
      const sizes = Array.from({ length: 4 }, () => decoder.write(1000, generationConfig(choice), random).length);
      expect(Math.max(...sizes)).toBeGreaterThan(1);
      expect(sizes[0]).toBe(1);
    });
    model.dispose();
  });

  it("reads prompts of every length: by the graph, by a full pass before it, and beyond the context", () => {
    const model = tinyModel({ contextLength: 60 });
    const long = [...integers(70, V, "prompt")];
    const choice = choices["at random, with every filter"]!;
    withDecoder(model, { inGraph: true }, (graph) =>
      withDecoder(model, plain, (script) => {
        for (const length of [1, 2, 31, 32, 33, 40, 59, 60, 61, 70]) {
          const ids = [graph, script].map((decoder) => {
            decoder.begin(long.slice(0, length));
            return written(decoder, choice, { count: 5 });
          });
          expect(ids[0], `${length} tokens`).toEqual(ids[1]);
        }
      }),
    );
    model.dispose();
  });

  it("goes on from where it is rewound to, before and beyond the end of the context, as if there had been no more", () => {
    const model = tinyModel({ contextLength });
    const choice = choices["at random"]!;
    const prompt = [1, 2, 3];
    withDecoder(model, { inGraph: true }, (decoder) => {
      for (const kept of [4, 8, contextLength, contextLength + 1, contextLength + 6]) {
        decoder.begin(prompt);
        const all = [...prompt, ...written(decoder, choice, { count: 20 })];
        decoder.rewind(kept);
        expect(decoder.length).toBe(kept);
        const ids = written(decoder, choice, { count: 10, seed: 2 });
        withDecoder(model, plain, (other) => {
          other.begin(all.slice(0, kept));
          expect(ids).toEqual(written(other, choice, { count: 10, seed: 2 }));
          expectClose(decoder.next(5), other.next(5));
        });
      }
    });
    model.dispose();
  });

  it("takes over what a new sequence shares with the one before", () => {
    const model = tinyModel({ contextLength });
    const choice = choices["at random"]!;
    const prompts = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 2, 6], [1, 2, 6, 0, 0, 0, 0], [1], [2, 1]]; // biome-ignore format: a list
    withDecoder(model, { inGraph: true }, (decoder) => {
      for (const prompt of prompts) {
        decoder.begin(prompt);
        expect(written(decoder, choice)).toEqual(fresh(model, plain, prompt, choice));
      }
    });
    model.dispose();
  });

  it("writes op by op what is too short for a graph, and the first token; the same tokens", () => {
    const model = tinyModel({ contextLength: 80 });
    const choice = choices["at random"]!;
    const want = fresh(model, plain, [2], choice);
    withDecoder(model, {}, (decoder) => {
      for (const count of [1, 3, 40]) {
        decoder.begin([2]);
        expect(written(decoder, choice, { count })).toEqual(want.slice(0, count));
      }
      decoder.begin([2]);
      const long = written(decoder, choice, { count: 60 });
      expect(long.slice(0, 40)).toEqual(want);
      decoder.begin([2]);
      expect(written(decoder, choice, { count: 60 })).toEqual(long);
    });
    model.dispose();
  });

  it("makes a graph where many short answers are asked for", () => {
    const model = tinyModel({ contextLength: 60 });
    const choice = choices["at random"]!;
    withDecoder(model, {}, (decoder) => {
      const graphs = [1, 2, 3, 4].map((sample) => {
        decoder.begin([sample]);
        expect(written(decoder, choice, { count: 15 })).toEqual(fresh(model, plain, [sample], choice).slice(0, 15));
        return counts().graphs;
      });
      expect(graphs).toEqual([0, 0, 1, 1]);
    });
    model.dispose();
  });

  it("leaves no tensor with a call, and none when it is disposed", () => {
    const model = tinyModel({ contextLength });
    const write = (decoder: Decoder) => {
      decoder.begin([1, 2]);
      written(decoder, choices["at random, with every filter"]!, { count: 20 });
    };
    const whole = () => withDecoder(model, { inGraph: true }, write);
    whole();
    expect(tensorsLeft(whole)).toBe(0);
    withDecoder(model, { inGraph: true }, (decoder) => {
      write(decoder);
      expect(tensorsLeft(() => write(decoder))).toBe(0);
    });
    model.dispose();
  });
});
