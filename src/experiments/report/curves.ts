import { type Group, seedOf } from "./groups.js";
import { isFinished, type Point, type ReportRun } from "./readRun.js";

/** What a curve runs over. */
export const axes = ["tokens", "flops", "seconds"] as const;
export type Axis = (typeof axes)[number];

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

/** Validation loss of each group: the mean of its finished runs at each step where all have one, and its unfinished runs. */
export function validationCurves(groups: readonly Group[]): Curve[] {
  return curvesOf(groups, (points) =>
    thinned(points.flatMap((p) => (p.valLoss === undefined ? [] : [{ ...p, loss: p.valLoss }]))),
  );
}

/** Training loss likewise; a point is the mean over a stretch of the logged batches, since one batch says little. */
export function trainingCurves(groups: readonly Group[]): Curve[] {
  return curvesOf(groups, (points) => stretches(points.map((p) => ({ ...p, loss: p.trainLoss }))));
}

type Measured = Point & { loss: number };

function curvesOf(groups: readonly Group[], pick: (points: readonly Point[]) => Measured[]): Curve[] {
  return groups.flatMap((group) => {
    const place = ({ step, tokens, elapsed, loss }: Measured): CurvePoint => ({
      ...{ step, tokens, flops: tokens * group.flopsPerToken, seconds: elapsed, loss },
    });
    const pointsOf = (run: ReportRun) => pick(run.points).map(place);
    const unfinished = group.runs.filter((run) => !isFinished(run));
    const curves: Curve[] = unfinished.map((run) => ({ group, seed: seedOf(run), points: pointsOf(run) }));
    const points = meanOf(group.finished.map(pointsOf));
    return [{ group, seed: "mean" as const, points }, ...curves].filter((curve) => curve.points.length > 0);
  });
}

/** The mean of several curves, at the steps that all have. */
function meanOf(curves: readonly CurvePoint[][]): CurvePoint[] {
  const [first = [], ...others] = curves.map((points) => new Map(points.map((point) => [point.step, point])));
  return [...first.values()].flatMap((point) => {
    const all = [point, ...others.map((other) => other.get(point.step))].filter((p) => p !== undefined);
    if (all.length < curves.length) return [];
    const mean = (field: keyof CurvePoint) => all.reduce((sum, p) => sum + p[field], 0) / all.length;
    return [{ ...point, tokens: mean("tokens"), flops: mean("flops"), seconds: mean("seconds"), loss: mean("loss") }];
  });
}

/** At most `mostPoints` of `points`, evenly taken, the first and the last among them. */
function thinned(points: Measured[]): Measured[] {
  if (points.length <= mostPoints) return points;
  const gap = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, i) => points[Math.round(i * gap)]!);
}

/** Means over stretches of equally many points, each placed at its last. */
function stretches(points: Measured[]): Measured[] {
  const length = Math.ceil(points.length / mostPoints);
  return Array.from({ length: Math.ceil(points.length / length) }, (_, i) => {
    const some = points.slice(i * length, (i + 1) * length);
    return { ...some.at(-1)!, loss: some.reduce((sum, { loss }) => sum + loss, 0) / some.length };
  });
}
