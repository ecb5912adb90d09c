import { scaleLinear } from "d3-scale";
import { useMemo } from "preact/hooks";
import { percent } from "../../figures/figure.js";
import { type KnownPlace, senseCenters } from "../../knownPlaces.js";
import { onPlane, principalPlane } from "../../principalDirections.js";
import type { WordWalk } from "../../wordWalk.js";

export interface WalkPlaneProps {
  first: readonly WordWalk[];
  second: readonly WordWalk[];
  /** How far the walks are drawn. */
  stage: number;
  /** The word's places in the corpus. */
  places: readonly KnownPlace[];
}

const [width, height, margin] = [640, 400, 36];

/** Fewer places than this do not make a plane. */
const fewest = 4;

/** Two walks on a plane: that of the word's places in the corpus after the last layer, or else of the walks themselves. */
export function WalkPlane({ first, second, stage, places }: WalkPlaneProps) {
  const isOfPlaces = places.length >= fewest;
  const plane = useMemo(() => {
    const walks = [first, second].flatMap((walk) => walk.map(({ vector }) => vector));
    return principalPlane(isOfPlaces ? places.map(({ walk }) => walk.at(-1)!.vector) : walks);
  }, [isOfPlaces, isOfPlaces ? places : first, isOfPlaces ? places : second]);
  const walks = [first, second].map((walk) => walk.map(({ vector }) => onPlane(vector, plane)));
  const dots = places.map(({ sense, walk }) => ({ sense, point: onPlane(walk[stage]!.vector, plane) }));
  const centers = useMemo(() => senseCenters(places, stage), [places, stage]);
  const senses = centers.map(({ sense }) => sense);
  const all = [...walks.flat(), ...places.map(({ walk }) => onPlane(walk.at(-1)!.vector, plane))];
  const scale = scaleOf(all);
  const points = walks.map((walk) => walk.slice(0, stage + 1).map(scale));
  return (
    <figure class="walk">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label="The word's vector in both texts, stage by stage, on a plane"
      >
        {dots.map(({ sense, point }, i) => {
          const [x, y] = scale(point);
          return <path key={i} class="place" d={marks[senses.indexOf(sense) % marks.length]!(x, y)} />;
        })}
        {stage > 0 &&
          centers.map(({ sense, vector }) => {
            const [x, y] = scale(onPlane(vector, plane));
            return (
              <text key={sense} class="sense" x={x} y={y - 14} text-anchor="middle">
                {sense}
              </text>
            );
          })}
        {points.map((walk, i) => (
          <g key={i} class={i === 0 ? "first" : "second"}>
            <path d={`M ${walk.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(" L ")}`} />
            {walk.map(([x, y], k) =>
              i === 0 ? (
                <circle key={k} cx={x} cy={y} r={k === stage ? 7 : 4} />
              ) : (
                <rect
                  key={k}
                  x={x - (k === stage ? 6 : 3.5)}
                  y={y - (k === stage ? 6 : 3.5)}
                  width={k === stage ? 12 : 7}
                  height={k === stage ? 12 : 7}
                />
              ),
            )}
            <text
              x={walk.at(-1)![0] + (isLeftward(walk) ? -12 : 12)}
              y={walk.at(-1)![1] + 4}
              text-anchor={isLeftward(walk) ? "end" : "start"}
            >
              {i === 0 ? "your text" : "second text"}
            </text>
          </g>
        ))}
        <text class="start" x={points[0]![0]![0]} y={points[0]![0]![1] + 20} text-anchor="middle">
          start
        </text>
      </svg>
      <figcaption>
        Filled circles: your text; filled squares: the second one.{" "}
        {places.length > 0 &&
          `Small marks: the word at ${places.length} places of the corpus, at the same stage, a mark for each meaning (${senses.join(", ")}). `}
        The plane shows {percent(plane.share)} of how{" "}
        {isOfPlaces ? "the vectors of these places differ after the last layer." : "the vectors of both walks differ."}
      </figcaption>
    </figure>
  );
}

/** A mark for each meaning: a ring, a cross, a triangle, a diamond. */
const marks: ((x: number, y: number) => string)[] = [
  (x, y) => `M ${x - 4} ${y} a 4 4 0 1 0 8 0 a 4 4 0 1 0 -8 0`,
  (x, y) => `M ${x - 4} ${y - 4} l 8 8 M ${x - 4} ${y + 4} l 8 -8`,
  (x, y) => `M ${x} ${y - 5} l 5 9 h -10 z`,
  (x, y) => `M ${x} ${y - 5} l 5 5 l -5 5 l -5 -5 z`,
];

/** Whether a walk's last step went to the left: then its name stands there, off the way. */
function isLeftward(walk: readonly [number, number][]): boolean {
  return walk.length > 1 && walk.at(-1)![0] < walk.at(-2)![0];
}

/** Places on the picture: one scale for both directions, so that distances can be compared. */
function scaleOf(points: readonly [number, number][]): (point: [number, number]) => [number, number] {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]!));
  const middle = [xs!, ys!].map((values) => (Math.min(...values) + Math.max(...values)) / 2) as [number, number];
  const spans = [xs!, ys!].map((values) => Math.max(...values) - Math.min(...values)) as [number, number];
  const unit = Math.min((width - 4 * margin) / (spans[0] || 1), (height - 2 * margin) / (spans[1] || 1));
  const across = scaleLinear().domain([middle[0], middle[0] + 1]).range([width / 2, width / 2 + unit]); // biome-ignore format: one line an axis
  const down = scaleLinear().domain([middle[1], middle[1] + 1]).range([height / 2, height / 2 - unit]); // biome-ignore format: one line an axis
  return ([x, y]) => [across(x), down(y)];
}
