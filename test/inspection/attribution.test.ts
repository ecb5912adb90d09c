import { expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/model.js";
import { attribution } from "../../src/inspection/attribution.js";
import { capture, onlyPoints } from "../../src/inspection/capture.js";
import { ablateHead, ablatePart, ablatePosition } from "../../src/inspection/interventions.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { dot, expectClose, tensorsLeft } from "../support/numbers.js";
import { rows } from "../support/plain.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyModel, tinyRows } from "../support/tinyModel.js";

const { contextLength: T, vocabSize: V, numHeads: H, normEpsilon } = tinyConfig;
const C = 6; // B, H and D differ, so that none stands in for another
const D = C / H;
const ids = tinyRows(3);

function wideModel(changes: Partial<ModelConfig> = {}): Transformer {
  return tinyModel({ hiddenDim: C, ...changes });
}

const sum = (values: readonly { value: number }[]) => values.reduce((total, { value }) => total + value, 0);

onEveryBackend("attribution", () => {
  const kinds: Partial<ModelConfig>[] = [
    {},
    { positions: "sinusoidal", tie: false },
    { norm: "rmsnorm", positions: "none" },
    { norm: "rmsnorm", bias: false, tie: false },
    { bias: false },
  ];

  it.each(kinds)("adds up to every logit (%o)", (changes) => {
    const model = wideModel(changes);
    const run = capture(model, ids);
    const logits = rows(run.at("output", "logits").values, V);
    const places = [
      [0, 0, 3],
      [0, 4, 6],
      [1, 1, 0],
      [2, 2, 1],
    ] as const;
    for (const [sequence, position, token] of places) {
      const wanted = logits[sequence * T + position]![token]!;
      expectClose([sum(attribution(model, run, { sequence, position, token }))], [wanted], { absolute: 1e-4 });
    }
    model.dispose();
  });

  it("names every part once, in the order of the pass, those that the model has", () => {
    const partsOf = (changes: Partial<ModelConfig>) => {
      const model = wideModel(changes);
      const parts = attribution(model, capture(model, ids), { position: 0, token: 0 });
      model.dispose();
      return parts.map(({ value: _, ...part }) => part);
    };
    const block = (layer: number, bias: boolean) => [
      { part: `L${layer}H0`, layer, head: 0 },
      { part: `L${layer}H1`, layer, head: 1 },
      ...(bias ? [{ part: `attention bias ${layer}`, layer }] : []),
      { part: `feedForward ${layer}`, layer },
    ];
    const ends = { part: "final bias" };
    expect(partsOf({})).toEqual([
      { part: "tokens" },
      { part: "positions" },
      ...block(0, true),
      ...block(1, true),
      ends,
    ]);
    expect(partsOf({ bias: false, positions: "none" })).toEqual([
      { part: "tokens" },
      ...block(0, false),
      ...block(1, false),
      ends,
    ]);
  });

  it("gives each part what the output makes of it once the norm's scale is fixed", () => {
    for (const norm of ["layernorm", "rmsnorm"] as const) {
      const model = wideModel({ norm });
      const weights = model.read();
      const [run, position, token] = [capture(model, ids), 3, 5];
      const at = (layer: string, point: "output" | "residual" = "output") =>
        rows(run.at(layer, point).values, C)[position]!;
      const headOutput = rows(run.at("blocks.1.attention", "headOutputs").values, D)[1 * T + position]!; // head 1 of the first text
      const projection = rows(weights.get("blocks.1.attention.output.weight")!.data, C).slice(D);
      const vectors: Record<string, number[]> = {
        tokens: at("tokens"),
        positions: at("positions").map((x, c) => x - at("tokens")[c]!),
        L1H1: Array.from({ length: C }, (_, c) =>
          dot(
            headOutput,
            projection.map((row) => row[c]!),
          ),
        ),
        "attention bias 0": [...weights.get("blocks.0.attention.output.bias")!.data],
        "feedForward 1": at("blocks.1.feedForward"),
      };
      const mean = (values: number[]) => values.reduce((total, x) => total + x, 0) / values.length;
      const centred = (vector: number[]) => vector.map((x) => (norm === "rmsnorm" ? x : x - mean(vector)));
      const stream = centred(at("blocks.1.feedForward", "residual"));
      const scale = 1 / Math.sqrt(mean(stream.map((x) => x * x)) + normEpsilon);
      const row = rows(weights.get("tokens.weight")!.data, C)[token]!;
      const gain = weights.get("finalNorm.gain")!.data;
      const got = new Map(attribution(model, run, { position, token }).map(({ part, value }) => [part, value]));
      for (const [part, vector] of Object.entries(vectors)) {
        const normed = centred(vector).map((x, c) => x * scale * gain[c]!);
        expectClose([got.get(part)!], [dot(row, normed)], { absolute: 1e-5 });
      }
      const bias = norm === "rmsnorm" ? new Float32Array(C) : weights.get("finalNorm.bias")!.data;
      expectClose([got.get("final bias")!], [dot(row, bias)]);
      model.dispose();
    }
  });

  it("takes the difference of two logits apart", () => {
    const model = wideModel();
    const run = capture(model, ids);
    const of = (token: number, minus?: number) => attribution(model, run, { position: 2, token, minus });
    const [these, those] = [of(1), of(6)];
    expectClose(
      of(1, 6).map(({ value }) => value),
      these.map(({ value }, i) => value - those[i]!.value),
      { absolute: 1e-5 },
    );
    model.dispose();
  });

  it("adds up with interventions too, what these put beside the parts apart; nothing is left behind", () => {
    const model = wideModel();
    for (const [intervention, isBeside] of [
      [ablateHead(1, 0), false],
      [ablatePart(0, "feedForward"), false],
      [ablatePart(0, "attention"), true],
      [ablatePosition(1), true],
    ] as const) {
      const run = capture(model, ids, { interventions: [intervention] });
      let parts: ReturnType<typeof attribution> = [];
      const left = tensorsLeft(() => {
        parts = attribution(model, run, { position: 1, token: 2 });
      });
      expect(left).toBe(0);
      const [own, beside] = [parts.slice(0, -1), parts.at(-1)!];
      expect(beside.part).toBe("interventions");
      expectClose([sum(own) + beside.value], [run.at("output", "logits").values[V + 2]!]);
      expect(Math.abs(beside.value) > 1e-4, intervention.layer).toBe(isBeside);
    }
    model.dispose();
  });
});

it("what is out of range or was not captured is refused", () => {
  const model = wideModel();
  const run = capture(model, ids);
  const given = (options: Parameters<typeof attribution>[2], of = run) =>
    refusal(() => attribution(model, of, options));
  expect(given({ position: 5, token: 0 })).toBe("ConfigError: position must be a whole number from 0 to 4: got 5");
  expect(given({ position: 0, token: 7 })).toBe("ConfigError: token must be a whole number from 0 to 6: got 7");
  expect(given({ position: 0, token: 0, minus: -1 })).toBe(
    "ConfigError: token must be a whole number from 0 to 6: got -1",
  );
  expect(given({ position: 0, token: 0, sequence: 3 })).toBe(
    "ConfigError: sequence must be a whole number from 0 to 2: got 3",
  );
  const few = capture(model, ids, { at: onlyPoints("logits") });
  expect(given({ position: 0, token: 0 }, few)).toBe(
    "DataError: place must be one that was captured: got blocks.1.feedForward.residual (captured are output.logits)",
  );
  model.dispose();
});
