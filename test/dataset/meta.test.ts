import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/core/errors.js";
import { choicesFile, heldOutFor, knownFloor, relationsFile } from "../../src/dataset/meta.js";
import { folderOf } from "./files.js";

const meta = {
  name: "tales",
  files: {
    "tales.txt": { split: "train", sha256: "aa", floor: { bitsPerCharacter: 0.5, bitsPerWord: 2.5 } },
    "heldout.txt": { split: "validation", sha256: "bb", floor: { bitsPerCharacter: 0.75, bitsPerWord: 3 } },
  },
  heldOut: "heldout.txt",
};

function corpus(metaJson: unknown): (name: string) => string {
  const content = typeof metaJson === "string" ? metaJson : JSON.stringify(metaJson);
  const folder = folderOf({ "meta.json": content, "tales.txt": "a", "heldout.txt": "b", "mine.txt": "c" });
  return (name) => join(folder, name);
}

describe("heldOutFor", () => {
  it("finds the held-out text that belongs to a listed file", () => {
    const path = corpus(meta);
    expect(heldOutFor(path("tales.txt"))).toBe(path("heldout.txt"));
  });

  it("finds none for the held-out text itself, an unlisted file, or where there is no meta.json", () => {
    const path = corpus(meta);
    expect(heldOutFor(path("heldout.txt"))).toBeUndefined();
    expect(heldOutFor(path("mine.txt"))).toBeUndefined();
    expect(heldOutFor(join(folderOf({ "tales.txt": "a" }), "tales.txt"))).toBeUndefined();
  });

  it.each([
    ["not JSON", "{"],
    ["another form", ["tales.txt"]],
    ["other files", { files: ["tales.txt"], heldOut: "heldout.txt" }],
    ["null", null],
    ["no held-out text", { ...meta, heldOut: undefined }],
    ["a file elsewhere", { ...meta, heldOut: "../heldout.txt" }],
  ])("takes no notice of a meta.json that is %s", (_, content) => {
    expect(heldOutFor(corpus(content)("tales.txt"))).toBeUndefined();
  });

  it("refuses a held-out text that is named but not there", () => {
    const path = corpus({ ...meta, heldOut: "gone.txt" });
    expect(() => heldOutFor(path("tales.txt"))).toThrow(
      new DataError(
        `the held-out text that "${path("meta.json")}" names must exist: got "${path("gone.txt")}" ` +
          "(put it back, or set valFraction or valFiles)",
      ),
    );
  });
});

describe("knownFloor", () => {
  it("is what meta.json states for the very bytes, else a note says why not", () => {
    const path = corpus(meta);
    expect(knownFloor(path("heldout.txt"), "bb")).toEqual({ floor: { bitsPerCharacter: 0.75, bitsPerWord: 3 } });
    expect(knownFloor(path("tales.txt"), "aa")).toEqual({ floor: { bitsPerCharacter: 0.5, bitsPerWord: 2.5 } });
    expect(knownFloor(path("heldout.txt"), "cc")).toEqual({
      note: `${path("heldout.txt")} is not the text that ${path("meta.json")} describes, so its entropy floor is not used`,
    });
    expect(knownFloor(path("mine.txt"), "aa")).toEqual({});
  });

  it("is nothing where meta.json states none", () => {
    const path = corpus({ files: { "tales.txt": { sha256: "aa" }, "heldout.txt": { floor: { bitsPerWord: "3" } } } });
    expect(knownFloor(path("tales.txt"), "aa")).toEqual({});
    expect(knownFloor(path("heldout.txt"), "bb")).toEqual({});
  });
});

describe("choicesFile", () => {
  const withChoices = (choices: unknown) => corpus({ files: { "heldout.txt": { sha256: "bb", choices } } });

  it("is the file that meta.json names for the very bytes", () => {
    const path = withChoices("mine.txt");
    expect(choicesFile(path("heldout.txt"), "bb")).toEqual({ file: path("mine.txt") });
    expect(choicesFile(path("heldout.txt"), "cc")).toEqual({});
    expect(choicesFile(path("tales.txt"), "bb")).toEqual({});
  });

  it.each([[undefined], [7], ["../mine.txt"]])("is nothing where meta.json says %j", (choices) => {
    expect(choicesFile(withChoices(choices)("heldout.txt"), "bb")).toEqual({});
  });

  it("is a note where the file is gone", () => {
    const path = withChoices("gone.jsonl");
    expect(choicesFile(path("heldout.txt"), "bb")).toEqual({
      note: `${path("gone.jsonl")}, which ${path("meta.json")} names, is not there, so relations are left out`,
    });
  });
});

describe("relationsFile", () => {
  it("is the file that meta.json names for the very bytes", () => {
    const path = corpus({ files: { "heldout.txt": { sha256: "bb", relations: "mine.txt", choices: "tales.txt" } } });
    expect(relationsFile(path("heldout.txt"), "bb")).toEqual({ file: path("mine.txt") });
    expect(relationsFile(path("heldout.txt"), "cc")).toEqual({});
  });
});
