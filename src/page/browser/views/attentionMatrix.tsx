import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { cellAt, drawMatrix } from "../drawing/matrixPicture.js";
import type { Palette } from "../drawing/ramps.js";
import type { LookToken } from "../engine.js";
import { figure, shownToken } from "../figures/figure.js";
import { useTheme } from "../figures/useTheme.js";
import { WeightTable } from "./weightTable.js";

export interface AttentionMatrixProps {
  /** `[T, T]` */
  weights: Float32Array;
  tokens: readonly LookToken[];
  cursor: number;
  onCursor(token: number): void;
  name: string;
}

/** One matrix, large: with its numbers where they fit, and one cell read out. */
export function AttentionMatrix({ weights, tokens, cursor, onCursor, name }: AttentionMatrixProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = useTheme();
  const size = useWidth(canvas);
  const [column, setColumn] = useState<number>();
  const [hovered, setHovered] = useState<{ row: number; column: number }>();
  const count = tokens.length;
  const heat = useMemo(() => heatOf(weights, count, palette), [weights, count, palette]);
  const kept = column !== undefined && column <= cursor ? { row: cursor, column } : undefined;
  const cell = hovered && hovered.row < count ? hovered : kept;
  useLayoutEffect(() => {
    if (size === 0) return;
    const ratio = devicePixelRatio;
    canvas.current!.width = canvas.current!.height = Math.round(size * ratio);
    const context = canvas.current!.getContext("2d")!;
    context.scale(ratio, ratio);
    drawMatrix(context, heat, {
      weights,
      tokens: tokens.map(({ text }) => shownToken(text)),
      row: cursor,
      cell,
      size,
      palette,
    });
  }, [heat, weights, tokens, cursor, cell?.row, cell?.column, size, palette]);
  const placeOf = (event: MouseEvent) => cellAt(event.offsetX, event.offsetY, size, count);
  const onKeyDown = (event: KeyboardEvent) => {
    const [down, right] = steps[event.key] ?? [0, 0];
    if (down === 0 && right === 0) return;
    event.preventDefault();
    setHovered(undefined);
    const row = Math.min(count - 1, Math.max(0, cursor + down));
    onCursor(row);
    setColumn(Math.min(row, Math.max(0, (column ?? cursor) + right)));
  };
  return (
    <figure class="matrix">
      {/* biome-ignore lint/a11y/useSemanticElements: no element is a matrix to walk in */}
      <div
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk from cell to cell
        tabIndex={0}
        aria-label={`Attention of ${name}: a row for each token, a column for each token that it looks at. Arrow keys walk.`}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setHovered(placeOf(event))}
        onPointerLeave={() => setHovered(undefined)}
        onClick={(event) => {
          const at = placeOf(event);
          if (!at) return;
          onCursor(at.row);
          setColumn(at.column);
        }}
      >
        <canvas ref={canvas} />
      </div>
      <figcaption aria-live="polite">
        {cell ? (
          <>
            <q>{shownToken(tokens[cell.row]!.text)}</q> looks at <q>{shownToken(tokens[cell.column]!.text)}</q> with
            weight <b>{figure(weights[cell.row * count + cell.column]!)}</b>
          </>
        ) : (
          "Rows ask, columns are looked at. The framed row is the token under the cursor; hatched is masked."
        )}
      </figcaption>
      <WeightTable weights={weights} tokens={tokens} cursor={cursor} name={name} />
    </figure>
  );
}

const steps: Record<string, [down: number, right: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The matrix as a picture of a pixel a weight; the masked half is clear. */
function heatOf(weights: Float32Array, count: number, { weightSteps }: Palette): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = picture.height = count;
  const image = new ImageData(count, count);
  const words = new Uint32Array(image.data.buffer);
  for (let row = 0; row < count; row++) {
    for (let i = row * count; i <= row * count + row; i++) {
      words[i] = weightSteps[Math.round(Math.min(1, weights[i]!) * (weightSteps.length - 1))]!;
    }
  }
  picture.getContext("2d")!.putImageData(image, 0, 0);
  return picture;
}

/** The width that the layout gives an element, in CSS pixels. */
function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
