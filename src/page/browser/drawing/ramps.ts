import { scaleLinear, scaleSqrt } from "d3-scale";

/** 256 colours from the least to the most, as the 32-bit words of an `ImageData`. */
export type Ramp = Uint32Array;

/** The colours of one theme. Weights are one hue by lightness; signed numbers go from orange through paper to blue. */
export interface Palette {
  weight: Ramp;
  /** `weight` at evenly spaced weights, for pictures of many. */
  weightSteps: Uint32Array;
  signed: Ramp;
  paper: string;
  ink: string;
  quiet: string;
  line: string;
}

const weightColors = {
  light: ["#f1f4f8", "#c3d5ea", "#7ba6d6", "#2f6db3", "#0a356f"],
  dark: ["#1c222b", "#20426b", "#2f6db3", "#7fb0e6", "#e6f1ff"],
};
const signedColors = {
  light: ["#a4460a", "#e08a4a", "#f8f4ee", "#6c9fd6", "#0f4a8f"],
  dark: ["#ffa35c", "#b25a1c", "#1d1f24", "#2f6db3", "#9cc8ff"],
};

/** The place of a weight from 0 to 1 on its ramp, 0 to 1: by its root, so that small weights show. */
export const weightPlace = scaleSqrt().domain([0, 1]).range([0, 1]).clamp(true);

/** The place of a signed number on its ramp, 0 to 1, if `-most` to `most` are its ends. */
export function signedPlace(most: number): (value: number) => number {
  return scaleLinear()
    .domain([-(most || 1), most || 1])
    .range([0, 1])
    .clamp(true);
}

export const palettes: Record<"light" | "dark", Palette> = {
  light: {
    ...weights(weightColors.light),
    signed: ramp(signedColors.light),
    paper: "#fcfbf8",
    ink: "#1b1d21",
    quiet: "#5f636b",
    line: "#dedad1",
  },
  dark: {
    ...weights(weightColors.dark),
    signed: ramp(signedColors.dark),
    paper: "#131519",
    ink: "#eceae5",
    quiet: "#a2a6af",
    line: "#343842",
  },
};

function weights(stops: readonly string[]): Pick<Palette, "weight" | "weightSteps"> {
  const weight = ramp(stops);
  const weightSteps = Uint32Array.from({ length: 1024 }, (_, i) => weight[Math.round(255 * weightPlace(i / 1023))]!);
  return { weight, weightSteps };
}

function ramp(stops: readonly string[]): Ramp {
  const color = scaleLinear<string>()
    .domain(stops.map((_, i) => (255 * i) / (stops.length - 1)))
    .range(stops);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const [red, green, blue] = color(i).match(/\d+/g)!.map(Number) as [number, number, number];
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** The colour at a place, 0 to 1, of a ramp, for CSS. */
export function colorAt(colors: Ramp, place: number): string {
  const [red, green, blue] = channels(colors, place);
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Black or white: what can be read on the colour at a place of a ramp. */
export function inkOn(colors: Ramp, place: number): string {
  const [red, green, blue] = channels(colors, place).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.179 ? "#000" : "#fff"; // where black and white contrast alike
}

function channels(colors: Ramp, place: number): [number, number, number] {
  const word = colors[Math.round(255 * place)]!;
  return [word & 255, (word >> 8) & 255, (word >> 16) & 255];
}
