import { scaleLinear } from "d3-scale";
import { useMemo } from "preact/hooks";
import { percent } from "../../figures/figure.js";
import { onPlane, principalPlane } from "../../principalDirections.js";
import type { WordWalk } from "../../wordWalk.js";

export interface WalkPlaneProps {
  first: readonly WordWalk[];
  second: readonly WordWalk[];
  /** How far the walks are drawn. */
  stage: number;
  /** The word's walks in other texts. */
  elsewhere: readonly (readonly WordWalk[])[];
}

const [width, height, margin] = [640, 400, 36];

/** Two walks on the plane in which all the word's vectors differ most. */
export function WalkPlane({ first, second, stage, elsewhere }: WalkPlaneProps) {
  const plane = useMemo(
    () => principalPlane([first, second, ...elsewhere].flatMap((walk) => walk.map(({ vector }) => vector))),
    [first, second, elsewhere],
  );
  const walks = [first, second].map((walk) => walk.map(({ vector }) => onPlane(vector, plane)));
  const others = elsewhere.map((walk) => onPlane(walk[stage]!.vector, plane));
  const all = [...walks.flat(), ...others];
  const scale = scaleOf(all);
  const points = walks.map((walk) => walk.slice(0, stage + 1).map(scale));
  return (
    <figure class="walk">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label="The word's vector in both texts, stage by stage, on a plane"
      >
        {others.map((point, i) => {
          const [x, y] = scale(point);
          return <circle key={i} cx={x} cy={y} r={4} class="elsewhere" />;
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
        Circles: your text; squares: the second one
        {others.length > 0 && (
          <>; small dots: the word in this page’s {others.length === 1 ? "example" : "examples"}, at the same stage</>
        )}
        . The plane shows {percent(plane.share)} of how these vectors differ.
      </figcaption>
    </figure>
  );
}

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
