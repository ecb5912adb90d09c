import { useEffect, useMemo, useRef } from "preact/hooks";
import { arcsFrom } from "../drawing/arcs.js";
import { colorAt, weightPlace } from "../drawing/ramps.js";
import type { LookToken } from "../engine.js";
import { shownToken } from "../figures/figure.js";
import { useTheme } from "../figures/useTheme.js";

export interface AttentionArcsProps {
  tokens: readonly LookToken[];
  cursor: number;
  /** The cursor's row, `[T]`. */
  weights: Float32Array;
}

const [base, height, gap] = [128, 118, 14];

/** Arcs over the text from the token under the cursor to those that it looks at, the heavier the thicker. */
export function AttentionArcs({ tokens, cursor, weights }: AttentionArcsProps) {
  const box = useRef<HTMLElement>(null);
  const palette = useTheme();
  const { centers, width } = useMemo(() => placed(tokens), [tokens]);
  useEffect(() => {
    box.current!.scrollLeft = centers[cursor]! - box.current!.clientWidth * 0.6;
  }, [centers, cursor]);
  const arcs = arcsFrom(cursor, { centers, weights: weights.subarray(0, cursor + 1), base, height });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by key
    <section ref={box} class="arcs" tabIndex={0} aria-label="Arcs from the token to those that it looks at">
      <svg aria-hidden="true" width={width} height={base + 34} viewBox={`0 0 ${width} ${base + 34}`}>
        {arcs.map(({ to, weight, path }) => (
          <path
            key={to}
            d={path}
            fill="none"
            stroke={colorAt(palette.weight, 0.25 + 0.75 * weightPlace(weight))}
            stroke-width={0.75 + 7 * weight}
            stroke-linecap="round"
          />
        ))}
        {tokens.map(({ text }, i) => (
          <text
            key={i}
            x={centers[i]}
            y={base + 20}
            text-anchor="middle"
            class={i === cursor ? "chosen" : i > cursor ? "later" : ""}
          >
            {shownToken(text)}
          </text>
        ))}
      </svg>
    </section>
  );
}

/** Where the middles of the tokens are in one line, and how long the line is. */
function placed(tokens: readonly LookToken[]): { centers: number[]; width: number } {
  const context = document.createElement("canvas").getContext("2d")!;
  context.font = `600 15px ${getComputedStyle(document.body).fontFamily}`;
  let x = gap;
  const centers = tokens.map(({ text }) => {
    const width = context.measureText(shownToken(text)).width;
    x += width + gap;
    return x - gap - width / 2;
  });
  return { centers, width: Math.ceil(x) };
}
