import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelConfig } from "../../src/config/model.js";
import { preset, presetNames, settingsFile } from "../../src/config/presets.js";
import { trainingConfig } from "../../src/config/training.js";
import { refusal } from "../support/refusal.js";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "heed-settings-"));
  path = join(folder, "config.json");
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  writeFileSync(path, text);
  return settingsFile(path);
}

describe("settingsFile", () => {
  it("reads every part, each optional", () => {
    expect(read("{}")).toEqual({ model: {}, training: {} });
    const settings = { description: "d", tokenizer: "word", model: { numHeads: 2 }, training: { steps: 5 } };
    expect(read(JSON.stringify(settings))).toEqual(settings);
  });

  it.each([
    ["[]", "PATH must be an object: got []"],
    ["null", "PATH must be an object: got null"],
    ['{"model": 3}', "PATH: model must be an object: got 3"],
    ['{"modle": {}}', 'PATH: there is no option "modle" (did you mean "model"?)'],
    ['{"model": {"numHead": 2}}', 'PATH: model: there is no option "numHead" (did you mean "numHeads"?)'],
    [
      '{"training": {"learningrate": 2}}',
      'PATH: training: there is no option "learningrate" (did you mean "learningRate"?)',
    ],
    ['{"tokenizer": 5}', "PATH: tokenizer must be a text: got 5"],
    ['{"description": []}', "PATH: description must be a text: got []"],
  ])("refuses %s", (text, message) => {
    expect(refusal(() => read(text)).replaceAll(path, "PATH")).toBe(`ConfigError: ${message}`);
  });

  it("refuses what is not JSON, and a file that is not there", () => {
    expect(refusal(() => read("{"))).toMatch(/^ConfigError: .*config\.json must be JSON: Expected property name/);
    const missing = join(folder, "none.json");
    expect(refusal(() => settingsFile(missing))).toBe(
      `ConfigError: config must be a JSON file: there is no ${missing}`,
    );
  });
});

describe("presets", () => {
  it.each(presetNames())("%s says what it is for and makes a valid config", (name) => {
    const { description, model, training } = preset(name);
    expect(description!.length).toBeGreaterThan(10);
    expect(modelConfig({ vocabSize: 65, ...model })).toMatchObject(model);
    expect(trainingConfig(training)).toMatchObject(training);
  });

  it("are listed where one is asked for that is not there", () => {
    expect(refusal(() => preset("huge"))).toBe(
      `ConfigError: preset must be one of ${presetNames().join(", ")}: got "huge"`,
    );
    expect(refusal(() => preset("../presets/start"))).toMatch(/^ConfigError: preset must be one of /);
  });
});
