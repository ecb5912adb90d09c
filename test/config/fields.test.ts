import { describe, expect, expectTypeOf, it } from "vitest";
import { evaluationFields } from "../../src/config/evaluation.js";
import {
  type ConfigOf,
  checkGiven,
  choice,
  completeConfig,
  flagWords,
  integer,
  number,
  optional,
  parseField,
  requireKnown,
  text,
  texts,
  toggle,
} from "../../src/config/fields.js";
import { generationFields } from "../../src/config/generation.js";
import { modelFields } from "../../src/config/model.js";
import { dataFields, machineFields, outputFields } from "../../src/config/run.js";
import { trainingFields } from "../../src/config/training.js";
import { refusal } from "../support/refusal.js";

const table = {
  width: integer({ flag: "width", help: "Width", default: 4, most: 10 }),
  inner: integer({ flag: "in-ner", help: "Inner width", default: ({ width }) => 2 * width }),
  rate: number({ flag: "rate", help: "Rate", default: 0.5, above: true, most: 1 }),
  kind: choice({ flag: "kind", help: "Kind", choices: ["a", "b"] as const, default: "a" }),
  on: toggle({ flag: "on", help: "Whether", default: true }),
  name: optional(text({ flag: "name", help: "Name" })),
  files: texts({ flag: "file", help: "Files", default: [] }),
};

describe("completeConfig", () => {
  it("fills in defaults, those too that follow from other fields", () => {
    const defaults = { width: 4, inner: 8, rate: 0.5, kind: "a", on: true, name: undefined, files: [] };
    expect(completeConfig(table, {})).toEqual(defaults);
    expect(completeConfig(table, { width: 3, on: undefined })).toEqual({ ...defaults, width: 3, inner: 6 });
    expect(completeConfig(table, { files: "one" as never }).files).toEqual(["one"]);
  });

  it("has the type that the table describes", () => {
    expectTypeOf<ConfigOf<typeof table>>().toEqualTypeOf<{
      width: number;
      inner: number;
      rate: number;
      kind: "a" | "b";
      on: boolean;
      name: string | undefined;
      files: string[];
    }>();
  });

  it.each<[object, string]>([
    [{ width: 11 }, "width must be a whole number from 1 to 10: got 11"],
    [{ width: "4" }, 'width must be a whole number from 1 to 10: got "4"'],
    [{ width: null }, "width must be a whole number from 1 to 10: got null"],
    [{ rate: 0 }, "rate must be a number above 0 and at most 1: got 0"],
    [{ rate: Number.NaN }, "rate must be a number above 0 and at most 1: got NaN"],
    [{ kind: "c" }, 'kind must be one of a, b: got "c"'],
    [{ on: 1 }, "on must be true or false: got 1"],
    [{ name: 3 }, "name must be a text: got 3"],
    [{ files: [3] }, "files must be a text: got 3"],
    [{ files: 3 }, "files must be a text or a list of texts: got 3"],
    [{ widht: 3 }, 'options: there is no option "widht" (did you mean "width"?)'],
    [{ "in-ner": 3 }, 'options: there is no option "in-ner" (did you mean "inner"?)'],
    [[], "options must be an object: got []"],
  ])("refuses %j", (given, message) => {
    expect(refusal(() => completeConfig(table, given))).toBe(`ConfigError: ${message}`);
    const where = message.replace(/^options/, "here");
    expect(refusal(() => completeConfig(table, given, { where: "here" }))).toBe(
      `ConfigError: ${where === message ? `here: ${message}` : where}`,
    );
  });
});

it("checkGiven checks what is given, and fills in nothing", () => {
  expect(checkGiven(table, { width: 3, kind: undefined })).toEqual({ width: 3 });
  expect(refusal(() => checkGiven(table, { rate: 2 }, { where: "x" }))).toBe(
    "ConfigError: x: rate must be a number above 0 and at most 1: got 2",
  );
});

it("requireKnown looks for the option that was meant in the tables within, too", () => {
  const within = { model: modelFields, training: trainingFields };
  const near = (name: string) => refusal(() => requireKnown(table, { [name]: 1 }, "train", within));
  expect(near("step")).toBe('ConfigError: train: there is no option "step" (did you mean "training.steps"?)');
  expect(near("heads")).toBe('ConfigError: train: there is no option "heads" (did you mean "model.numHeads"?)');
  expect(near("modle")).toBe('ConfigError: train: there is no option "modle" (did you mean "model"?)');
  expect(near("minLr")).toBe(
    'ConfigError: train: there is no option "minLr" (did you mean "training.minLearningRate"?)',
  );
});

describe("parseField", () => {
  it.each([
    ["width", " 3 ", 3],
    ["rate", "1e-2", 0.01],
    ["kind", "b", "b"],
    ["on", "false", false],
    ["name", " a ", " a "],
  ] as const)("%s of %j is %j", (name, given, value) => {
    expect(parseField(table[name], name, given)).toBe(value);
  });

  it.each([
    ["width", "many", 'width must be a number: got "many"'],
    ["width", "", 'width must be a number: got ""'],
    ["rate", "0x", 'rate must be a number: got "0x"'],
    ["on", "yes", 'on must be true or false: got "yes"'],
    ["kind", "c", 'kind must be one of a, b: got "c"'],
  ] as const)("%s refuses %j", (name, given, message) => {
    expect(refusal(() => parseField(table[name], name, given))).toBe(`ConfigError: ${message}`);
  });
});

it("flagWords leaves out defaults, those too that follow from others", () => {
  expect(flagWords(table, completeConfig(table, {}))).toEqual([]);
  const config = completeConfig(table, { width: 3, on: false, files: ["a", "b"] });
  expect(flagWords(table, config)).toEqual(["--width", "3", "--no-on", "--file", "a", "b"]);
  expect(flagWords(table, { ...config, inner: 8 })).toContain("--in-ner");
});

describe("heed's tables", () => {
  const tables = { ...modelFields, ...trainingFields, ...dataFields, ...machineFields, ...outputFields };

  it("name every flag of train once, in lower case with dashes", () => {
    const flags = Object.values(tables).map(({ flag }) => flag);
    expect(new Set(flags).size).toBe(flags.length);
    for (const flag of flags) expect(flag).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it("have defaults that keep their own rules", () => {
    for (const each of [trainingFields, generationFields, evaluationFields]) completeConfig(each, {});
    completeConfig(modelFields, { vocabSize: 2 });
  });

  it("let a run that goes on change how long it is and how it is watched", () => {
    const resumable = Object.entries(tables).filter(([, field]) => field.resumable);
    expect(resumable.map(([name]) => name)).toEqual([
      "steps",
      "evalEvery",
      "evalBatches",
      "saveEvery",
      "snapshots",
      "sampleEvery",
    ]);
  });
});
