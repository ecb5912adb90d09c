import { describe, expect, it } from "vitest";
import * as errors from "../../src/core/errors.js";

const classes = new Map(Object.entries(errors));

describe("heed's errors", () => {
  it.each<[keyof typeof errors, number]>([
    ["HeedError", 1],
    ["ConfigError", 2],
    ["DataError", 2],
    ["CheckpointError", 2],
    ["BackendError", 1],
    ["TrainingError", 1],
    ["InterruptedError", 130],
    ["CompileError", 1],
  ])("%s has its name, its message, its cause, and exits with %i", (name, exitCode) => {
    const cause = new Error("below");
    const error = new (classes.get(name)!)("what happened", { cause });
    expect(error).toBeInstanceOf(errors.HeedError);
    expect(error).toMatchObject({ name, message: "what happened", cause, exitCode });
  });

  it("are all listed above", () => {
    expect(classes.size).toBe(8);
  });
});
