import { useMemo, useState } from "preact/hooks";
import { atSnapshot } from "../atSnapshot.js";
import { figure } from "../figures/figure.js";
import { WeightLegend } from "../figures/legends.js";
import { NumberSlider } from "../figures/numberSlider.js";
import { Section } from "../figures/section.js";
import type { Instrument } from "../instrument.js";
import { meanLoss } from "../meanLoss.js";
import { HeadGrid } from "./headGrid.js";
import { LossCurve } from "./training/lossCurve.js";
import { ScoresForming } from "./training/scoresForming.js";

/** Section 7: the same text, read by the model while it was learning. */
export function TrainingFromInside({ instrument }: { instrument: Instrument }) {
  return (
    <Section
      number={7}
      id="training"
      title="Training from inside"
      words={
        <>
          <p>
            At first all weights are random, and attention is nearly even: each token looks at all before it alike. Then
            the loss falls, and patterns form, layer by layer and head by head.
          </p>
          <p>The steps are spaced so that the first ones, in which most happens, are not missed.</p>
        </>
      }
    >
      <TrainingFigures instrument={instrument} />
    </Section>
  );
}

/** A slider over the weights that the page has from during a model's training, and what they make of the text. */
export function TrainingFigures({ instrument }: { instrument: Instrument }) {
  const { model } = instrument;
  if (model.snapshots.length > 0) return <Snapshots instrument={instrument} />;
  return (
    <>
      {model.run && <LossCurve run={model.run} step={undefined} />}
      <p class="note">
        This page has no weights from during the training of {model.name}. Train with{" "}
        <code>heed train --snapshots 20</code> and write the page again: then a slider stands here.
      </p>
    </>
  );
}

function Snapshots({ instrument }: { instrument: Instrument }) {
  const { engine, index, model, look, chosen, choose } = instrument;
  const steps = model.snapshots;
  const [wanted, setSnapshot] = useState(steps.length - 1);
  const snapshot = Math.min(wanted, steps.length - 1);
  const then = useMemo(
    () => atSnapshot(engine, index, snapshot, () => engine.look(index, look.text)),
    [engine, index, snapshot, look.text],
  );
  const loss = meanLoss(then);
  return (
    <>
      <NumberSlider
        name="step"
        value={snapshot}
        min={0}
        max={steps.length - 1}
        step={1}
        shown={steps[snapshot]!.toLocaleString("en")}
        onValue={setSnapshot}
      />
      {model.run && <LossCurve run={model.run} step={steps[snapshot]} />}
      {loss !== undefined && (
        <p class="line">
          Mean loss of your text at step {steps[snapshot]!.toLocaleString("en")}:{" "}
          <b class="snapshot-loss">{figure(loss)}</b> nats per token
        </p>
      )}
      <h3>Attention of your text at step {steps[snapshot]!.toLocaleString("en")}</h3>
      <HeadGrid look={then} config={model.config} chosen={chosen} onChoose={choose} />
      <WeightLegend />
      <ScoresForming instrument={instrument} snapshot={snapshot} />
    </>
  );
}
