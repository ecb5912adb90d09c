import { cpSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activationKinds, type ModelConfig, normKinds, positionKinds } from "../../../src/config/model.js";
import { weightShapes } from "../../../src/model/weightShapes.js";
import { type CheckpointContent, loadCheckpoint, saveCheckpoint } from "../../../src/runs/checkpoint/checkpoint.js";
import { readSafetensors, type SavedTensor, writeSafetensors } from "../../../src/runs/checkpoint/safetensors.js";
import { content, plain, tiny } from "./content.js";
import { fixture, messageOf, rewrite, temporaryFolder } from "./support.js";

const save = (config: ModelConfig) => saveCheckpoint(temporaryFolder(), content(1, config));
const json = (folder: string, name = "config.json") => JSON.parse(readFileSync(join(folder, name), "utf8"));
const tensorsOf = (folder: string) => readSafetensors(join(folder, "model.safetensors")).tensors;

/** A copy of a fixture with some fields of config.json changed. */
function foreign(name: string, fields: object = {}): string {
  const folder = temporaryFolder();
  cpSync(fixture(`gpt2/${name}`), folder, { recursive: true });
  rewrite(join(folder, "config.json"), (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), ...fields }));
  return folder;
}

function changeTensors(folder: string, change: (tensors: Map<string, SavedTensor>) => Map<string, SavedTensor>): void {
  const path = join(folder, "model.safetensors");
  const tensors = change(readSafetensors(path).tensors);
  rmSync(path);
  writeSafetensors(path, tensors);
}

/** As another program saves what it loaded from heed: without our manifest. */
function saveByOther(config: ModelConfig): string {
  const folder = save(config);
  rmSync(join(folder, "manifest.json"));
  return folder;
}

const anyConfig: fc.Arbitrary<ModelConfig> = fc.record({
  vocabSize: fc.integer({ min: 2, max: 9 }),
  contextLength: fc.integer({ min: 1, max: 6 }),
  numLayers: fc.integer({ min: 1, max: 3 }),
  numHeads: fc.constantFrom(1, 2),
  hiddenDim: fc.constantFrom(2, 4, 6),
  intermediateDim: fc.integer({ min: 1, max: 9 }),
  positions: fc.constantFrom(...positionKinds),
  activation: fc.constantFrom(...activationKinds),
  norm: fc.constantFrom(...normKinds),
  normEpsilon: fc.constantFrom(1e-5, 1e-6),
  bias: fc.boolean(),
  tie: fc.boolean(),
  dropout: fc.constantFrom(0, 0.1),
});

