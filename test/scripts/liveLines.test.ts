import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { barLine, LiveLines } from "../../scripts/support/liveLines.js";
import { onScreen } from "./screen.js";

let now = 0;
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const line = (columns: number, parts: string[], expendable: string[], before?: string) => {
  let made = "";
  onScreen(columns, () => {
    made = barLine(0.25, parts, expendable, before);
  });
  return made;
};

it("text goes above the lines, and leaves nothing of them where it is shorter", () => {
  const screen = onScreen(20, () => {
    const live = new LiveLines();
    live.draw(["first line", "second line"]);
    live.log("a\nb");
    live.draw(["third line"]);
    live.log("c");
    live.close({ keep: true });
  });
  expect(screen).toEqual(["a", "b", "c", "third line", ""]);
});

it("lines that are taken away leave nothing", () => {
  const screen = onScreen(20, () => {
    const live = new LiveLines();
    live.draw(["first line", "second line"]);
    live.close();
    live.log("done");
  });
  expect(screen).toEqual(["done", ""]);
});

it("a line that is too long for the terminal is cut, so that it can be drawn over", () => {
  const screen = onScreen(20, () => {
    const live = new LiveLines();
    live.draw(["x".repeat(50)]);
    live.draw(["y".repeat(50)]);
    live.close({ keep: true });
  });
  expect(screen).toEqual(["y".repeat(17), ""]);
});

it("a bar takes what room there is, and parts make room for ten columns of it", () => {
  const parts = ["900/900", "loss 0.859", "held out 0.941", "38,074 tokens/s", "ETA 0s"];
  const expendable = [parts[3]!, parts[2]!];
  const all = "900/900 | loss 0.859 | held out 0.941 | 38,074 tokens/s | ETA 0s";
  expect(line(120, parts, expendable)).toBe(`${"█".repeat(10)}${"░".repeat(30)} ${all}`);
  expect(line(80, parts, expendable)).toBe(`███${"░".repeat(9)} ${all}`);
  const withoutPace = "900/900 | loss 0.859 | held out 0.941 | ETA 0s";
  expect(line(60, parts, expendable)).toBe(`███${"░".repeat(7)} ${withoutPace}`);
  expect(line(40, parts, expendable)).toBe(`███${"░".repeat(7)} 900/900 | loss 0.859 | ETA 0s`);
  expect(line(60, ["1/4 trials"], [], "all   ")).toBe(`all    ${"█".repeat(10)}${"░".repeat(29)} 1/4 trials`);
});
