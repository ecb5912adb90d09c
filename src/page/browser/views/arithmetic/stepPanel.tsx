import { type ComponentChildren, Fragment } from "preact";
import { useState } from "preact/hooks";
import type { Sheet } from "../../../../inspection/sheet.js";
import type { EngineModel, Look } from "../../engine.js";
import { figure } from "../../figures/figure.js";
import { Formula, Op, Sym } from "../../figures/formula.js";
import { ComponentSlider, PickableStrip } from "../../figures/pickableStrip.js";
import {
  inputTrace,
  outputTrace,
  type Projected,
  partName,
  partTrace,
  productTrace,
  projectedTrace,
  residualTrace,
  type SheetStep,
  sumTrace,
} from "../../sheetSums.js";
import { KeyTable } from "./keyTable.js";
import { TraceView } from "./traceView.js";

export interface StepPanelProps {
  look: Look;
  model: EngineModel;
  sheet: Sheet;
  step: SheetStep;
  temperature: number;
  component: number;
  onComponent(component: number): void;
  selected: number;
  onSelect(token: number): void;
  onFollow(step: SheetStep, component: number): void;
  nameOf(token: number): string;
}

export const stepNames: Record<SheetStep, string> = {
  vector: "The token’s vector",
  norm: "The norm",
  query: "Query, key, value",
  products: "The query against every key",
  division: "Divided by √d",
  mask: "The mask",
  softmax: "Softmax",
  sum: "The weighted sum of values",
  joined: "The heads joined",
  projection: "The output projection",
  residual: "Back into the stream",
};

/** One step of the sheet: what happens, the formula, the numbers, and where the chosen one comes from. */
export function StepPanel(props: StepPanelProps) {
  const { step } = props;
  const Body = bodies[step];
  return (
    <>
      <h3>{stepNames[step]}</h3>
      <p>{words[step]}</p>
      <Formula>{formulas[step]}</Formula>
      <Body {...props} />
    </>
  );
}

const words: Record<SheetStep, string> = {
  vector:
    "What the layer is given: the word’s raw vector, its position, and all that the layers before have added to it.",
  norm: "The vector is brought to one scale, so that no word is louder than another, and each component gets a gain.",
  query:
    "Three matrices make three vectors of it: a query (what am I looking for?), a key (what can I be found by?) and a value (what do I give?). Each head has its own.",
  products:
    "The query is multiplied with every token’s key, component by component, and summed: the more they agree, the more it is.",
  division: "A sum over more components is larger, so it is divided by the root of their number.",
  mask: "Tokens that come later are taken out: −10⁹ is added to their scores, and nothing is left of them.",
  softmax:
    "Each score becomes e to its power, divided by the sum of all: weights from 0 to 1 that sum to 1. (The highest score is taken off first; it changes no weight.)",
  sum: "Each token’s value, times its weight, summed: that is what this head has read for this token.",
  joined: "All heads have done the same, each with matrices of its own. Their outputs are written one after the other.",
  projection:
    "One more matrix mixes what the heads have read and makes it as wide as the stream. Each head has its rows of the matrix.",
  residual: "The result is added to what came in. The token’s vector is now one that knows its context.",
};

