import { expect, it } from "vitest";
import { colorAt, inkOn, palettes, signedPlace, weightPlace } from "../../../../src/page/browser/drawing/ramps.js";

it("places weights by their root and signed numbers evenly, and no number beyond the ends", () => {
  expect([0, 0.25, 1, 2].map(weightPlace)).toEqual([0, 0.5, 1, 1]);
  expect([-4, -2, 0, 1, 3].map(signedPlace(2))).toEqual([0, 0, 0.5, 0.75, 1]);
  expect(signedPlace(0)(0)).toBe(0.5);
});

/** WCAG 2's relative luminance of `rgb(…)`, and contrast. */
function luminance(color: string): number {
  const named: Record<string, string> = { "#000": "rgb(0, 0, 0)", "#fff": "rgb(255, 255, 255)" };
  const parts = (named[color] ?? color).match(/\d+/g)!.map((part) => Number(part) / 255);
  const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

it.each(["light", "dark"] as const)(
  "has ramps that go one way in lightness, with ink that can be read on them, %s",
  (theme) => {
    const { weight, signed } = palettes[theme];
    const places = Array.from({ length: 101 }, (_, i) => i / 100);
    const lightness = places.map((place) => luminance(colorAt(weight, place)));
    const rising = lightness.map((value, i) => Math.sign(value - (lightness[i - 1] ?? value)));
    expect(new Set(rising.slice(1))).toEqual(new Set([theme === "light" ? -1 : 1]));
    for (const ramp of [weight, signed]) {
      for (const place of places) {
        const color = colorAt(ramp, place);
        expect(contrast(color, inkOn(ramp, place)), `${color} at ${place}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  },
);

it("has steps at even weights with the colours of the ramp", () => {
  const { weight, weightSteps } = palettes.light;
  expect([weightSteps[0], weightSteps[1023]]).toEqual([weight[0], weight[255]]);
  expect(weightSteps[Math.round(1023 / 4)]).toBe(weight[128]);
});
