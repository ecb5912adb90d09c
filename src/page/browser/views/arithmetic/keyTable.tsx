import type { Sheet, SheetKey } from "../../../../inspection/sheet.js";
import { figure } from "../../figures/figure.js";
import { Heat } from "../../figures/heat.js";
import { Scroll } from "../../figures/scroll.js";
import { type SheetStep, sheetSteps } from "../../sheetSums.js";

/** Rows of the table; of a longer text it has those that weigh most. */
const mostRows = 24;

export interface KeyTableProps {
  sheet: Sheet;
  step: SheetStep;
  temperature: number;
  /** The key whose numbers are followed. */
  selected: number;
  onSelect(index: number): void;
  nameOf(token: number): string;
}

interface Column {
  step: SheetStep;
  name: string;
  cell(key: SheetKey): string;
}

/** Every token's key against the query: a column more with each step. */
export function KeyTable({ sheet, step, temperature, selected, onSelect, nameOf }: KeyTableProps) {
  const at = sheetSteps.indexOf(step);
  const isMasked = ({ index }: SheetKey) => index > sheet.token;
  const all: Column[] = [
    { step: "products", name: "q · k", cell: ({ product }) => figure(product) },
    { step: "division", name: `÷ ${figure(sheet.divisor)}`, cell: ({ score }) => figure(score) },
    { step: "mask", name: "+ mask", cell: (key) => (isMasked(key) ? "−10⁹" : figure(key.score)) },
    ...(temperature === 1
      ? []
      : [
          {
            step: "softmax" as const,
            name: `÷ ${figure(temperature)}`,
            cell: ({ masked }: SheetKey) => (masked < -1e6 ? "−10⁹" : figure(masked)),
          },
        ]),
    { step: "softmax", name: "exp(· − max)", cell: ({ exp }) => figure(exp) },
    { step: "softmax", name: "weight", cell: ({ weight }) => figure(weight) },
  ];
  const columns = all.filter((column) => sheetSteps.indexOf(column.step) <= at);
  const rows = shownKeys(sheet);
  const hidden = sheet.keys.length - rows.length;
  const most = Math.max(...rows.flatMap(({ key, value }) => [...key, ...value].map(Math.abs)));
  return (
    <Scroll label="The query against every key" class="key-table">
      <table>
        <caption class="hidden">The query against every key</caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            <th scope="col">its key</th>
            {columns.map((column) => (
              <th key={column.name} scope="col" class={column.step === step ? "now" : ""}>
                {column.name}
              </th>
            ))}
            {step === "sum" && (
              <>
                <th scope="col">its value</th>
                <th scope="col" class="now">
                  weight × value
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((key) => (
            <tr key={key.index} class={isMasked(key) && at >= sheetSteps.indexOf("mask") ? "masked" : ""}>
              <th scope="row">
                <button
                  type="button"
                  class="follow"
                  aria-pressed={key.index === selected}
                  onClick={() => onSelect(key.index)}
                >
                  {nameOf(key.index)}
                </button>
              </th>
              <td>
                <Strip values={key.key} most={most} />
              </td>
              {columns.map((column) => (
                <td key={column.name} class={column.step === step ? "now" : ""}>
                  {column.cell(key)}
                </td>
              ))}
              {step === "sum" && (
                <>
                  <td>
                    <Strip values={key.value} most={most} />
                  </td>
                  <td class="now">
                    <Strip values={key.weighted} most={most} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
        {at >= sheetSteps.indexOf("softmax") && (
          <tfoot>
            <tr>
              <th scope="row">{hidden > 0 ? `sum, with ${hidden} tokens not shown` : "sum"}</th>
              <td />
              {columns.map(({ name }) => (
                <td key={name}>
                  {name.startsWith("exp") && figure(sheet.expSum)}
                  {name === "weight" && figure(sheet.keys.reduce((sum, { weight }) => sum + weight, 0))}
                </td>
              ))}
              {step === "sum" && (
                <>
                  <td />
                  <td>
                    <Strip values={sheet.headOutput} most={most} />
                  </td>
                </>
              )}
            </tr>
          </tfoot>
        )}
      </table>
      {hidden > 0 && at < sheetSteps.indexOf("softmax") && (
        <p class="note">{hidden} tokens that weigh less are not shown.</p>
      )}
    </Scroll>
  );
}

function Strip({ values, most }: { values: readonly number[]; most: number }) {
  return (
    <Heat values={Float32Array.from(values)} rows={1} columns={values.length} scale={{ most }} class="mini-strip" />
  );
}

/** The keys that weigh most, and some that are masked, in the order of the text. */
function shownKeys({ keys, token }: Sheet): SheetKey[] {
  if (keys.length <= mostRows) return keys;
  const masked = keys.slice(token + 1, token + 4);
  const seen = [...keys.slice(0, token + 1)].sort((a, b) => b.weight - a.weight).slice(0, mostRows - masked.length);
  return [...seen, ...masked].sort((a, b) => a.index - b.index);
}
