import { scaleLinear, scaleSymlog } from "d3-scale";
import type { PageRun } from "../../../payload.js";
import { figure } from "../../figures/figure.js";

const [width, height] = [640, 240];
const margin = { left: 44, right: 12, top: 12, bottom: 32 };

/** How the loss fell, over steps spaced by their logarithm; and where the step looked at is. */
export function LossCurve({ run, step }: { run: PageRun; step: number | undefined }) {
  const all = [...run.trainLoss, ...run.valLoss];
  if (all.length === 0) return null;
  const last = Math.max(...all.map(([at]) => at));
  const most = Math.max(...all.map(([, loss]) => loss));
  const x = scaleSymlog()
    .constant(10)
    .domain([0, last])
    .range([margin.left, width - margin.right]);
  const y = scaleLinear().domain([0, most]).nice().range([height - margin.bottom, margin.top]); // biome-ignore format: as above
  const path = (points: PageRun["trainLoss"]) =>
    points.length === 0
      ? ""
      : `M ${points.map(([at, loss]) => `${x(at).toFixed(1)} ${y(loss).toFixed(1)}`).join(" L ")}`;
  const ticks = [0, 1, 10, 100, 1000, 10_000, 100_000].filter((tick) => tick <= last);
  return (
    <figure class="curve">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Loss over ${last} steps, from ${figure(all[0]![1])} to ${figure(all.at(-1)![1])} nats`}
      >
        {y.ticks(4).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
            <text x={margin.left - 8} y={y(tick) + 4} text-anchor="end">
              {tick}
            </text>
          </g>
        ))}
        {ticks.map((tick) => (
          <text key={tick} x={x(tick)} y={height - 10} text-anchor="middle">
            {tick.toLocaleString("en")}
          </text>
        ))}
        <path class="train" d={path(run.trainLoss)} />
        <path class="validation" d={path(run.valLoss)} />
        {step !== undefined && (
          <line class="at" x1={x(step)} x2={x(step)} y1={margin.top} y2={height - margin.bottom} />
        )}
      </svg>
      <figcaption>
        Loss in nats per token, by steps: thin while training
        {run.valLoss.length > 0 && ", bold on the held-out text"}.
      </figcaption>
    </figure>
  );
}