const formulas: Record<SheetStep, ComponentChildren> = {
  vector: sumOf("x", "E", "P", "Δ"),
  norm: (
    <>
      <Sym name="n" bold />
      <Op is="=" />
      <Sym name="g" bold />
      <Op is="·" />
      <mfrac>
        <mrow>
          <Sym name="x" bold />
          <Op is="−" />
          <mi>μ</mi>
        </mrow>
        <msqrt>
          <msup>
            <mi>σ</mi>
            <mn>2</mn>
          </msup>
          <Op is="+" />
          <mi>ε</mi>
        </msqrt>
      </mfrac>
      <Op is="+" />
      <Sym name="b" bold />
    </>
  ),
  query: (
    <>
      {["q", "k", "v"].map((name, i) => (
        <Fragment key={name}>
          {i > 0 && <mo separator>,&nbsp;</mo>}
          <Sym name={name} bold />
          <Op is="=" />
          <Sym name="n" bold />
          <Sym name="W" below={name} bold />
          <Op is="+" />
          <Sym name="b" below={name} bold />
        </Fragment>
      ))}
    </>
  ),
  products: (
    <>
      <Sym name="p" below="j" />
      <Op is="=" />
      <Sym name="q" bold />
      <Op is="·" />
      <Sym name="k" below="j" bold />
    </>
  ),
  division: (
    <>
      <Sym name="s" below="j" />
      <Op is="=" />
      <mfrac>
        <Sym name="p" below="j" />
        <msqrt>
          <mi>d</mi>
        </msqrt>
      </mfrac>
    </>
  ),
  mask: (
    <>
      <Sym name="m" below="j" />
      <Op is="=" />
      <Sym name="s" below="j" />
      <Op is="−" />
      <msup>
        <mn>10</mn>
        <mn>9</mn>
      </msup>
      <mtext>&nbsp;where j is later</mtext>
    </>
  ),
  softmax: (
    <>
      <Sym name="w" below="j" />
      <Op is="=" />
      <mfrac>
        <msup>
          <mi>e</mi>
          <Sym name="m" below="j" />
        </msup>
        <mrow>
          <munder>
            <mo>∑</mo>
            <mi>i</mi>
          </munder>
          <msup>
            <mi>e</mi>
            <Sym name="m" below="i" />
          </msup>
        </mrow>
      </mfrac>
    </>
  ),
  sum: (
    <>
      <Sym name="h" bold />
      <Op is="=" />
      <munder>
        <mo>∑</mo>
        <mi>j</mi>
      </munder>
      <Sym name="w" below="j" />
      <Sym name="v" below="j" bold />
    </>
  ),
  joined: (
    <>
      <Sym name="c" bold />
      <Op is="=" />
      <Op is="[" />
      <Sym name="h" below="0" bold />
      <Op is="," />
      <Sym name="h" below="1" bold />
      <Op is="," />
      <mo>…</mo>
      <Op is="]" />
    </>
  ),
  projection: (
    <>
      <Sym name="a" bold />
      <Op is="=" />
      <Sym name="c" bold />
      <Sym name="W" below="o" bold />
      <Op is="+" />
      <Sym name="b" below="o" bold />
    </>
  ),
  residual: sumOf("x′", "x", "a"),
};

function sumOf(result: string, ...parts: string[]) {
  return (
    <>
      <Sym name={result} bold />
      <Op is="=" />
      {parts.map((name, i) => (
        <Fragment key={name}>
          {i > 0 && <Op is="+" />}
          <Sym name={name} bold />
        </Fragment>
      ))}
    </>
  );
}

type Body = (props: StepPanelProps) => ComponentChildren;

const bodies: Record<SheetStep, Body> = {
  vector: VectorStep,
  norm: NormStep,
  query: QueryStep,
  products: ProductsStep,
  division: KeysStep,
  mask: KeysStep,
  softmax: KeysStep,
  sum: SumStep,
  joined: JoinedStep,
  projection: ProjectionStep,
  residual: ResidualStep,
};

function mostIn(...vectors: readonly (readonly number[])[]): number {
  return Math.max(...vectors.flatMap((vector) => vector.map(Math.abs)), 1e-9);
}

/** Vectors on one scale, with one component marked in all of them. */
function Strips({
  vectors,
  component,
  onComponent,
}: { vectors: [string, readonly number[]][] } & Pick<StepPanelProps, "component" | "onComponent">) {
  const most = mostIn(...vectors.map(([, values]) => values));
  return (
    <div class="vectors">
      {vectors.map(([name, values]) => (
        <PickableStrip key={name} name={name} values={values} most={most} component={component} onPick={onComponent} />
      ))}
      <ComponentSlider component={component} count={vectors[0]![1].length} onPick={onComponent} />
    </div>
  );
}

