import { useState } from "preact/hooks";
import type { LookToken } from "../engine.js";
import { figure, shownToken } from "../figures/figure.js";
import { Scroll } from "../figures/scroll.js";

/** Rows and columns up to which the whole matrix is one table; of a longer text it is the cursor's row. */
const mostTokens = 32;

export interface WeightTableProps {
  weights: Float32Array;
  tokens: readonly LookToken[];
  cursor: number;
  name: string;
}

/** The matrix as a table, on demand. */
export function WeightTable({ weights, tokens, cursor, name }: WeightTableProps) {
  const [isOpen, setOpen] = useState(false);
  const count = tokens.length;
  const rows = count <= mostTokens ? tokens.map((_, i) => i) : [cursor];
  return (
    <details class="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{rows.length === count ? "The matrix as a table" : "The token's row as a table"}</summary>
      {isOpen && (
        <Scroll label={`Weights of ${name}`}>
          <table>
            <caption>{name}: what a row's token looks at</caption>
            <thead>
              <tr>
                <th scope="col">token</th>
                {tokens.map(({ text }, i) => (
                  <th key={i} scope="col">
                    {shownToken(text)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row}>
                  <th scope="row">{shownToken(tokens[row]!.text)}</th>
                  {tokens.map((_, i) => (
                    <td key={i}>{i <= row ? figure(weights[row * count + i]!) : "masked"}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </details>
  );
}
