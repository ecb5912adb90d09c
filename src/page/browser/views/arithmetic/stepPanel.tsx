import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Sheet } from "../../../../inspection/sheet.js";
import type { EngineModel, Look } from "../../engine.js";
import { figure, precise } from "../../figures/figure.js";
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
import { StepFormula } from "./stepFormula.js";
import { stepNames, stepWords } from "./stepWords.js";
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

/** One step of the sheet: what happens, the formula, the numbers, and where the chosen one comes from. */
export function StepPanel(props: StepPanelProps) {
  const { step } = props;
  const Body = bodies[step];
  return (
    <>
      <h3>{stepNames[step]}</h3>
      <p>{stepWords[step]}</p>
      <StepFormula step={step} sheet={props.sheet} />
      <Body {...props} />
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
          {precise(input[c]!)}
        </button>{" "}
        {norm.mean === undefined ? "" : `− ${precise(mean)}`}) ÷ √({precise(meanSquare)} + {epsilon})
        {bias ? ` + ${figure(bias[c]!)}` : ""} = <b>{figure(output[c]!)}</b>
      </p>
      <p class="note">
        {norm.mean === undefined
          ? `The mean of the squares, r², is ${precise(meanSquare)}; ${figure(gain[c]!)} is the component’s gain.`
          : `Over all components the mean is ${precise(mean)} and the variance ${precise(meanSquare)}; ${figure(gain[c]!)} is the component’s gain.`}
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
