import { useCallback, useMemo, useState } from "preact/hooks";
import { noneFound } from "../../inspection/relationScores.js";
import type { HeadInspection } from "../../jobs/inspectHeads.js";
import type { Engine, Look } from "./engine.js";
import { Lagging } from "./figures/lagging.js";
import type { ChosenHead, Instrument } from "./instrument.js";
import { useReading } from "./useReading.js";
import { AttentionAtAGlance } from "./views/attentionAtAGlance.js";
import { Masthead } from "./views/masthead.js";
import { NextWord } from "./views/nextWord.js";
import { TextBar } from "./views/textBar.js";
import { TextToVectors } from "./views/textToVectors.js";
import { TokenArithmetic } from "./views/tokenArithmetic.js";
import { TrainingFromInside } from "./views/trainingFromInside.js";
import { TwoModels } from "./views/twoModels.js";
import { TwoSentences } from "./views/twoSentences.js";
import { WhatHeadsDo } from "./views/whatHeadsDo.js";

/** In the order in which data flows. */
const sections = [
  TextToVectors,
  AttentionAtAGlance,
  TokenArithmetic,
  WhatHeadsDo,
  TwoSentences,
  NextWord,
  TrainingFromInside,
  TwoModels,
];

/** The whole page: one text, read by one model, in the order in which data flows through it. */
export function App({ engine }: { engine: Engine }) {
  const [{ text, isTyped }, setSource] = useState({ text: engine.texts[0]!, isTyped: false });
  const setText = useCallback((text: string) => setSource({ text, isTyped: false }), []);
  const setTyped = useCallback((text: string) => setSource({ text, isTyped: true }), []);
  const [wanted, setCursor] = useState<number>();
  const [chosen, choose] = useState(() => firstHead(engine));
  const { look, refusal } = useReading(engine, 0, text)!; // the page's own texts can be read
  const model = engine.models[0]!;
  const cursor = Math.min(wanted ?? lastWord(look), look.tokens.length - 1);
  const instrument: Instrument = useMemo(
    () => ({ engine, index: 0, model, look, setText, cursor, setCursor, chosen, choose }),
    [engine, model, look, setText, cursor, chosen],
  );
  return (
    <>
      <a class="skip" href="#vectors">
        Skip to the first section
      </a>
      <Masthead engine={engine} />
      <TextBar
        instrument={instrument}
        text={text}
        isTyped={isTyped}
        refusal={refusal}
        onTyped={setTyped}
        onText={setText}
      />
      <main class={refusal === undefined ? "" : "stale"}>
        {sections.map((Part) => (
          <Lagging key={Part.name} value={instrument}>
            {(settled) => <Part instrument={settled} />}
          </Lagging>
        ))}
      </main>
    </>
  );
}

/** The last token with a letter, or simply the last. */
function lastWord({ tokens }: Look): number {
  const last = tokens.findLastIndex(({ text }) => /\p{L}/u.test(text));
  return last < 0 ? tokens.length - 1 : last;
}

/** A head of which the page knows what it does, or simply the first. */
function firstHead({ models: [model] }: Engine): ChosenHead {
  const known = (model!.heads as HeadInspection | undefined)?.heads.find(({ label }) => label !== noneFound);
  return known ? { layer: known.layer, head: known.head } : { layer: 0, head: 0 };
}
