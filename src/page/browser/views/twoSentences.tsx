import { useEffect, useMemo, useState } from "preact/hooks";
import { cosine, distanceBetween } from "../../../core/vectors.js";
import type { Engine, Look } from "../engine.js";
import { figure, shownToken } from "../figures/figure.js";
import { Formula, Op, Sym } from "../figures/formula.js";
import { NumberSlider } from "../figures/numberSlider.js";
import { Section } from "../figures/section.js";
import { TokenLine } from "../figures/tokenLine.js";
import type { Instrument } from "../instrument.js";
import { type KnownPlace, knownPlace } from "../knownPlaces.js";
import { useReading } from "../useReading.js";
import { wordWalk } from "../wordWalk.js";
import { SenseTable } from "./walk/senseTable.js";
import { WalkPlane } from "./walk/walkPlane.js";

/** Section 5: one word in two texts, and where its vector goes in each. */
export function TwoSentences({ instrument }: { instrument: Instrument }) {
  const { engine, index, model, look, cursor, setCursor } = instrument;
  const id = look.ids[cursor]!;
  const word = shownToken(look.tokens[cursor]!.text);
  const [typed, setTyped] = useState<string>();
  const [picked, setPicked] = useState<{ id: number; token: number }>();
  const [stage, setStage] = useState<number>();
  const suggested = useMemo(() => otherText(engine, index, look, id), [engine, index, look, id]);
  const text = typed ?? suggested ?? engine.texts.find((one) => one !== look.text) ?? look.text;
  const reading = useReading(engine, index, text);
  const other = reading?.look;
  const found = other ? occurrencesOf(other, id) : [];
  const token = picked?.id === id && other && picked.token < other.tokens.length ? picked.token : found[0];
  const first = useMemo(() => wordWalk(look, cursor, model), [look, cursor, model]);
  const second = useMemo(
    () => (other && token !== undefined ? wordWalk(other, token, model) : undefined),
    [other, token, model],
  );
  const places = useKnownPlaces(engine, index, word);
  const shown = Math.min(stage ?? first.length - 1, first.length - 1);
  return (
    <Section
      number={5}
      id="two-sentences"
      title="A word in two sentences"
      words={<Words />}
      formula={<DistanceFormula />}
    >
      <div class="two-texts">
        <div>
          <h4>Your text</h4>
          <TokenLine tokens={look.tokens} cursor={cursor} onCursor={setCursor} label="Your text" />
        </div>
        <div>
          <h4>
            <label for="second-text">A second text</label>
          </h4>
          <textarea
            id="second-text"
            rows={2}
            spellcheck={false}
            value={text}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          {reading?.refusal !== undefined && <p class="refusal">{reading.refusal}</p>}
          {other && (
            <TokenLine
              tokens={other.tokens}
              cursor={token ?? 0}
              onCursor={(chosen) => setPicked({ id, token: chosen })}
              label="The second text"
            />
          )}
        </div>
      </div>
      {second && other && token !== undefined ? (
        <>
          <h3>
            Where <q>{word}</q>{" "}
            {other.ids[token] === id ? (
              "goes in each"
            ) : (
              <>
                and <q>{shownToken(other.tokens[token]!.text)}</q> go
              </>
            )}
          </h3>
          <NumberSlider
            name="how far"
            value={shown}
            min={0}
            max={first.length - 1}
            step={1}
            shown={first[shown]!.stage}
            onValue={setStage}
          />
          <WalkPlane first={first} second={second} stage={shown} places={places} />
          <table class="walk-table">
            <caption class="hidden">How far apart the two are, stage by stage</caption>
            <thead>
              <tr>
                <th scope="col">stage</th>
                <th scope="col">distance</th>
                <th scope="col">cosine</th>
              </tr>
            </thead>
            <tbody>
              {first.map((one, i) => (
                <tr key={one.stage} class={i === shown ? "now" : ""}>
                  <th scope="row">{one.stage}</th>
                  <td>{figure(distanceBetween(one.vector, second[i]!.vector))}</td>
                  <td>{figure(cosine(one.vector, second[i]!.vector))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <p class="note">
          The second text has no <q>{word}</q>: type one that has, or choose a token in it to compare.
        </p>
      )}
      <SenseTable senses={model.senses} />
    </Section>
  );
}

function occurrencesOf({ ids }: Look, id: number): number[] {
  return [...ids.keys()].filter((i) => ids[i] === id);
}

/** An example, another than the text, that has the token: of the page's texts, or of the corpus. */
function otherText(engine: Engine, index: number, { text }: Look, id: number): string | undefined {
  const { tokenizer, senses } = engine.models[index]!;
  const examples = [...engine.texts, ...(senses?.places ?? []).map((place) => place.text)];
  return examples.find((one) => one !== text && tokenizer.encodePrompt(one).ids.includes(id));
}

/** The word's walks at the places of the corpus that the page knows: read one after the other, so that nothing waits. */
function useKnownPlaces(engine: Engine, index: number, word: string): readonly KnownPlace[] {
  const [read, setRead] = useState<{ word: string; places: readonly KnownPlace[] }>({ word, places: [] });
  const all = useMemo(
    () => (engine.models[index]!.senses?.places ?? []).filter((place) => place.word === word.toLowerCase()),
    [engine, index, word],
  );
  const places = read.word === word ? read.places : [];
  useEffect(() => {
    if (places.length === all.length) return;
    const timer = setTimeout(() =>
      setRead({ word, places: [...places, knownPlace(engine, index, all[places.length]!)] }),
    );
    return () => clearTimeout(timer);
  }, [engine, index, word, all, places]);
  return places.length === all.length ? places : none;
}

const none: readonly KnownPlace[] = [];

function Words() {
  return (
    <>
      <p>
        A word with two meanings has one raw vector: a bat is a bat. Layer by layer it takes in what stands around it,
        and its vector walks: where the two sentences mean different things by it, it can end in different places.
      </p>
      <p>
        The picture shows the plane in which the word’s vectors differ most, over its places in the corpus where the
        page knows them. Distances in the table are true ones, in all components.
      </p>
    </>
  );
}

function DistanceFormula() {
  return (
    <Formula>
      <mi>d</mi>
      <Op is="=" />
      <Op is="|" />
      <Sym name="a" bold />
      <Op is="−" />
      <Sym name="b" bold />
      <Op is="|" />
      <mtext>,&nbsp;</mtext>
      <mi>cos</mi>
      <Op is="=" />
      <mfrac>
        <mrow>
          <Sym name="a" bold />
          <Op is="·" />
          <Sym name="b" bold />
        </mrow>
        <mrow>
          <Op is="|" />
          <Sym name="a" bold />
          <Op is="|" />
          <Op is="|" />
          <Sym name="b" bold />
          <Op is="|" />
        </mrow>
      </mfrac>
    </Formula>
  );
}
