import { useCallback, useMemo, useState } from "preact/hooks";
import type { Engine } from "./engine.js";
import type { ChosenHead, Instrument } from "./instrument.js";
import { useReading } from "./useReading.js";
import { AttentionAtAGlance } from "./views/attentionAtAGlance.js";
import { Masthead } from "./views/masthead.js";
import { TextBar } from "./views/textBar.js";
import { TextToVectors } from "./views/textToVectors.js";

/** The whole page: one text, read by one model, in the order in which data flows through it. */
export function App({ engine }: { engine: Engine }) {
  const [text, setText] = useState(engine.texts[0]!);
  const [wanted, setCursor] = useState<number>();
  const [chosen, choose] = useState<ChosenHead>({ layer: 0, head: 0 });
  const { look, refusal } = useReading(engine, 0, text)!; // the page's own texts can be read
  const model = engine.models[0]!;
  const cursor = Math.min(wanted ?? look.tokens.length - 1, look.tokens.length - 1);
  const instrument: Instrument = useMemo(
    () => ({ engine, index: 0, model, look, cursor, setCursor, chosen, choose }),
    [engine, model, look, cursor, chosen],
  );
  const onText = useCallback((given: string) => setText(given), []);
  return (
    <>
      <a class="skip" href="#vectors">
        Skip to the first section
      </a>
      <Masthead engine={engine} />
      <TextBar instrument={instrument} text={text} refusal={refusal} onText={onText} />
      <main class={refusal === undefined ? "" : "stale"}>
        <TextToVectors instrument={instrument} />
        <AttentionAtAGlance instrument={instrument} />
      </main>
    </>
  );
}
