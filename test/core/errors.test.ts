import { describe, expect, it } from "vitest";
import * as errors from "../../src/core/errors.js";

describe("heed's errors", () => {
  it.each([
    [errors.HeedError, "HeedError", 1],
    [errors.ConfigError, "ConfigError", 2],
    [errors.DataError, "DataError", 2],
    [errors.CheckpointError, "CheckpointError", 2],
    [errors.BackendError, "BackendError", 1],
    [errors.TrainingError, "TrainingError", 1],
    [errors.InterruptedError, "InterruptedError", 130],
    [errors.CompileError, "CompileError", 1],
  ])("%o has its name, its message, its cause, and exits with its code", (Kind, name, exitCode) => {
    const cause = new Error("below");
    const error = new Kind("what happened", { cause });
    expect(error).toBeInstanceOf(errors.HeedError);
    expect(error).toMatchObject({ name, message: "what happened", cause, exitCode });
  });

  const refusal = {
    where: "settings.json",
    field: "numHeads",
    rule: "divide {hiddenDim} 128",
    value: 3,
    remedy: "try 2 or 4, or {hiddenDim} 126",
  };

  it("state the place, the rule, the value and the remedy, and keep each as a property", () => {
    const error = new errors.ConfigError(refusal);
    expect(error.message).toBe(
      "settings.json: numHeads must divide hiddenDim 128: got 3 (try 2 or 4, or hiddenDim 126)",
    );
    expect(error).toMatchObject({ field: "numHeads", rule: refusal.rule, value: 3, remedy: refusal.remedy });
    expect(error.describe((field) => `<${field}>`)).toBe(
      error.message, // a file calls its fields as it does
    );
    const { where, ...typed } = refusal;
    expect(new errors.ConfigError(typed).describe((field) => `<${field}>`)).toBe(
      "<numHeads> must divide <hiddenDim> 128: got 3 (try 2 or 4, or <hiddenDim> 126)",
    );
  });

  it("omit the parts that are not given", () => {
    expect(new errors.ConfigError({ field: "out", rule: "name a folder" }).message).toBe("out must name a folder");
    expect(new errors.ConfigError({ field: "out", rule: "name a folder", got: "none" }).message).toBe(
      "out must name a folder: got none",
    );
    expect(new errors.ConfigError({ field: "x", rule: "be given", value: undefined }).message).toBe(
      "x must be given: got undefined",
    );
  });
});

describe("show", () => {
  const circle: Record<string, unknown> = {};
  circle.circle = circle;

  it.each([
    ["text", '"text"'],
    [3, "3"],
    [null, "null"],
    [undefined, "undefined"],
    [["a", 1], '["a",1]'],
    [circle, "[object Object]"],
    ["x".repeat(900_000), `"${"x".repeat(199)}… (900002 characters)`],
  ])("shows %o in a line or two", (value, text) => {
    expect(errors.show(value)).toBe(text);
  });
});
