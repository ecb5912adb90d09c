import { mean } from "../../core/statistics.js";
import { type Group, seedOf } from "./groups.js";
import { isFinished, type MetricsPoint, type ReportRun } from "./readRun.js";

/** What a curve runs over. */
export const axes = ["tokens", "flops", "seconds"] as const;
export type CurveAxis = (typeof axes)[number];

/** A place on a curve. */
export interface CurvePoint {
  step: number;
  tokens: number;
  flops: number;
  seconds: number;
  loss: number;
}

export interface Curve {
  group: Group;
  /** The mean of the group's finished runs, or one run that is not finished. */
  seed: number | "mean";
  points: CurvePoint[];
}

/** Most points of a curve: more can't be told apart in a picture. */
const mostPoints = 60;

/**
 * Validation loss of each group: the mean of its finished runs at each step where all have one and at their ends, and
 * its unfinished runs.
 */
export function validationCurves(groups: readonly Group[]): Curve[] {
  return curvesOf(groups, ({ valLoss }) => valLoss, thinned);
}

/** Training loss likewise; a point is the mean over a stretch of the logged batches, since one batch says little. */
export function trainingCurves(groups: readonly Group[]): Curve[] {
  return curvesOf(groups, ({ trainLoss }) => trainLoss, stretches);
}

function curvesOf(
  groups: readonly Group[],
  lossOf: (point: MetricsPoint) => number | undefined,
  shorten: (points: CurvePoint[]) => CurvePoint[],
): Curve[] {
  return groups.flatMap((group) => {
    const pointsOf = (run: ReportRun) =>
      run.points.flatMap((point): CurvePoint[] => {
        const { step, tokens, elapsed: seconds } = point;
        const loss = lossOf(point);
        return loss === undefined ? [] : [{ step, tokens, flops: tokens * group.flopsPerToken, seconds, loss }];
      });
    const unfinished = group.runs.filter((run) => !isFinished(run));
    const curves: Curve[] = unfinished.map((run) => ({ group, seed: seedOf(run), points: shorten(pointsOf(run)) }));
    const points = shorten(meanCurve(group.finished.map(pointsOf)));
    return [{ group, seed: "mean" as const, points }, ...curves].filter((curve) => curve.points.length > 0);
  });
}

/** The mean of several curves at the steps that all have. */
function meanCurve(curves: readonly CurvePoint[][]): CurvePoint[] {
  const [first = new Map<number, CurvePoint>(), ...others] = curves.map(
    (points) => new Map(points.map((point) => [point.step, point])),
  );
  const shared = [...first.keys()].filter((step) => others.every((other) => other.has(step)));
  return shared.map((step) => meanPoint([first, ...others].map((points) => points.get(step)!)));
}

function meanPoint(points: readonly CurvePoint[]): CurvePoint {
  const of = (field: keyof CurvePoint) => mean(points.map((point) => point[field]));
  return { step: of("step"), tokens: of("tokens"), flops: of("flops"), seconds: of("seconds"), loss: of("loss") };
}

/** At most `mostPoints` of `points`, evenly taken, the first and the last among them. */
function thinned(points: CurvePoint[]): CurvePoint[] {
  if (points.length <= mostPoints) return points;
  const gap = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, i) => points[Math.round(i * gap)]!);
}

/** Means over stretches of equally many points, each placed at its last. */
function stretches(points: CurvePoint[]): CurvePoint[] {
  const length = Math.ceil(points.length / mostPoints);
  return Array.from({ length: Math.ceil(points.length / length) }, (_, i) => {
    const some = points.slice(i * length, (i + 1) * length);
    return { ...some.at(-1)!, loss: mean(some.map(({ loss }) => loss)) };
  });
}