function VectorStep({ sheet, component, onComponent, onFollow }: StepPanelProps) {
  const vectors: [string, readonly number[]][] = [["embedding", sheet.embedding]];
  if (sheet.position) vectors.push(["+ position", sheet.position]);
  for (const { layer, vector } of sheet.earlier) vectors.push([`+ ${partName(layer)}`, vector]);
  vectors.push(["= what this layer is given", sheet.input]);
  return (
    <>
      <Strips vectors={vectors} component={component} onComponent={onComponent} />
      <TraceView title={`Component ${component} of it`} trace={inputTrace(sheet, component)} onFollow={onFollow} />
    </>
  );
}

function NormStep({ sheet: { norm, input }, component: c, onComponent, onFollow }: StepPanelProps) {
  const { mean = 0, meanSquare, epsilon, gain, bias, output } = norm;
  return (
    <>
      <Strips
        vectors={[
          ["what the layer is given", input],
          ["normed", output],
        ]}
        component={c}
        onComponent={onComponent}
      />
      <p class="line">
        Component {c}: {figure(gain[c]!)} × (
        <button type="button" class="follow" onClick={() => onFollow("vector", c)}>
          {figure(input[c]!)}
        </button>{" "}
        {norm.mean === undefined ? "" : `− ${figure(mean)}`}) ÷ √({figure(meanSquare)} + {epsilon})
        {bias ? ` + ${figure(bias[c]!)}` : ""} = <b>{figure(output[c]!)}</b>
      </p>
      <p class="note">
        {norm.mean === undefined
          ? `The mean of the squares is ${figure(meanSquare)}; ${figure(gain[c]!)} is the component’s gain.`
          : `Over all components the mean is ${figure(mean)} and the variance ${figure(meanSquare)}; ${figure(gain[c]!)} is the component’s gain.`}
      </p>
    </>
  );
}

function QueryStep({
  look,
  model,
  sheet,
  component,
  onComponent,
  onFollow,
  selected,
  onSelect,
  nameOf,
}: StepPanelProps) {
  const [what, setWhat] = useState<Projected>("query");
  const { layer, head, token, keys } = sheet;
  const other = what === "query" ? token : selected;
  const { key, value } = keys[selected]!;
  const made = { query: sheet.query.vector, key, value }[what];
  const trace = projectedTrace(look, model, { layer, head, token: other, what, component });
  return (
    <>
      <p class="head-picker">
        <label>
          Follow the{" "}
          <select value={what} onChange={(event) => setWhat(event.currentTarget.value as Projected)}>
            <option value="query">query of {nameOf(token)}</option>
            <option value="key">key</option>
            <option value="value">value</option>
          </select>
        </label>
        {what !== "query" && (
          <label>
            {" "}
            of{" "}
            <select value={selected} onChange={(event) => onSelect(Number(event.currentTarget.value))}>
              {keys.map(({ index }) => (
                <option key={index} value={index}>
                  {nameOf(index)}
                </option>
              ))}
            </select>
          </label>
        )}
      </p>
      <Strips vectors={[[`${what} of “${nameOf(other)}”`, made]]} component={component} onComponent={onComponent} />
      <TraceView
        title={`Component ${component} of it: the normed vector times column ${component} of the head’s matrix`}
        trace={trace}
        onFollow={onFollow}
      />
    </>
  );
}

function ProductsStep(props: StepPanelProps) {
  const { sheet, component, onComponent, onFollow, selected, nameOf } = props;
  const name = nameOf(selected);
  return (
    <>
      <KeyTable {...props} />
      <Strips
        vectors={[
          [`query of “${nameOf(sheet.token)}”`, sheet.query.vector],
          [`key of “${name}”`, sheet.keys[selected]!.key],
        ]}
        component={component}
        onComponent={onComponent}
      />
      <TraceView
        title={`The query times the key of “${name}”`}
        trace={productTrace(sheet, selected)}
        onFollow={onFollow}
      />
    </>
  );
}

