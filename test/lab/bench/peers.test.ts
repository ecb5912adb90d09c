import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelConfig } from "../../../src/config/model.js";
import { largestDifference } from "../../../src/core/statistics.js";
import { bench } from "../../../src/lab/bench/bench.js";

/** Pythons that have the peers, with ":" between; the tests need PyTorch, transformers and JAX. */
const pythons = process.env.HEED_BENCH_PYTHON?.split(":");

it.runIf(pythons)(
  "finds PyTorch, JAX and transformers doing the very work that heed does",
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "heed-bench-test-"));
    const tiny = { numLayers: 2, numHeads: 2, hiddenDim: 16, contextLength: 12, vocabSize: 31 };
    const work = {
      trained: [{ name: "tiny", batchSize: 3, model: modelConfig(tiny) }],
      decoded: [{ name: "tiny text", batchSize: 1, model: modelConfig({ ...tiny, contextLength: 256 }) }],
      productSize: 64,
    };
    const only = "heed-wasm,torch,torch-bf16,jax,transformers";
    const options = { only, rounds: 2, steps: 8, python: pythons, out: join(folder, "bench.json") };
    const { result } = await bench(options, {}, work);
    rmSync(folder, { recursive: true });
    expect(result.leftOut).toEqual([]);
    const [trained, decoded] = result.tables;
    expect(trained!.rows.map(({ contestant }) => contestant)).toEqual(["heed-wasm", "torch", "torch-bf16", "jax"]);
    expect(trained!.warnings).toEqual([]);
    const [heed, torch, , jax] = trained!.rows.map(({ values }) => values);
    expect(largestDifference(torch!, heed!, 20)).toBeLessThan(1e-4);
    expect(largestDifference(jax!, heed!, 20)).toBeLessThan(1e-4);
    expect(decoded!.rows.map(({ contestant }) => contestant)).toEqual(["heed-wasm", "transformers"]);
    expect(decoded!.warnings).toEqual([]);
    expect(result.rates.map(({ contestant }) => contestant)).toEqual(["torch", "jax"]);
  },
);
