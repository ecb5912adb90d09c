import { colorAt, inkOn, type Palette, weightPlace } from "./ramps.js";

/** A matrix of attention as it is drawn: what a token (a row) looks at (columns). */
export interface MatrixPicture {
  /** `[T, T]` */
  weights: Float32Array;
  tokens: readonly string[];
  /** The row to frame. */
  row: number;
  /** The cell to frame. */
  cell?: { row: number; column: number };
  /** Width and height in CSS pixels. */
  size: number;
  palette: Palette;
}

/** Where the cells are: `gutter` for the labels left and above, then `cell` pixels each. */
export function matrixLayout(size: number, count: number): { gutter: number; cell: number } {
  const gutter = Math.min(92, Math.round(size * 0.2));
  return { gutter, cell: Math.min(46, (size - gutter) / count) };
}

/** The cell at a point of the picture, unless it is masked or outside. */
export function cellAt(x: number, y: number, size: number, count: number): { row: number; column: number } | undefined {
  const { gutter, cell } = matrixLayout(size, count);
  const [row, column] = [Math.floor((y - gutter) / cell), Math.floor((x - gutter) / cell)];
  return row >= 0 && row < count && column >= 0 && column <= row ? { row, column } : undefined;
}

/** Cells from this size show their label, and from that their number. */
const labelled = 11;
const numbered = 27;

/** Draws the matrix with labels, numbers where they fit, hatching where the mask is, and frames. */
export function drawMatrix(context: CanvasRenderingContext2D, heat: CanvasImageSource, picture: MatrixPicture): void {
  const { tokens, row: chosen, cell: at, size, palette } = picture;
  const count = tokens.length;
  const { gutter, cell } = matrixLayout(size, count);
  const end = gutter + count * cell;
  context.clearRect(0, 0, size, size);
  hatch(context, { gutter, end, cell, count, palette });
  context.imageSmoothingEnabled = cell < 1;
  context.drawImage(heat, gutter, gutter, count * cell, count * cell);
  if (cell >= numbered) drawNumbers(context, picture);
  if (cell >= 6) {
    context.strokeStyle = palette.paper;
    context.lineWidth = 1;
    for (let i = 0; i <= count; i++) {
      line(context, gutter, gutter + i * cell, end, gutter + i * cell);
      line(context, gutter + i * cell, gutter, gutter + i * cell, end);
    }
  }
  const marked = at ?? { row: chosen, column: -1 };
  for (let i = 0; i < count; i++) {
    const isMarked = i === marked.row || i === marked.column;
    if (cell < labelled && !isMarked) continue;
    label(context, tokens[i]!, { x: gutter - 6, y: gutter + (i + 0.5) * cell, isStrong: i === marked.row, ...picture });
    if (cell < labelled && i !== marked.column) continue;
    label(context, tokens[i]!, {
      x: gutter + (i + 0.5) * cell,
      y: gutter - 6,
      isStrong: i === marked.column,
      up: true,
      ...picture,
    });
  }
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.strokeRect(gutter, gutter + chosen * cell, (chosen + 1) * cell, cell);
  if (at) {
    context.lineWidth = 2.5;
    context.strokeRect(gutter + at.column * cell, gutter + at.row * cell, cell, cell);
  }
}

function drawNumbers(context: CanvasRenderingContext2D, { weights, tokens, size, palette }: MatrixPicture): void {
  const count = tokens.length;
  const { gutter, cell } = matrixLayout(size, count);
  context.font = `${cell >= 36 ? 11 : 9.5}px ${fontOf(context)}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const weight = weights[row * count + column]!;
      const place = weightPlace(weight);
      const [x, y] = [gutter + (column + 0.5) * cell, gutter + (row + 0.5) * cell];
      context.fillStyle = inkOn(palette.weight, place);
      context.fillText(weight.toFixed(2).replace(/^0/, ""), x, y);
    }
  }
}

interface Hatching {
  gutter: number;
  end: number;
  cell: number;
  count: number;
  palette: Palette;
}

/** Thin slanted lines where later tokens are. */
function hatch(context: CanvasRenderingContext2D, { gutter, end, cell, count, palette }: Hatching): void {
  context.save();
  context.beginPath();
  context.moveTo(gutter, gutter);
  for (let i = 0; i < count; i++) {
    context.lineTo(gutter + (i + 1) * cell, gutter + i * cell);
    context.lineTo(gutter + (i + 1) * cell, gutter + (i + 1) * cell);
  }
  context.lineTo(end, gutter);
  context.closePath();
  context.clip();
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  for (let x = gutter; x < end + (end - gutter); x += 6) line(context, x, gutter, x - (end - gutter), end);
  context.restore();
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

interface Label {
  x: number;
  y: number;
  size: number;
  isStrong: boolean;
  /** Written upwards. */
  up?: boolean;
  palette: Palette;
}

function label(context: CanvasRenderingContext2D, text: string, { x, y, size, isStrong, up, palette }: Label): void {
  context.save();
  context.translate(x, y);
  if (up) context.rotate(-Math.PI / 2);
  context.font = `${isStrong ? "600 " : ""}${size < 420 ? 10 : 12}px ${fontOf(context)}`;
  context.textAlign = up ? "left" : "right";
  context.textBaseline = "middle";
  context.fillStyle = isStrong ? palette.ink : palette.quiet;
  context.fillText(text, 0, 0, Math.min(92, Math.round(size * 0.2)) - 8);
  context.restore();
}

function fontOf({ canvas }: CanvasRenderingContext2D): string {
  return getComputedStyle(canvas).fontFamily;
}

/** The colours of a cell of weight `weight`, for text on it. */
export function weightColors({ weight: ramp }: Palette, weight: number): { background: string; color: string } {
  const place = weightPlace(weight);
  return { background: colorAt(ramp, place), color: inkOn(ramp, place) };
}
