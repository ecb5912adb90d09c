import { useMemo } from "preact/hooks";
import { firstVectors } from "../embeddings.js";
import { shownToken } from "../figures/figure.js";
import { Formula, Op, Sym } from "../figures/formula.js";
import { Heat, mostOf } from "../figures/heat.js";
import { SignedLegend } from "../figures/legends.js";
import { Section } from "../figures/section.js";
import { TokenLine } from "../figures/tokenLine.js";
import { VectorStrip } from "../figures/vectorStrip.js";
import type { Instrument } from "../instrument.js";
import { ThreeVectors } from "./threeVectors.js";

/** Section 1: tokens, their ids, their vectors and positions, and what a vector can tell. */
export function TextToVectors({ instrument }: { instrument: Instrument }) {
  const { look, model, cursor, setCursor } = instrument;
  const width = model.config.hiddenDim;
  const { raw, position, sum } = useMemo(() => firstVectors(look.capture, cursor, width), [look, cursor, width]);
  const token = look.tokens[cursor]!;
  const most = mostOf(raw, position ?? raw, sum);
  const all = look.capture.at("dropout").values;
  const name = <q>{shownToken(token.text)}</q>;
  return (
    <Section
      number={1}
      id="vectors"
      title="Text, tokens, vectors"
      words={<Words hasPosition={position !== undefined} />}
      formula={<VectorFormula hasPosition={position !== undefined} />}
    >
      <h3>Tokens and their ids</h3>
      <TokenLine
        tokens={look.tokens}
        cursor={cursor}
        onCursor={setCursor}
        label="Tokens with ids"
        below={(i) => `${look.ids[i]}`}
      />
      <h3>The vector of {name}</h3>
      <div class="vectors">
        <VectorStrip name={<>row {token.id} of the embedding</>} values={raw} most={most} />
        {position && <VectorStrip name={<>+ position {cursor}</>} values={position} most={most} />}
        {position && <VectorStrip name="= what the first layer is given" values={sum} most={most} />}
      </div>
      <SignedLegend />
      <h3>All tokens at once</h3>
      <figure class="all-vectors">
        <div class="field-box">
          <Heat values={all} rows={look.tokens.length} columns={width} scale={{ most: mostOf(all) }} class="field" />
          <span
            class="marker"
            style={{ top: `${(100 * cursor) / look.tokens.length}%`, height: `${100 / look.tokens.length}%` }}
          />
        </div>
        <figcaption>
          A row for each of the {look.tokens.length} tokens, a column for each of the {width} components; {name} is
          framed. From here on, the model works on all rows at the same time.
        </figcaption>
      </figure>
      <ThreeVectors instrument={instrument} />
    </Section>
  );
}

function Words({ hasPosition }: { hasPosition: boolean }) {
  return (
    <>
      <p>
        A model computes with numbers, so the text is cut into tokens, and each token has an id. The id picks a row of a
        table, the embedding: the token’s raw vector. It is the same in every text.
      </p>
      {hasPosition && <p>The order of words would be lost, so each place has a vector of its own, and it is added.</p>}
      <p>Choose a token with the pointer or with the arrow keys, here or above. Every section then speaks of it.</p>
    </>
  );
}

function VectorFormula({ hasPosition }: { hasPosition: boolean }) {
  return (
    <Formula>
      <Sym name="x" below="t" bold />
      <Op is="=" />
      <Sym name="E" bold />
      <Op is="[" />
      <Sym name="id" below="t" />
      <Op is="]" />
      {hasPosition && (
        <>
          <Op is="+" />
          <Sym name="P" bold />
          <Op is="[" />
          <mi>t</mi>
          <Op is="]" />
        </>
      )}
    </Formula>
  );
}
