import { defineConfig } from "vitest/config";

/** Tests of plain functions and of tensors: they leave nothing behind, so files may follow one another in a process. */
const plain = [
  "core",
  "config",
  "backends/wasm",
  "ops",
  "tokenizers",
  "layers",
  "model",
  "optimizers",
  "generation",
  "inspection",
  "training",
  "lab/compare",
  "tales",
];
const plainFiles = plain.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ["test/support/temporary.ts", "test/support/build.ts"],
    pool: "forks", // the native addon is loaded once per process
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "plain", include: plainFiles, isolate: false } },
      { extends: true, test: { name: "alone", include: ["test/**/*.test.ts"], exclude: plainFiles } },
    ],
  },
});