function KeysStep(props: StepPanelProps) {
  const { sheet, step, selected, nameOf, temperature, onFollow } = props;
  const { product, score, masked, exp, weight } = sheet.keys[selected]!;
  const isMasked = selected > sheet.token;
  const lines: Partial<Record<SheetStep, ComponentChildren>> = {
    division: `${figure(product)} ÷ ${figure(sheet.divisor)} = ${figure(score)}`,
    mask: isMasked
      ? `${figure(score)} − 10⁹: it comes later`
      : `${figure(score)} + 0 = ${figure(score)}: it may be seen`,
    softmax: isMasked
      ? "exp(−10⁹) is 0, and so is the weight"
      : `${temperature === 1 ? "" : `${figure(score)} ÷ ${figure(temperature)} = ${figure(masked)}; `}exp(${figure(masked)} − ${figure(sheet.highest)}) = ${figure(exp)}; ${figure(exp)} ÷ ${figure(sheet.expSum)} = ${figure(weight)}`,
  };
  return (
    <>
      <KeyTable {...props} />
      <p class="line">
        <q>{nameOf(selected)}</q>: {lines[step]}{" "}
        <button type="button" class="follow" onClick={() => onFollow("products", 0)}>
          where {figure(product)} comes from
        </button>
      </p>
    </>
  );
}

function SumStep(props: StepPanelProps) {
  const { sheet, component, onComponent, onFollow, nameOf } = props;
  return (
    <>
      <KeyTable {...props} />
      <Strips vectors={[["the head’s output", sheet.headOutput]]} component={component} onComponent={onComponent} />
      <TraceView
        title={`Component ${component} of it: every weight times component ${component} of the value`}
        trace={sumTrace(sheet, component, nameOf)}
        onFollow={onFollow}
      />
    </>
  );
}

function JoinedStep({ sheet, component, onComponent, onFollow }: StepPanelProps) {
  const { joined, headOutput, head } = sheet;
  const width = headOutput.length;
  const of = Math.floor(component / width);
  return (
    <>
      <Strips vectors={[["all heads, one after the other", joined]]} component={component} onComponent={onComponent} />
      <div class="heads-below" aria-hidden="true">
        {Array.from({ length: joined.length / width }, (_, h) => (
          <span key={h} class={h === head ? "chosen" : ""}>
            head {h}
          </span>
        ))}
      </div>
      <p class="line">
        Component {component} is component {component % width} of head {of}: <b>{figure(joined[component]!)}</b>{" "}
        {of === head && (
          <button type="button" class="follow" onClick={() => onFollow("sum", component % width)}>
            where it comes from
          </button>
        )}
      </p>
    </>
  );
}

function ProjectionStep({ sheet, component, onComponent, onFollow }: StepPanelProps) {
  const { parts, bias, output } = sheet.projection;
  const vectors = parts.map((part, h): [string, readonly number[]] => [
    `${h > 0 ? "+ " : ""}what head ${h} writes`,
    part,
  ]);
  if (bias) vectors.push(["+ bias", bias]);
  return (
    <>
      <Strips
        vectors={[...vectors, ["= what attention adds", output]]}
        component={component}
        onComponent={onComponent}
      />
      <TraceView title={`Component ${component} of it`} trace={outputTrace(sheet, component)} onFollow={onFollow} />
      <TraceView
        title={`What head ${sheet.head} writes there: its output times a column of its rows of the matrix`}
        trace={partTrace(sheet, component)}
        onFollow={onFollow}
      />
    </>
  );
}

function ResidualStep({ sheet, component, onComponent, onFollow }: StepPanelProps) {
  return (
    <>
      <Strips
        vectors={[
          ["what the layer was given", sheet.input],
          ["+ what attention adds", sheet.projection.output],
          ["= the stream after attention", sheet.residual],
        ]}
        component={component}
        onComponent={onComponent}
      />
      <TraceView title={`Component ${component} of it`} trace={residualTrace(sheet, component)} onFollow={onFollow} />
    </>
  );
}
