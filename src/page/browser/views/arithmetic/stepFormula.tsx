import { type ComponentChildren, Fragment } from "preact";
import type { Sheet } from "../../../../inspection/sheet.js";
import { Formula, Op, Sym } from "../../figures/formula.js";
import type { SheetStep } from "../../sheetSums.js";

/** A step in mathematics, with the parts that the model has. */
export function StepFormula({ step, sheet }: { step: SheetStep; sheet: Sheet }) {
  return <Formula>{formulas[step](sheet)}</Formula>;
}

const formulas: Record<SheetStep, (sheet: Sheet) => ComponentChildren> = {
  vector: ({ position, earlier }) => sumOf("x", "E", ...(position ? ["P"] : []), ...(earlier.length > 0 ? ["Δ"] : [])),
  norm: ({ norm: { mean, bias } }) => (
    <>
      <Sym name="n" bold />
      <Op is="=" />
      <Sym name="g" bold />
      <Op is="·" />
      <mfrac>
        <mrow>
          <Sym name="x" bold />
          {mean !== undefined && (
            <>
              <Op is="−" />
              <mi>μ</mi>
            </>
          )}
        </mrow>
        <msqrt>
          <msup>
            <mi>{mean === undefined ? "r" : "σ"}</mi>
            <mn>2</mn>
          </msup>
          <Op is="+" />
          <mi>ε</mi>
        </msqrt>
      </mfrac>
      {bias && <Plus name="b" />}
    </>
  ),
  query: ({ query: { bias } }) => (
    <>
      {["q", "k", "v"].map((name, i) => (
        <Fragment key={name}>
          {i > 0 && <mo separator>,&nbsp;</mo>}
          <Sym name={name} bold />
          <Op is="=" />
          <Sym name="n" bold />
          <Sym name="W" below={name} bold />
          {bias && <Plus name="b" below={name} />}
        </Fragment>
      ))}
    </>
  ),
  products: () => (
    <>
      <Sym name="p" below="j" />
      <Op is="=" />
      <Sym name="q" bold />
      <Op is="·" />
      <Sym name="k" below="j" bold />
    </>
  ),
  division: () => (
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
  mask: () => (
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
  softmax: () => (
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
  sum: () => (
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
  joined: () => (
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
  projection: ({ projection: { bias } }) => (
    <>
      <Sym name="a" bold />
      <Op is="=" />
      <Sym name="c" bold />
      <Sym name="W" below="o" bold />
      {bias && <Plus name="b" below="o" />}
    </>
  ),
  residual: () => sumOf("x′", "x", "a"),
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

function Plus({ name, below }: { name: string; below?: string }) {
  return (
    <>
      <Op is="+" />
      <Sym name={name} below={below} bold />
    </>
  );
}
