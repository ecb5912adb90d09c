import { expect, it } from "vitest";
import { fitTables } from "../../scripts/support/fitTables.js";

const table = [
  "| settings | parameters | loss            |",
  "|----------|-----------:|----------------:|",
  "| heads=1  |      1,416 | 4.0332 ± 0.0100 |",
  "| heads=2  |      1,416 |                 |",
];
const text = ["before", ...table, "", "best: heads=1"].join("\n");

it("leaves a table that fits as it is", () => {
  expect(fitTables(text, table[0]!.length)).toBe(text);
});

it("shows a table that is too wide row by row, without empty cells", () => {
  expect(fitTables(text, table[0]!.length - 1)).toBe(
    [
      "before",
      "settings heads=1",
      "  parameters  1,416",
      "  loss        4.0332 ± 0.0100",
      "",
      "settings heads=2",
      "  parameters  1,416",
      "",
      "best: heads=1",
    ].join("\n"),
  );
});
