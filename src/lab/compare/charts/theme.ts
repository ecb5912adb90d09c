import { compareValues, labelOf, type RunSettings, showValue } from "../runSettings.js";

/** How the marks of one kind look. */
export interface Style {
  color: string;
  /** Lengths of stroke and gap. */
  dash: readonly number[];
  /** The name of a Vega symbol. */
  shape: string;
}

export type Legend = { text: string; style: Style }[];

/** The styles of items by their settings, and what a legend says of them. */
export interface Styles {
  of(settings: RunSettings): Style;
  legend: Legend;
  /** Whether there are too many items for a colour each. */
  crowded: boolean;
}

/** Colours are CSS variables of the page: on screens they differ with its background. */
const palette = Array.from({ length: 8 }, (_, i) => `var(--c${i + 1})`);

/** Colours from dark to light, for values that have an order. */
const ramp = Array.from({ length: 7 }, (_, i) => `var(--o${i + 1})`);

const ink = "var(--ink)";

const dashes = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 3], [6, 2, 2, 2, 2, 2], [1, 3]];
const shapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "triangle-left",
];

/**
 * A colour, dash and shape for each of up to 8 items that differ in `keys`. For more, the first of `ranked` decides the
 * colour, from dark to light, and the second the dash and shape.
 */
export function stylesOf(all: readonly RunSettings[], keys: readonly string[], ranked: readonly string[]): Styles {
  const items = new Map(all.map((settings) => [labelOf(settings, keys), settings]));
  if (items.size <= palette.length) {
    const labels = [...items.keys()];
    const style = (label: string) => styleAt(labels.indexOf(label), palette);
    const legend = labels.map((text) => ({ text, style: style(text) }));
    return { of: (settings) => style(labelOf(settings, keys)), legend, crowded: false };
  }
  return rampStyles(all, ranked);
}

function rampStyles(all: readonly RunSettings[], [main, second]: readonly string[]): Styles {
  const values = (key: string) => [...new Set(all.map((settings) => settings[key]!))].sort(compareValues);
  const colors = values(main!);
  const seconds = second === undefined ? [] : values(second);
  const marks = seconds.length <= shapes.length ? seconds : []; // of more, shapes would not tell one from another
  const step = (i: number) => (colors.length === 1 ? 0 : Math.round((i * (ramp.length - 1)) / (colors.length - 1)));
  const mark = (i: number) => ({ dash: dashes[Math.max(0, i)]!, shape: shapes[Math.max(0, i)]! });
  const legend = [
    ...ramp.flatMap((color, i) => {
      const of = colors.filter((_, j) => step(j) === i).map(showValue);
      const text = of.length > 2 ? `${of[0]} to ${of.at(-1)}` : of.join(", ");
      return of.length > 0 ? [{ text: `${main} ${text}`, style: { ...mark(0), color } }] : [];
    }),
    ...marks.map((value, i) => ({ text: `${second} ${showValue(value)}`, style: { ...mark(i), color: ink } })),
  ];
  const of = (settings: RunSettings) => ({
    ...mark(second === undefined ? 0 : marks.indexOf(settings[second]!)),
    color: ramp[step(colors.indexOf(settings[main!]!))]!,
  });
  return { of, legend, crowded: true };
}

function styleAt(i: number, colors: readonly string[]): Style {
  return { color: colors[i]!, dash: dashes[i]!, shape: shapes[i]! };
}

/** What all charts share: no colour but those of the page, no roles that speak each mark aloud. */
export const config = {
  background: null,
  font: "system-ui, sans-serif",
  padding: 4,
  aria: false,
  view: { stroke: null },
  axis: {
    aria: false,
    domainColor: ink,
    tickColor: ink,
    labelColor: ink,
    titleColor: ink,
    gridColor: "var(--line)",
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelOverlap: true,
  },
  axisX: { grid: false },
  axisY: {
    grid: true,
    domain: false,
    ticks: false,
    // Above the axis and not along it, where it can be read without turning the head.
    titleAngle: 0,
    titleAlign: "left",
    titleAnchor: "end",
    titleBaseline: "bottom",
    titleX: -36,
    titleY: -8,
  },
};

/** The width and height of a chart's inside. */
export const size = { width: 345, height: 220 };
