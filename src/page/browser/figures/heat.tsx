import { useLayoutEffect, useRef } from "preact/hooks";
import { useTheme } from "./useTheme.js";

export interface HeatProps {
  /** `[rows, columns]`, row after row. */
  values: Float32Array;
  rows: number;
  columns: number;
  /** Weights from 0 to 1, or signed numbers from `-most` to `most`. */
  scale: "weight" | { most: number };
  /** Whether later tokens are masked: what is right of the diagonal stays empty. */
  masked?: boolean;
  class?: string;
}

/** Numbers as colours, a pixel each; CSS makes it as large as it is to be. What it shows is said beside it. */
export function Heat({ values, rows, columns, scale, masked = false, class: name = "" }: HeatProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = useTheme();
  const most = scale === "weight" ? undefined : scale.most;
  useLayoutEffect(() => {
    const context = canvas.current!.getContext("2d")!;
    const image = new ImageData(columns, rows);
    const words = new Uint32Array(image.data.buffer);
    const colors = most === undefined ? palette.weightSteps : palette.signed;
    const [zero, factor] = most === undefined ? [0, colors.length - 1] : [0.5, (colors.length - 1) / 2 / (most || 1)];
    const middle = zero * (colors.length - 1) + 0.5;
    for (let row = 0; row < rows; row++) {
      const end = row * columns + (masked ? row + 1 : columns);
      for (let i = row * columns; i < end; i++) words[i] = colors[(middle + factor * values[i]!) | 0]!;
    }
    context.canvas.width = columns;
    context.canvas.height = rows;
    context.putImageData(image, 0, 0);
  }, [values, rows, columns, most, masked, palette]);
  return <canvas ref={canvas} class={`heat ${name}`} />;
}

/** The largest absolute value, for a scale. */
export function mostOf(...all: Float32Array[]): number {
  let most = 0;
  for (const values of all) for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
