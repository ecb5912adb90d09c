import type { ComponentType } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Section } from "../figures/section.js";
import type { ChosenHead, Instrument } from "../instrument.js";
import { useReading } from "../useReading.js";
import { AttentionFigures } from "./attentionAtAGlance.js";
import { NextFigures } from "./nextWord.js";
import { TrainingFigures } from "./trainingFromInside.js";
import { HeadFigures } from "./whatHeadsDo.js";

/** Section 8: attention, heads and the next word of two models, side by side. */
export function TwoModels({ instrument }: { instrument: Instrument }) {
  const { models } = instrument.engine;
  return (
    <Section
      number={8}
      id="two-models"
      title="Two models"
      words={
        <p>
          The same text, read by two models: one head against eight, say, or a model that was trained for longer. Where
          do they look, what do their heads do, and what does each say next?
        </p>
      }
    >
      {models.length > 1 ? (
        <SideBySide instrument={instrument} />
      ) : (
        <p class="note">
          This page has one model. <code>heed page --checkpoint models/one --compare models/other</code> writes a page
          of two.
        </p>
      )}
    </Section>
  );
}

/** Of a model that has snapshots: the other's note would say twice what section 7 says. */
const Training = ({ instrument }: { instrument: Instrument }) =>
  instrument.model.snapshots.length > 0 ? <TrainingFigures instrument={instrument} /> : null;

const compared: [string, ComponentType<{ instrument: Instrument }>][] = [
  ["Attention", AttentionFigures],
  ["Heads", HeadFigures],
  ["The next word", ({ instrument }) => <NextFigures instrument={instrument} canWrite={false} />],
];
const withTraining: typeof compared = [...compared, ["Training", Training]];

function SideBySide({ instrument }: { instrument: Instrument }) {
  const { engine, look, cursor } = instrument;
  const [chosen, choose] = useState<ChosenHead>({ layer: 0, head: 0 });
  const reading = useReading(engine, 1, look.text);
  const other: Instrument | undefined = useMemo(
    () =>
      reading && {
        ...instrument,
        index: 1,
        model: engine.models[1]!,
        look: reading.look,
        cursor: Math.min(cursor, reading.look.tokens.length - 1),
        chosen,
        choose,
      },
    [instrument, engine, reading, cursor, chosen],
  );
  if (!other) return null;
  return (
    <>
      {reading?.refusal !== undefined && <p class="refusal">{reading.refusal}</p>}
      {(engine.models[1]!.snapshots.length > 0 ? withTraining : compared).map(([name, Figures]) => (
        <div key={name} class="versus">
          {[instrument, other].map((one) => (
            <section key={one.index} aria-label={`${name}, ${one.model.name}`}>
              <h3>
                {name}: {one.model.name}
              </h3>
              <Figures instrument={one} />
            </section>
          ))}
        </div>
      ))}
    </>
  );
}
