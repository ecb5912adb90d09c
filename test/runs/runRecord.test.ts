import { describe, expect, it } from "vitest";
import { HeedError } from "../../src/core/errors.js";
import { parseRunRecord } from "../../src/runs/runRecord.js";
import { messageOf, someRecord } from "./checkpoint/support.js";

const plain = JSON.parse(JSON.stringify(someRecord));
const refused = (changes: object) => messageOf(() => parseRunRecord({ ...plain, ...changes }, "run.json"));

describe("run.json", () => {
  it("is read as it was written", () => {
    const all = {
      ...plain,
      valData: ["b.txt"],
      valFraction: 0.2,
      tensorboard: true,
      compiled: false,
      xla: "on",
      id: "x",
    };
    expect(parseRunRecord(all, "run.json")).toEqual(all);
    expect(parseRunRecord(plain, "run.json")).toEqual(plain);
  });

  it.each([
    [{ data: "x" }, 'run.json: data must be a list: got "x"'],
    [{ data: [1] }, "run.json: data.0 must be a string: got 1"],
    [{ training: null }, "run.json: training must be an object: got null"],
    [{ training: { ...plain.training, steps: null } }, "run.json: training.steps must have a value: got null"],
    [{ training: { steps: "9" } }, 'run.json: training: steps must be a whole number from 1 to 1000000000: got "9"'],
    [{ model: { ...plain.model, heads: 2 } }, 'run.json: model: there is no option "heads" (did you mean "numHeads"?)'],
    [{ model: [] }, "run.json: model must be an object: got []"],
    [{ keep: 0 }, "run.json: keep must be a whole number of at least 1: got 0"],
    [{ compiled: "no" }, 'run.json: compiled must be true or false: got "no"'],
    [{ xla: "maybe" }, 'run.json: xla must be one of auto, on, off: got "maybe"'],
    [
      { files: [{ ...plain.files[0], bytes: -1 }] },
      "run.json: files.0.bytes must be a whole number of at least 0: got -1",
    ],
    [{ files: {} }, "run.json: files must be a list: got {}"],
    [{ versions: undefined }, "run.json: versions must be an object: got undefined"],
    [{ later: 1 }, "run.json: later must be a field that heed knows: got 1"],
  ])("with %j is refused by its field", (changes, message) => {
    expect(refused(changes)).toBe(message);
  });

  it("gives a record or a refusal, whatever value takes the place of any of its", () => {
    const paths: string[][] = [];
    const walk = (value: unknown, path: string[]) => {
      if (path.length > 0) paths.push(path);
      if (typeof value === "object" && value !== null) {
        for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
      }
    };
    walk(plain, []);
    for (const path of paths) {
      for (const value of [null, "x", -1, 1e300, true, [], {}, [null], { a: { b: [] } }]) {
        const record = structuredClone(plain);
        const holder = path.slice(0, -1).reduce((at, key) => at[key], record);
        holder[path.at(-1)!] = value;
        try {
          parseRunRecord(record, "run.json");
        } catch (error) {
          expect(error).toBeInstanceOf(HeedError);
        }
      }
    }
  });
});
