import { dot } from "../../core/vectors.js";

/** A plane through the middle of some points, spanned by two directions at a right angle. */
export interface PrincipalPlane {
  /** `[C]` */
  mean: Float64Array;
  /** Two vectors of length 1, `[C]` each; the second is zeros where the points lie on a line. */
  directions: [Float64Array, Float64Array];
  /** Share of the points' variance that the plane shows, 0 to 1; 1 where they do not vary. */
  share: number;
}

/** Most turns of the iteration. */
const turns = 200;

/**
 * The plane that shows most of how points differ: their two principal directions, by power iteration on their covariance.
 *
 * In: points `[C]` each, at least one.
 */
export function principalPlane(points: readonly ArrayLike<number>[]): PrincipalPlane {
  const width = points[0]!.length;
  const mean = new Float64Array(width);
  for (const point of points) for (let c = 0; c < width; c++) mean[c]! += point[c]! / points.length;
  const rest = points.map((point) => Float64Array.from(point, (x, c) => x - mean[c]!));
  const total = rest.reduce((sum, point) => sum + dot(point, point), 0);
  const directions = [0, 1].map(() => {
    const direction = mainDirection(rest);
    for (const point of rest) {
      const along = dot(point, direction);
      for (let c = 0; c < width; c++) point[c]! -= along * direction[c]!;
    }
    return direction;
  }) as [Float64Array, Float64Array];
  const left = rest.reduce((sum, point) => sum + dot(point, point), 0);
  return { mean, directions, share: total === 0 ? 1 : 1 - left / total };
}

/** The direction in which centred points vary most; zeros where they do not vary. */
function mainDirection(points: readonly Float64Array[]): Float64Array {
  const longest = points.reduce((a, b) => (dot(b, b) > dot(a, a) ? b : a));
  let direction = scaled(longest);
  for (let turn = 0; turn < turns; turn++) {
    const next = new Float64Array(direction.length);
    for (const point of points) {
      const along = dot(point, direction);
      for (let c = 0; c < next.length; c++) next[c]! += along * point[c]!;
    }
    const turned = scaled(next);
    const isThere = dot(turned, direction) > 1 - 1e-12;
    direction = turned;
    if (isThere) break;
  }
  return direction;
}

function scaled(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length < 1e-9 ? new Float64Array(vector.length) : vector.map((x) => x / length);
}

/** Where a point lies on a plane. */
export function onPlane(point: ArrayLike<number>, { mean, directions }: PrincipalPlane): [x: number, y: number] {
  const rest = Float64Array.from(point, (x, c) => x - mean[c]!);
  return [dot(rest, directions[0]), dot(rest, directions[1])];
}
