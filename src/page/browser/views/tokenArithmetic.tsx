import { useMemo, useState } from "preact/hooks";
import { likeliest } from "../../../inspection/nextTokens.js";
import { arithmeticSheet } from "../../../inspection/sheet.js";
import { figure, percent, shownToken } from "../figures/figure.js";
import { NumberSlider } from "../figures/numberSlider.js";
import { moved } from "../figures/roving.js";
import { Section } from "../figures/section.js";
import type { Instrument } from "../instrument.js";
import { type SheetStep, sheetSteps } from "../sheetSums.js";
import { useReading } from "../useReading.js";
import { whatIfInterventions } from "../whatIf.js";
import { StepPanel } from "./arithmetic/stepPanel.js";
import { stepNames } from "./arithmetic/stepWords.js";
import { HeadPicker } from "./headPicker.js";

/** Section 3: what one head does for one token, number by number. */
export function TokenArithmetic({ instrument }: { instrument: Instrument }) {
  const { engine, index, model, look, cursor, chosen } = instrument;
  const { hiddenDim, numHeads } = model.config;
  const headDim = hiddenDim / numHeads;
  const { layer } = chosen;
  const head = typeof chosen.head === "number" ? chosen.head : 0;
  const [step, setStep] = useState<SheetStep>("vector");
  const [wide, setWide] = useState(0); // a component of the stream
  const [narrow, setNarrow] = useState(0); // one of the head
  const [selected, setSelected] = useState<number>();
  const [added, setAdded] = useState(0);
  const [temperature, setTemperature] = useState(1);

  const interventions = useMemo(
    () => whatIfInterventions({ layer, head, token: cursor, component: narrow, added, temperature }),
    [layer, head, cursor, narrow, added, temperature],
  );
  const changed = useReading(engine, index, look.text, { interventions });
  const now = interventions.length > 0 && changed ? changed.look : look;
  const sheet = useMemo(
    () => arithmeticSheet(model.model, now.capture, { layer, head, token: cursor }),
    [model, now, layer, head, cursor],
  );
  const heaviest = sheet.keys.reduce((best, key) => (key.weight > best.weight ? key : best)).index;
  const nameOf = (token: number) => shownToken(look.tokens[token]!.text);
  const onFollow = (to: SheetStep, component: number) => {
    setStep(to);
    if (isWide(to)) setWide(component);
    else setNarrow(component);
  };
  const at = sheetSteps.indexOf(step);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = moved(event.key, at, sheetSteps.length);
    if (to === undefined) return;
    event.preventDefault();
    setStep(sheetSteps[to]!);
    (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")[to]!.focus();
  };
  const word = <q>{nameOf(cursor)}</q>;
  return (
    <Section
      number={3}
      id="arithmetic"
      title={`The arithmetic of one token`}
      words={
        <>
          <p>
            This is the whole sum that one head works out for {word}, in eleven steps. Nothing is hidden: each number is
            made of numbers that you can follow to where they come from, down to the rows of the matrices.
          </p>
          <p>Go through the steps with the buttons, or with the arrow keys on the row of steps.</p>
          <p>
            Change a component of the query, or the temperature of softmax, and the model computes again: see what
            follows in every later step, and in the next word.
          </p>
        </>
      }
    >
      <HeadPicker instrument={instrument} />
      <div class="stepper">
        <button type="button" disabled={at === 0} onClick={() => setStep(sheetSteps[at - 1]!)}>
          ← Back
        </button>
        <div class="steps" role="tablist" aria-label="Steps" onKeyDown={onKeyDown}>
          {sheetSteps.map((name, i) => (
            <button
              key={name}
              id={`step-${name}`}
              type="button"
              role="tab"
              aria-selected={name === step}
              aria-controls="step-panel"
              tabIndex={name === step ? 0 : -1}
              onClick={() => setStep(name)}
            >
              <span class="hidden">{stepNames[name]}</span>
              <span aria-hidden="true">{i + 1}</span>
            </button>
          ))}
        </div>
        <button type="button" disabled={at === sheetSteps.length - 1} onClick={() => setStep(sheetSteps[at + 1]!)}>
          Next →
        </button>
      </div>
      <div id="step-panel" role="tabpanel" aria-labelledby={`step-${step}`}>
        <StepPanel
          look={now}
          model={model}
          sheet={sheet}
          step={step}
          temperature={temperature}
          component={isWide(step) ? wide : narrow}
          onComponent={isWide(step) ? setWide : setNarrow}
          selected={selected !== undefined && selected < sheet.keys.length ? selected : heaviest}
          onSelect={setSelected}
          onFollow={onFollow}
          nameOf={nameOf}
        />
      </div>
      <div class="what-if">
        <h3>What if?</h3>
        <NumberSlider
          name="component of the query"
          value={narrow}
          min={0}
          max={headDim - 1}
          step={1}
          shown={String(narrow)}
          onValue={setNarrow}
        />
        <NumberSlider
          name="add to it"
          id="query-change"
          value={added}
          min={-8}
          max={8}
          step={0.1}
          shown={figure(added)}
          onValue={setAdded}
        />
        <NumberSlider
          name="temperature of softmax"
          id="softmax-temperature"
          value={Math.log2(temperature)}
          min={-2}
          max={2}
          step={0.05}
          shown={figure(temperature)}
          onValue={(power) => setTemperature(2 ** power)}
        />
        <button
          type="button"
          disabled={interventions.length === 0}
          onClick={() => {
            setAdded(0);
            setTemperature(1);
          }}
        >
          As the model does it
        </button>
        <Follows before={look} after={now} instrument={instrument} layer={layer} head={head} />
      </div>
    </Section>
  );
}

const wideSteps: readonly SheetStep[] = ["vector", "norm", "joined", "projection", "residual"];
/** Whether a step is about vectors as wide as the stream, not as a head. */
const isWide = (step: SheetStep) => wideSteps.includes(step);

/** What a change does: to the weights of the row, and to the next word after the token. */
function Follows({
  before,
  after,
  instrument: { model, cursor },
  layer,
  head,
}: {
  before: Instrument["look"];
  after: Instrument["look"];
  instrument: Instrument;
  layer: number;
  head: number;
}) {
  const { vocabSize } = model.config;
  const rows = (before === after ? [before] : [before, after]).map(({ capture, tokens }) => {
    const start = (head * tokens.length + cursor) * tokens.length;
    const weights = capture.at(`blocks.${layer}.attention`, "weights").values.subarray(start, start + cursor + 1);
    const logits = capture.at("output", "logits").values.subarray(cursor * vocabSize, (cursor + 1) * vocabSize);
    return { weights, next: likeliest(logits, 3) };
  });
  const heaviest = (weights: Float32Array) =>
    Array.from(weights, (weight, i) => ({ weight, i }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 3);
  return (
    <table class="follows">
      <caption>What follows</caption>
      <thead>
        <tr>
          <th scope="col" />
          <th scope="col">it looks most at</th>
          <th scope="col">the next word would be</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ weights, next }, i) => (
          <tr key={i}>
            <th scope="row">{i === 0 ? "as it is" : "changed"}</th>
            <td>
              {heaviest(weights).map(({ weight, i: token }) => (
                <span key={token} class="item">
                  <q>{shownToken(before.tokens[token]!.text)}</q> {percent(weight)}
                </span>
              ))}
            </td>
            <td>
              {next.map(({ id, probability }) => (
                <span key={id} class="item">
                  <q>{shownToken(model.tokenizer.token(id))}</q> {percent(probability)}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
