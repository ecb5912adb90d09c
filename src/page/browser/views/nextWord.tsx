import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Random } from "../../../core/random.js";
import type { Choice } from "../../../generation/filters.js";
import { choose, drawNoise } from "../../../generation/sampler.js";
import { likeliest } from "../../../inspection/nextTokens.js";
import { figure } from "../figures/figure.js";
import { Formula, Op, Sym } from "../figures/formula.js";
import { NumberSlider } from "../figures/numberSlider.js";
import { Section } from "../figures/section.js";
import type { Instrument } from "../instrument.js";
import { LensTable } from "./next/lensTable.js";
import { NextTable } from "./next/nextTable.js";
import { WhoSpoke } from "./next/whoSpoke.js";

/** Section 6: what may come next, who spoke for it, since when the model knows it, and writing on. */
export function NextWord({ instrument }: { instrument: Instrument }) {
  return (
    <Section number={6} id="next" title="The next word" words={<Words />} formula={<NextFormula />}>
      <NextFigures instrument={instrument} />
    </Section>
  );
}

/** Time between written tokens, in milliseconds: slow enough to follow. */
const pace = 220;

/** The figures of the section, for one model. */
export function NextFigures({ instrument, canWrite = true }: { instrument: Instrument; canWrite?: boolean }) {
  const { look, model } = instrument;
  const [choice, setChoice] = useState<Choice>({ temperature: 0.8, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 });
  const [wanted, setWanted] = useState<number>();
  const first = useMemo(() => likeliest(look.logits, 1)[0]!.id, [look]);
  const token = wanted ?? first;
  return (
    <>
      <div class="controls">
        <NumberSlider
          name="temperature"
          value={choice.temperature}
          min={0}
          max={2}
          step={0.05}
          shown={figure(choice.temperature)}
          onValue={(temperature) => setChoice({ ...choice, temperature })}
        />
        <NumberSlider
          name="top-k"
          value={choice.topK}
          min={0}
          max={Math.min(50, model.config.vocabSize)}
          step={1}
          shown={choice.topK === 0 ? "all" : `${choice.topK}`}
          onValue={(topK) => setChoice({ ...choice, topK })}
        />
        <NumberSlider
          name="top-p"
          value={choice.topP}
          min={0.05}
          max={1}
          step={0.05}
          shown={choice.topP === 1 ? "all" : figure(choice.topP)}
          onValue={(topP) => setChoice({ ...choice, topP })}
        />
      </div>
      <NextTable look={look} model={model} choice={choice} token={token} onToken={setWanted} />
      {canWrite && <WriteOn instrument={instrument} choice={choice} />}
      <WhoSpoke look={look} model={model} token={token} />
      <LensTable look={look} model={model} token={token} />
    </>
  );
}

/** Draws tokens and appends them to the text. */
function WriteOn({ instrument: { look, model, setText }, choice }: { instrument: Instrument; choice: Choice }) {
  const [left, setLeft] = useState(0);
  const [seed, setSeed] = useState(1);
  const random = useRef(new Random(seed, "page"));
  const isFull = look.tokens.length >= model.config.contextLength;
  const write = () => {
    const noise = new Float32Array(look.logits.length);
    drawNoise(noise, choice.temperature, random.current);
    setText(look.text + model.tokenizer.token(choose(look.logits, noise, choice)));
  };
  useEffect(() => {
    if (left === 0 || isFull) return;
    const timer = setTimeout(() => {
      write();
      setLeft(left - 1);
    }, pace);
    return () => clearTimeout(timer);
  }, [left, look, isFull]);
  const isWriting = left > 0 && !isFull;
  return (
    <div class="write-on">
      <button type="button" disabled={isWriting || isFull} onClick={write}>
        Write one token
      </button>
      <button type="button" disabled={isFull} onClick={() => setLeft(isWriting ? 0 : 30)}>
        {isWriting ? "Stop" : "Write on"}
      </button>
      <label>
        seed{" "}
        <input
          type="number"
          min={0}
          value={seed}
          onChange={(event) => {
            const chosen = Math.max(0, Math.floor(Number(event.currentTarget.value)));
            setSeed(chosen);
            random.current = new Random(chosen, "page");
          }}
        />
      </label>
      <span class="note">
        {isFull ? "The text fills the context." : "What is written is added to your text above."}
      </span>
    </div>
  );
}

function Words() {
  return (
    <>
      <p>
        The last token’s vector is compared with every word that the model knows: that gives a score for each, its
        logit. Softmax turns scores into chances.
      </p>
      <p>
        Temperature divides the scores first: low makes the likeliest word likelier still, high evens them out. Top-k
        keeps so many words, top-p so much chance; the rest can’t be drawn.
      </p>
      <p>
        Since every part of the model only adds to the stream, a score is a sum, too: choose a word and see which part
        spoke for it (blue) or against it (orange), and what the model would have said had it stopped earlier.
      </p>
    </>
  );
}

function NextFormula() {
  return (
    <Formula>
      <Sym name="p" below="i" />
      <Op is="=" />
      <mfrac>
        <Power of="i" />
        <mrow>
          <munder>
            <mo>∑</mo>
            <mi>j</mi>
          </munder>
          <Power of="j" />
        </mrow>
      </mfrac>
    </Formula>
  );
}

/** `e^(z / τ)` of one token. */
function Power({ of }: { of: string }) {
  return (
    <msup>
      <mi>e</mi>
      <mrow>
        <Sym name="z" below={of} />
        <Op is="/" />
        <mi>τ</mi>
      </mrow>
    </msup>
  );
}
