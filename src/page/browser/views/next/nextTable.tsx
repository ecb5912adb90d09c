import { useMemo } from "preact/hooks";
import type { Choice } from "../../../../generation/filters.js";
import { likeliest } from "../../../../inspection/nextTokens.js";
import { drawnChances } from "../../drawnTokens.js";
import type { EngineModel, Look } from "../../engine.js";
import { figure, percent, shownToken } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";

const rows = 12;

export interface NextTableProps {
  look: Look;
  model: EngineModel;
  choice: Choice;
  token: number;
  onToken(id: number): void;
}

/** The likeliest next tokens: their logits, the model's own chances, and those that the settings make of them. */
export function NextTable({ look, model, choice, token, onToken }: NextTableProps) {
  const likely = useMemo(() => likeliest(look.logits, rows), [look]);
  const chances = useMemo(() => drawnChances(look.logits, choice), [look, choice]);
  const drawable = chances.reduce((count, chance) => count + (chance > 0 ? 1 : 0), 0);
  return (
    <Scroll label="Next tokens">
      <table class="next-table">
        <caption>
          After <q>{endOf(look)}</q> may come; {drawable.toLocaleString("en")} of{" "}
          {look.logits.length.toLocaleString("en")} tokens can be drawn
        </caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            <th scope="col">logit</th>
            <th scope="col">chance</th>
            <th scope="col" class="wide">
              drawn with these settings
            </th>
          </tr>
        </thead>
        <tbody>
          {likely.map(({ id, logit, probability }) => (
            <tr key={id} class={chances[id] === 0 ? "masked" : ""}>
              <th scope="row">
                <button type="button" class="follow" aria-pressed={id === token} onClick={() => onToken(id)}>
                  {shownToken(model.tokenizer.token(id))}
                </button>
              </th>
              <td>{figure(logit)}</td>
              <td>{percent(probability)}</td>
              <td class="measure">
                <span class="plain-bar" style={{ width: `calc((100% - 4rem) * ${chances[id]})` }} />
                {chances[id] === 0 ? "left out" : percent(chances[id]!)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The last words of a text. */
function endOf({ text, tokens }: Look): string {
  const from = tokens.at(-6)?.start ?? 0;
  return (from > 0 ? "…" : "") + text.slice(from).trim();
}