describe("a checkpoint in Hugging Face's layout", () => {
  it("gives back every config and its weights, bit for bit", () => {
    const folder = temporaryFolder();
    let step = 0;
    fc.assert(
      fc.property(anyConfig, (config) => {
        const saved: CheckpointContent = content(++step, config);
        const loaded = loadCheckpoint(saveCheckpoint(folder, saved, { keep: 1 }));
        expect(loaded.config).toEqual(config);
        expect([...loaded.weights.keys()]).toEqual([...weightShapes(config).keys()]);
        for (const [name, { shape, data }] of saved.weights) {
          expect(loaded.weights.get(name)!.shape).toEqual(shape);
          expect(Buffer.from(loaded.weights.get(name)!.data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("has GPT-2's config, with heed's beside it", () => {
    expect(json(save({ ...tiny, activation: "relu", dropout: 0.2, tie: false }))).toEqual({
      model_type: "gpt2",
      architectures: ["GPT2LMHeadModel"],
      vocab_size: 5,
      n_positions: 4,
      n_embd: 4,
      n_layer: 1,
      n_head: 2,
      n_inner: 16,
      activation_function: "relu",
      resid_pdrop: 0.2,
      embd_pdrop: 0.2,
      attn_pdrop: 0.2,
      layer_norm_epsilon: 1e-5,
      scale_attn_weights: true,
      scale_attn_by_inverse_layer_idx: false,
      add_cross_attention: false,
      tie_word_embeddings: false,
      bos_token_id: null,
      eos_token_id: null,
      pad_token_id: null,
      torch_dtype: "float32",
      heed: {
        vocabSize: 5,
        contextLength: 4,
        numLayers: 1,
        numHeads: 2,
        hiddenDim: 4,
        intermediateDim: 16,
        positions: "learned",
        activation: "relu",
        bias: true,
        tie: false,
        dropout: 0.2,
      },
    });
  });

  it("has GPT-2's names and shapes, those that transformers wrote", () => {
    for (const [name, config] of [
      ["gelu-new-tied", { tie: true, intermediateDim: 48 }],
      ["gelu-untied", { tie: false, intermediateDim: 48 }],
      ["relu-wide", { tie: true, intermediateDim: 20 }],
    ] as const) {
      const like = { ...tiny, vocabSize: 11, contextLength: 8, hiddenDim: 12, numHeads: 3, numLayers: 2, ...config };
      const shapes = (folder: string) => [...tensorsOf(folder)].map(([n, t]) => `${n} ${t.shape}`).sort();
      expect(shapes(save(like))).toEqual(shapes(fixture(`gpt2/${name}`)));
    }
  });

  it("writes zeros for biases and positions that the model does without", () => {
    const tensors = tensorsOf(save({ ...tiny, bias: false, positions: "none" }));
    for (const name of ["wpe.weight", "h.0.ln_1.bias", "h.0.attn.c_attn.bias", "h.0.mlp.c_proj.bias", "ln_f.bias"]) {
      expect(tensors.get(`transformer.${name}`)!.data.every((x) => x === 0)).toBe(true);
    }
    expect(tensors.get("transformer.h.0.attn.c_attn.bias")!.shape).toEqual([12]);
  });

  it("writes sinusoidal positions as a table: sines and cosines of t, and of t / 100 for the second pair", () => {
    const { data, shape } = tensorsOf(save({ ...tiny, positions: "sinusoidal" })).get("transformer.wpe.weight")!;
    expect(shape).toEqual([4, 4]);
    [0, 1, 2, 3].forEach((t) => {
      const row = [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)].map(Math.fround);
      expect([...data.subarray(4 * t, 4 * t + 4)]).toEqual(row);
    });
  });

  it("has transformers' generation_config.json, greedy or sampled", () => {
    const saved = (generation: CheckpointContent["generation"]) => {
      const folder = saveCheckpoint(temporaryFolder(), { ...content(1), generation });
      return [json(folder, "generation_config.json"), loadCheckpoint(folder).generation];
    };
    const ids = { bos_token_id: null, eos_token_id: null, pad_token_id: null };
    const sampled = { maxNewTokens: 200, temperature: 0.8, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1 };
    expect(saved(sampled)).toEqual([
      {
        do_sample: true,
        max_new_tokens: 200,
        temperature: 0.8,
        top_k: 40,
        top_p: 0.9,
        min_p: 0.05,
        repetition_penalty: 1.1,
        ...ids,
      },
      sampled,
    ]);
    expect(saved({ maxNewTokens: 7, temperature: 0, topK: 3 })).toEqual([
      { do_sample: false, max_new_tokens: 7, ...ids },
      { maxNewTokens: 7, temperature: 0 },
    ]);
    expect(saved(undefined)).toEqual([{ do_sample: true, ...ids }, {}]);
  });
});

describe("a model that GPT-2 can't express", () => {
  it("is saved under heed's own names, never as a GPT-2, and a family that is asked for refuses it", () => {
    const rotary = { ...tiny, positions: "rotary" } as unknown as ModelConfig;
    const folder = save(rotary);
    expect(json(folder)).toEqual({ model_type: "heed", heed: rotary });
    expect([...tensorsOf(folder).keys()].sort()).toEqual([...weightShapes(rotary).keys()].sort());
    expect(messageOf(() => saveCheckpoint(temporaryFolder(), content(1, rotary), { family: "gpt2" }))).toBe(
      "positions must be one of learned, sinusoidal, none, to be expressed as a model of the family gpt2: " +
        'got "rotary" (the family heed expresses every model)',
    );
  });

  it("comes back bit for bit", () => {
    const saved = content(1);
    const loaded = loadCheckpoint(saveCheckpoint(temporaryFolder(), saved, { family: "heed" }));
    expect(loaded.config).toEqual(tiny);
    expect(plain(loaded.weights)).toEqual(plain(saved.weights));
  });
});

describe("a GPT-2 that transformers saved", () => {
  const names: [string, string][] = [
    ["tokens.weight", "transformer.wte.weight"],
    ["positions.weight", "transformer.wpe.weight"],
    ["blocks.1.attentionNorm.gain", "transformer.h.1.ln_1.weight"],
    ["blocks.1.attentionNorm.bias", "transformer.h.1.ln_1.bias"],
    ["blocks.1.attention.qkv.weight", "transformer.h.1.attn.c_attn.weight"],
    ["blocks.1.attention.qkv.bias", "transformer.h.1.attn.c_attn.bias"],
    ["blocks.1.attention.output.weight", "transformer.h.1.attn.c_proj.weight"],
    ["blocks.1.feedForwardNorm.gain", "transformer.h.1.ln_2.weight"],
    ["blocks.1.feedForward.up.weight", "transformer.h.1.mlp.c_fc.weight"],
    ["blocks.1.feedForward.down.weight", "transformer.h.1.mlp.c_proj.weight"],
    ["finalNorm.gain", "transformer.ln_f.weight"],
    ["output.weight", "lm_head.weight"],
  ];

  it("loads, each weight under our name", () => {
    const { config, weights, step, tokenizer, generation } = loadCheckpoint(fixture("gpt2/gelu-untied"));
    expect(config).toEqual({
      vocabSize: 11,
      contextLength: 8,
      numLayers: 2,
      numHeads: 3,
      hiddenDim: 12,
      intermediateDim: 48,
      positions: "learned",
      activation: "gelu",
      norm: "layernorm",
      normEpsilon: 1e-5,
      bias: true,
      tie: false,
      dropout: 0,
    });
    expect([step, tokenizer, generation]).toEqual([undefined, undefined, {}]);
    const theirs = tensorsOf(fixture("gpt2/gelu-untied"));
    for (const [ours, name] of names) expect(weights.get(ours)!.data, ours).toEqual(theirs.get(name)!.data);
    expect(weights.size).toBe(theirs.size);
  });

  it("loads without the prefix, with the buffers and the tied output that older files hold", () => {
    const folder = foreign("gelu-new-tied");
    const buffer: SavedTensor = { dtype: "U8", shape: [1], data: Uint8Array.of(1) };
    changeTensors(folder, (tensors) => {
      const bare = [...tensors].map(([name, t]): [string, SavedTensor] => [name.replace("transformer.", ""), t]);
      return new Map([
        ...bare,
        ["h.0.attn.bias", buffer],
        ["h.1.attn.masked_bias", buffer],
        ["lm_head.weight", buffer],
      ]);
    });
    expect(loadCheckpoint(folder).weights).toEqual(loadCheckpoint(fixture("gpt2/gelu-new-tied")).weights);
  });

  it.each([
    ["gelu", "gelu"],
    ["gelu_new", "gelu_new"],
    ["gelu_pytorch_tanh", "gelu_new"],
    ["gelu_fast", "gelu_new"],
    ["gelu_accurate", "gelu_new"],
    ["gelu_python_tanh", "gelu_new"],
    ["gelu_python", "gelu"],
    ["relu", "relu"],
    ["relu2", "relu2"],
    ["silu", "silu"],
    ["swish", "silu"],
  ])("has its %s called %s", (theirs, ours) => {
    expect(loadCheckpoint(foreign("relu-wide", { activation_function: theirs })).config.activation).toBe(ours);
  });

  it("loads from several files of 16-bit numbers, each as exactly the float32 that it is", () => {
    const { config, weights } = loadCheckpoint(fixture("gpt2/half-shards"));
    expect(config).toEqual(loadCheckpoint(fixture("gpt2/relu-wide")).config);
    // What torch made of them: see fixtures/gpt2/make.py.
    const exact = readSafetensors(fixture("gpt2/half-shards/exact.safetensors")).tensors;
    for (const [ours, name] of names) {
      if (ours !== "output.weight") expect(weights.get(ours)!.data, ours).toEqual(exact.get(name)!.data);
    }
    expect(weights.size).toBe(exact.size);
  });

  it.each([
    ["torch.compile", (name: string) => `_orig_mod.${name}`],
    ["data-parallel training", (name: string) => `module.${name}`],
    ["both, without transformer.", (name: string) => `module._orig_mod.${name.replace("transformer.", "")}`],
    ["blocks compiled one by one", (name: string) => name.replace(/(h\.\d+\.)/, "$1_orig_mod.")],
  ])("loads with the names of %s", (_what, rename) => {
    const folder = foreign("gelu-new-tied");
    changeTensors(folder, (tensors) => new Map([...tensors].map(([name, tensor]) => [rename(name), tensor])));
    expect(loadCheckpoint(folder).weights).toEqual(loadCheckpoint(fixture("gpt2/gelu-new-tied")).weights);
  });

  it("is refused with a tensor under two names, or names that lead nowhere, one of each kind listed", () => {
    const refusal = (rename: (name: string) => string, keep = false) => {
      const folder = foreign("gelu-new-tied");
      changeTensors(
        folder,
        (tensors) => new Map([...(keep ? tensors : []), ...[...tensors].map(([n, t]) => [rename(n), t] as const)]),
      );
      return messageOf(() => loadCheckpoint(folder)).replace(join(folder, "model.safetensors"), "FILE");
    };
    expect(refusal((name) => name.replace("transformer.wte", "module.wte"), true)).toBe(
      'FILE does not hold what its configuration says: "transformer.wte.weight" must be there once: "module.wte.weight" is another',
    );
    expect(refusal((name) => `inner.${name}`)).toMatch(
      /^FILE does not hold what its configuration says: "transformer\.wte\.weight" is missing; "transformer\.wpe\.weight" is missing; "inner\.transformer\.[^"]+" belongs to no part of the model; and 53 more$/,
    );
  });

  it("has the dropout of its residuals, where it has several", () => {
    const folder = foreign("relu-wide", { resid_pdrop: 0.2, embd_pdrop: 0.1, attn_pdrop: 0 });
    const { config, notes } = loadCheckpoint(folder);
    expect(config.dropout).toBe(0.2);
    expect(notes).toEqual([
      `${folder} has no manifest.json: nothing says whether its files are as they were saved`,
      `${join(folder, "config.json")}: resid_pdrop 0.2, embd_pdrop 0.1, attn_pdrop 0: heed has one dropout, and takes 0.2`,
    ]);
  });

  it("is refused with an index that is damaged or leads out of its folder", () => {
    const refusal = (edit: (map: Record<string, unknown>) => unknown) => {
      const folder = temporaryFolder();
      cpSync(fixture("gpt2/half-shards"), folder, { recursive: true });
      const index = join(folder, "model.safetensors.index.json");
      rewrite(index, (bytes) => JSON.stringify({ weight_map: edit(JSON.parse(String(bytes)).weight_map) }));
      return messageOf(() => loadCheckpoint(folder)).replaceAll(folder, "FOLDER");
    };
    const again = "(copy it again, or choose another checkpoint)";
    const ln = "transformer.ln_f.bias";
    const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    for (const name of ["../model.safetensors", "/etc/passwd", "a/b.safetensors", "..", "\\\\host\\a.safetensors", 7]) {
      expect(refusal((map) => ({ ...map, [ln]: name }))).toBe(
        `FOLDER/model.safetensors.index.json is damaged: "${ln}" must be in a file like ${first}: got ${JSON.stringify(name)} ${again}`,
      );
    }
    expect(refusal((map) => ({ ...map, [ln]: "other.safetensors" }))).toBe(
      `FOLDER must hold other.safetensors: it does not ${again}`,
    );
    expect(refusal((map) => ({ ...map, [ln]: first }))).toBe(
      `FOLDER/${first} is damaged: it must hold "${ln}", as the index says ${again}`,
    );
    expect(refusal(({ [ln]: _, ...map }) => map)).toBe(
      `FOLDER/${second} is damaged: it must hold only what the index says: got "${ln}" ${again}`,
    );
    expect(refusal(() => ({}))).toBe(
      `FOLDER/model.safetensors.index.json is damaged: weight_map must name files ${again}`,
    );
    expect(refusal(() => [])).toBe(
      `FOLDER/model.safetensors.index.json is damaged: weight_map must be an object ${again}`,
    );
  });

  it("means GPT2Config's defaults where its config is silent", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), '{"model_type": "gpt2", "n_embd": 12, "activation_function": "swish"}');
    cpSync(fixture("gpt2/relu-wide/model.safetensors"), join(folder, "model.safetensors"));
    // 12 layers of 12 heads, 50257 tokens, 1024 positions, 4 * 12 wide inside: not what the file holds.
    expect(messageOf(() => loadCheckpoint(folder))).toBe(
      `${join(folder, "model.safetensors")} does not hold what its configuration says: ` +
        '"transformer.wte.weight" must have shape [50257, 12]: got [11, 12]; ' +
        '"transformer.wpe.weight" must have shape [1024, 12]: got [8, 12]; ' +
        '"transformer.h.0.mlp.c_fc.weight" must have shape [12, 48]: got [12, 20]; and 125 more',
    );
  });

  it("is refused where heed can't represent it", () => {
    const refusal = (fields: object) => {
      const folder = foreign("relu-wide", fields);
      return messageOf(() => loadCheckpoint(folder)).replace(join(folder, "config.json"), "CONFIG");
    };
    const family = "(heed loads models of the GPT-2 family)";
    expect(refusal({ model_type: "mamba" })).toBe(
      'CONFIG: model_type must be one of gpt2, heed: got "mamba" (heed loads models of these families)',
    );
    expect(refusal({ activation_function: "quick_gelu" })).toBe(
      "CONFIG: activation_function must be gelu, gelu_python, gelu_new, gelu_pytorch_tanh, gelu_python_tanh, gelu_fast, " +
        `gelu_accurate, relu, relu2, silu, swish: got "quick_gelu" ${family}`,
    );
    expect(refusal({ layer_norm_epsilon: 0 })).toBe("CONFIG: normEpsilon must be a number above 0: got 0");
    expect(refusal({ scale_attn_weights: false })).toBe(`CONFIG: scale_attn_weights must be true: got false ${family}`);
    expect(refusal({ scale_attn_by_inverse_layer_idx: true })).toBe(
      `CONFIG: scale_attn_by_inverse_layer_idx must be false: got true ${family}`,
    );
    expect(refusal({ add_cross_attention: true })).toBe(
      `CONFIG: add_cross_attention must be false: got true ${family}`,
    );
    expect(refusal({ n_head: 5 })).toBe(
      "CONFIG: numHeads must divide hiddenDim 12: got 5 (try 2, 3, 4 or 6, or hiddenDim 10 or 15)",
    );
    expect(refusal({ vocab_size: "11" })).toBe('CONFIG: vocabSize must be a whole number of at least 2: got "11"');
    expect(refusal({ n_layer: null })).toBe("CONFIG: numLayers must have a value: got null");
  });

  it("is refused with weights that the config does not have, of another type, or not finite", () => {
    const refusal = (change: (tensors: Map<string, SavedTensor>) => Map<string, SavedTensor>) => {
      const folder = foreign("relu-wide");
      changeTensors(folder, change);
      return messageOf(() => loadCheckpoint(folder)).replace(join(folder, "model.safetensors"), "FILE");
    };
    const wide: SavedTensor = { dtype: "F64", shape: [12], data: new Float64Array(12) };
    expect(refusal((tensors) => tensors.set("score.weight", wide).set("transformer.ln_f.bias", wide))).toBe(
      'FILE does not hold what its configuration says: "score.weight" belongs to no part of the model; ' +
        '"transformer.ln_f.bias" must be F32, F16, BF16: got F64 (convert it to F32)',
    );
    const infinite: SavedTensor = { dtype: "F32", shape: [12], data: new Float32Array(12).fill(Infinity, 3) };
    expect(refusal((tensors) => tensors.set("transformer.ln_f.bias", infinite))).toBe(
      'tensor "transformer.ln_f.bias" of FILE must hold finite numbers: value 3 is Infinity (use an earlier checkpoint)',
    );
  });

  it("is refused in other files than model.safetensors", () => {
    const folder = foreign("relu-wide");
    rmSync(join(folder, "model.safetensors"));
    expect(messageOf(() => loadCheckpoint(folder))).toBe(
      `${folder} must hold model.safetensors: it does not (copy it again, or choose another checkpoint)`,
    );
    mkdirSync(join(folder, "model.safetensors"));
    expect(messageOf(() => loadCheckpoint(folder))).toBe(
      `${join(folder, "model.safetensors")} is damaged: it must be a file (copy it again, or choose another checkpoint)`,
    );
    rmdirSync(join(folder, "model.safetensors"));
    writeFileSync(join(folder, "pytorch_model.bin"), "");
    expect(messageOf(() => loadCheckpoint(folder))).toBe(
      `${folder} must hold its weights in model.safetensors: got pytorch_model.bin (load it with transformers, then save_pretrained)`,
    );
  });
});

describe("a heed checkpoint that another program changed", () => {
  const change = (folder: string, edit: (config: Record<string, unknown>) => object) =>
    rewrite(join(folder, "config.json"), (bytes) => JSON.stringify(edit(JSON.parse(String(bytes)))));
  const refusal = (edit: (config: Record<string, unknown>) => object) => {
    const folder = saveByOther(tiny);
    change(folder, edit);
    return messageOf(() => loadCheckpoint(folder)).replace(join(folder, "config.json"), "CONFIG");
  };

  it("loads with another dropout, which only training heeds", () => {
    const folder = saveByOther(tiny);
    change(folder, (json) => ({ ...json, resid_pdrop: 0.3, embd_pdrop: 0.2, attn_pdrop: 0 }));
    expect(loadCheckpoint(folder).config).toEqual({ ...tiny, dropout: 0.3 });
  });

  it("loads when nothing that heed relies on changed", () => {
    const config = { ...tiny, bias: false, positions: "sinusoidal" } as const;
    const folder = saveByOther(config);
    change(folder, (json) => ({ ...json, use_cache: true, n_inner: null })); // null is 4 * n_embd
    expect(loadCheckpoint(folder).config).toEqual(config);
    expect(plain(loadCheckpoint(folder).weights)).toEqual(plain(content(1, config).weights));
  });

  it("is refused when the two configs differ", () => {
    const remedy = "(remove the field heed to load it as a plain gpt2)";
    expect(refusal((c) => ({ ...c, n_positions: 6 }))).toBe(
      `CONFIG: n_positions must agree with the field heed: got 6 and 4 ${remedy}`,
    );
    expect(refusal((c) => ({ ...c, activation_function: "relu" }))).toBe(
      `CONFIG: activation_function must agree with the field heed: got "relu" and "gelu_new" ${remedy}`,
    );
  });

  it("is refused when heed's config is not complete and known", () => {
    expect(refusal((c) => ({ ...c, heed: [] }))).toBe("CONFIG: heed must be an object: got []");
    expect(refusal((c) => ({ ...c, heed: { ...tiny, bias: undefined } }))).toBe(
      "CONFIG: heed must have the field bias",
    );
    expect(refusal((c) => ({ ...c, heed: { ...tiny, numKvHeads: 1 } }))).toBe(
      "CONFIG: heed has a field that this version does not know: numKvHeads (update heed)",
    );
    expect(refusal((c) => ({ ...c, heed: { ...tiny, positions: "rotary" } }))).toBe(
      'CONFIG: positions must be one of learned, sinusoidal, none: got "rotary"',
    );
  });

  it("is refused when it gained biases or positions that the model does without", () => {
    const gained = (config: ModelConfig, name: string) => {
      const folder = saveByOther(config);
      changeTensors(folder, (tensors) => {
        (tensors.get(name)!.data as Float32Array)[1] = 9;
        return tensors;
      });
      return messageOf(() => loadCheckpoint(folder)).replace(join(folder, "model.safetensors"), "FILE");
    };
    const remedy = "(take the field heed out of config.json to load it as a plain GPT-2)";
    expect(gained({ ...tiny, bias: false }, "transformer.h.0.ln_2.bias")).toBe(
      `FILE: "transformer.h.0.ln_2.bias" must hold zeros, as bias: false says: value 1 is 9 ${remedy}`,
    );
    expect(gained({ ...tiny, positions: "none" }, "transformer.wpe.weight")).toBe(
      `FILE: "transformer.wpe.weight" must hold positions: none: value 1 is 9 ${remedy}`,
    );
  });
});
