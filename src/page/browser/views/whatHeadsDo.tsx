import { useMemo, useState } from "preact/hooks";
import { ablateHead } from "../../../inspection/interventions.js";
import type { HeadInspection } from "../../../jobs/inspectHeads.js";
import { Section } from "../figures/section.js";
import type { Instrument } from "../instrument.js";
import { meanLoss } from "../meanLoss.js";
import { textScores } from "../textScores.js";
import { useReading } from "../useReading.js";
import { AblationEffect } from "./heads/ablationEffect.js";
import { HeadExamples } from "./heads/headExamples.js";
import { HeadProofs } from "./heads/headProofs.js";
import { HeadTable } from "./heads/headTable.js";

/** Section 4: what each head looks for, how that is known, and what goes missing without it. */
export function WhatHeadsDo({ instrument }: { instrument: Instrument }) {
  return (
    <Section
      number={4}
      id="heads"
      title="What heads do"
      words={
        <>
          <p>
            Heads specialise. Some look at the token before, some at the first token when there is nothing to look for,
            some find the word that a pronoun stands for.
          </p>
          <p>
            That a head looks somewhere does not prove that it matters. So heads are switched off, one at a time: if the
            model then predicts worse just where the relation is, and not elsewhere, the head has earned its label.
          </p>
          <p>Switch heads off yourself, and watch what the model makes of your text without them.</p>
        </>
      }
    >
      <HeadFigures instrument={instrument} />
    </Section>
  );
}

/** The figures of the section, for one model. */
export function HeadFigures({ instrument }: { instrument: Instrument }) {
  const { engine, index, model, look, chosen, choose } = instrument;
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState<{ text: string; changes: number[] }>();
  const inspection = model.heads as HeadInspection | undefined;
  const ofText = useMemo(
    () => (inspection || look.ids.length < 2 ? undefined : textScores(model, look)),
    [inspection, model, look],
  );
  const interventions = useMemo(
    () => [...off].map((name) => ablateHead(...(name.split(".").map(Number) as [number, number]))),
    [off],
  );
  const without = useReading(engine, index, look.text, { interventions });
  const toggle = (name: string) => {
    setOff((before) => {
      const next = new Set(before);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  };
  const tryEach = () => {
    const loss = meanLoss(look);
    if (loss === undefined) return;
    const { numLayers, numHeads } = model.config;
    const changes = Array.from({ length: numLayers * numHeads }, (_, i) => {
      const ablation = ablateHead(Math.floor(i / numHeads), i % numHeads);
      return meanLoss(engine.look(index, look.text, { interventions: [ablation], at: () => false }))! - loss;
    });
    setTried({ text: look.text, changes });
  };
  const scores = inspection?.heads ?? ofText;
  return (
    <>
      {scores ? (
        <HeadTable
          scores={scores}
          inspection={inspection}
          chosen={chosen}
          onChoose={choose}
          off={off}
          onToggle={toggle}
          changes={tried?.text === look.text ? tried.changes : undefined}
        />
      ) : (
        <p class="note">Scores need a text of 2 tokens or more.</p>
      )}
      {inspection && <HeadProofs inspection={inspection} />}
      <h3>Switch them off</h3>
      <div class="write-on">
        <button type="button" disabled={look.losses.length === 0} onClick={tryEach}>
          Switch each head off once
        </button>
        <button type="button" disabled={off.size === 0} onClick={() => setOff(new Set())}>
          All heads on
        </button>
      </div>
      <AblationEffect model={model} before={look} after={without && off.size > 0 ? without.look : look} off={off} />
      <HeadExamples instrument={instrument} />
    </>
  );
}
