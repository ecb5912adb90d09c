import { scaleLinear } from "d3-scale";
import { useEffect, useState } from "preact/hooks";
import { type HeadScores, headScores } from "../../../../inspection/headScores.js";
import { atSnapshot } from "../../atSnapshot.js";
import type { Instrument } from "../../instrument.js";

const scores = {
  previousToken: "token before",
  firstToken: "first token",
  duplicateToken: "same token",
  induction: "induction",
} as const;
type ScoreName = keyof typeof scores;

/** The scores of all heads at every snapshot: measured one snapshot after the other, when asked for. */
export function ScoresForming({ instrument, snapshot }: { instrument: Instrument; snapshot: number }) {
  const { engine, index, model, look, chosen } = instrument;
  const [measured, setMeasured] = useState<{ text: string; heads: HeadScores[][] }>();
  const heads = measured?.text === look.text ? measured.heads : undefined;
  const isMeasuring = heads !== undefined && heads.length < model.snapshots.length;
  useEffect(() => {
    if (!isMeasuring) return;
    const timer = setTimeout(() => {
      const next = atSnapshot(engine, index, heads.length, () => headScores(model.model, [look.ids]));
      setMeasured({ text: look.text, heads: [...heads, next] });
    });
    return () => clearTimeout(timer);
  }, [isMeasuring, heads, engine, index, model, look]);
  const name = typeof chosen.head === "number" ? `L${chosen.layer} H${chosen.head}` : undefined;
  return (
    <>
      <h3>What heads learn, and when</h3>
      {heads === undefined ? (
        <button
          type="button"
          disabled={look.ids.length < 2}
          onClick={() => setMeasured({ text: look.text, heads: [] })}
        >
          Measure all heads at every snapshot
        </button>
      ) : (
        <>
          <div class="forming" aria-busy={isMeasuring}>
            {(Object.keys(scores) as ScoreName[]).map((score) => (
              <ScoreLines
                key={score}
                score={score}
                steps={model.snapshots}
                heads={heads}
                at={snapshot}
                bold={typeof chosen.head === "number" ? chosen.layer * model.config.numHeads + chosen.head : undefined}
              />
            ))}
          </div>
          <p class="note">
            A line for each head, over the snapshots from step 0 to {model.snapshots.at(-1)!.toLocaleString("en")}
            {name && <>; bold is {name}, chosen above</>}. On your text; induction on random tokens that repeat.
          </p>
        </>
      )}
    </>
  );
}

const [width, height, margin] = [300, 150, 38];

interface ScoreLinesProps {
  score: ScoreName;
  steps: readonly number[];
  heads: readonly (readonly HeadScores[])[];
  at: number;
  bold: number | undefined;
}

function ScoreLines({ score, steps, heads, at, bold }: ScoreLinesProps) {
  const values = heads.map((all) => all.map((head) => head[score] ?? 0));
  const most = Math.max(0.05, ...values.flat());
  const x = scaleLinear().domain([0, Math.max(1, steps.length - 1)]).range([margin, width - 8]); // biome-ignore format: one line an axis
  const y = scaleLinear()
    .domain([0, most])
    .range([height - 18, 10]);
  const count = values[0]?.length ?? 0;
  const line = (head: number) =>
    `M ${values.map((all, i) => `${x(i).toFixed(1)} ${y(all[head]!).toFixed(1)}`).join(" L ")}`;
  return (
    <figure>
      <h4>{scores[score]}</h4>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${scores[score]}, all heads, at every snapshot`}>
        <line class="grid" x1={margin} x2={width} y1={y(0)} y2={y(0)} />
        <text x={margin - 6} y={y(0) + 4} text-anchor="end">
          0
        </text>
        <text x={margin - 6} y={y(most) + 4} text-anchor="end">
          {most.toFixed(2)}
        </text>
        <line class="at" x1={x(at)} x2={x(at)} y1={10} y2={height - 18} />
        {Array.from({ length: count }, (_, head) => (
          <path key={head} class={head === bold ? "validation" : "train"} d={line(head)} />
        ))}
      </svg>
    </figure>
  );
}
