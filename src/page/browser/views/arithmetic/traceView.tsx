import type { ComponentChildren } from "preact";
import { figure } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";
import { largestTerms, type SheetStep, type Trace } from "../../sheetSums.js";

/** How many summands are written out; the others are summed. */
const written = 7;

export interface TraceViewProps {
  title: ComponentChildren;
  trace: Trace;
  onFollow(step: SheetStep, component: number): void;
}

/** Where a number comes from, as a sum that adds up; each summand leads to where it is made. */
export function TraceView({ title, trace, onFollow }: TraceViewProps) {
  const { largest, others, rest } = largestTerms(trace, written);
  const most = Math.max(...largest.map(({ value }) => Math.abs(value)), 1e-9);
  const hasFactors = largest.some(({ factors }) => factors);
  return (
    <Scroll label="Where it comes from" class="trace">
      <table>
        <caption>{title}</caption>
        <tbody>
          {largest.map(({ name, factors, value, from }) => (
            <tr key={name}>
              <th scope="row">
                {from ? (
                  <button type="button" class="follow" onClick={() => onFollow(from.step, from.component)}>
                    {name}
                  </button>
                ) : (
                  name
                )}
              </th>
              {hasFactors && <td class="factors">{factors && `${figure(factors[0])} × ${figure(factors[1])} =`}</td>}
              <td>{figure(value)}</td>
              <td class="bar">
                <span class={value < 0 ? "minus" : "plus"} style={{ width: `${(50 * Math.abs(value)) / most}%` }} />
              </td>
            </tr>
          ))}
          {others > 0 && (
            <tr>
              <th scope="row">the other {others} together</th>
              {hasFactors && <td />}
              <td>{figure(rest)}</td>
              <td />
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">sum</th>
            {hasFactors && <td />}
            <td>
              <b>{figure(trace.result)}</b>
            </td>
            <td />
          </tr>
        </tfoot>
      </table>
    </Scroll>
  );
}
