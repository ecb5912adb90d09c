import { useMemo } from "preact/hooks";
import type { Capture } from "../../../inspection/capture.js";
import { weightColors } from "../drawing/matrixPicture.js";
import { pooledHeads } from "../drawing/pooled.js";
import { percent, shownToken } from "../figures/figure.js";
import { Formula, Op, Sym } from "../figures/formula.js";
import { WeightLegend } from "../figures/legends.js";
import { Section } from "../figures/section.js";
import { TokenLine } from "../figures/tokenLine.js";
import { useTheme } from "../figures/useTheme.js";
import type { ChosenHead, Instrument } from "../instrument.js";
import { AttentionArcs } from "./attentionArcs.js";
import { AttentionMatrix } from "./attentionMatrix.js";
import { HeadGrid } from "./headGrid.js";

/** Section 2: all heads as small matrices; one of them large, as arcs, and as a row. */
export function AttentionAtAGlance({ instrument }: { instrument: Instrument }) {
  return (
    <Section number={2} id="attention" title="Attention at a glance" words={<Words />} formula={<AttentionFormula />}>
      <AttentionFigures instrument={instrument} />
    </Section>
  );
}

/** The figures of the section, for one model. */
export function AttentionFigures({ instrument }: { instrument: Instrument }) {
  const { look, model, cursor, setCursor, chosen, choose } = instrument;
  const palette = useTheme();
  const weights = useMemo(() => matrixOf(look.capture, chosen, model.config.numHeads), [look, chosen, model]);
  const count = look.tokens.length;
  const row = weights.subarray(cursor * count, (cursor + 1) * count);
  const word = shownToken(look.tokens[cursor]!.text);
  return (
    <>
      <HeadGrid look={look} config={model.config} chosen={chosen} onChoose={choose} />
      <WeightLegend />
      <h3>{chosenName(chosen)}</h3>
      <AttentionMatrix
        weights={weights}
        tokens={look.tokens}
        cursor={cursor}
        onCursor={setCursor}
        name={chosenName(chosen)}
      />
      <h3>
        What <q>{word}</q> looks at
      </h3>
      <AttentionArcs tokens={look.tokens} cursor={cursor} weights={row} />
      <TokenLine
        tokens={look.tokens}
        cursor={cursor}
        onCursor={setCursor}
        label={`Weights of ${word}`}
        colors={(i) => (i <= cursor ? weightColors(palette, row[i]!) : undefined)}
        below={(i) => (i <= cursor ? percent(row[i]!) : "masked")}
        masked={(i) => i > cursor}
      />
    </>
  );
}

/** The weights of what is chosen, `[T, T]`. */
export function matrixOf(capture: Capture, { layer, head }: ChosenHead, numHeads: number): Float32Array {
  const { values, shape } = capture.at(`blocks.${layer}.attention`, "weights");
  if (typeof head === "string") return pooledHeads(values, numHeads, head);
  const size = shape[2]! * shape[3]!;
  return values.subarray(head * size, (head + 1) * size);
}

function chosenName({ layer, head }: ChosenHead): string {
  if (head === "mean") return `Layer ${layer}, mean of its heads`;
  if (head === "max") return `Layer ${layer}, largest of its heads`;
  return `Layer ${layer}, head ${head}`;
}

function Words() {
  return (
    <>
      <p>
        Each token asks a question (its query), and every token offers an answer to be found by (its key). How well they
        fit becomes a weight, and each row of weights sums to 1. Read a row: it tells what that token looked at.
      </p>
      <p>
        A token sees itself and what came before it. Later tokens are masked, which leaves the upper triangle empty. All
        rows are worked out at once, and no token is far away: the first is as near as the last, unless positions have
        taught a head to prefer one.
      </p>
      <p>
        Each layer has several heads, and each head looks in its own way. Layers and heads count from 0. Choose a small
        matrix to see it large.
      </p>
    </>
  );
}

function AttentionFormula() {
  return (
    <Formula>
      <Sym name="A" bold />
      <Op is="=" />
      <mi>softmax</mi>
      <mrow>
        <Op is="(" />
        <mfrac>
          <mrow>
            <Sym name="Q" bold />
            <msup>
              <Sym name="K" bold />
              <mi>T</mi>
            </msup>
          </mrow>
          <msqrt>
            <mi>d</mi>
          </msqrt>
        </mfrac>
        <Op is="+" />
        <Sym name="M" bold />
        <Op is=")" />
      </mrow>
    </Formula>
  );
}
