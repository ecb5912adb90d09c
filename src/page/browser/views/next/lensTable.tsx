import { useMemo } from "preact/hooks";
import { lens } from "../../../../inspection/lens.js";
import { likeliest, probabilities } from "../../../../inspection/nextTokens.js";
import type { EngineModel, Look } from "../../engine.js";
import { percent, shownToken } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";

/** What the model would have answered had it stopped after each part. */
export function LensTable({ look, model, token }: { look: Look; model: EngineModel; token: number }) {
  const layers = useMemo(
    () =>
      lens(model.model, look.capture, { position: look.tokens.length - 1 }).map(({ place, logits: { values } }) => ({
        name: placeInWords(place.layer),
        likely: likeliest(values, 3),
        chances: probabilities(values),
      })),
    [model, look],
  );
  const name = shownToken(model.tokenizer.token(token));
  return (
    <>
      <h3>Had it stopped earlier</h3>
      <Scroll label="Answers of each layer">
        <table class="lens">
          <caption class="hidden">The likeliest next tokens after each part of the model</caption>
          <thead>
            <tr>
              <th scope="col">after</th>
              <th scope="col" class="text">
                it would say
              </th>
              <th scope="col" class="wide">
                chance of “{name}”
              </th>
            </tr>
          </thead>
          <tbody>
            {layers.map(({ name: after, likely, chances }) => (
              <tr key={after}>
                <th scope="row">{after}</th>
                <td class="text">
                  {likely.map(({ id, probability }) => (
                    <span key={id} class="item">
                      <q>{shownToken(model.tokenizer.token(id))}</q> {percent(probability)}
                    </span>
                  ))}
                </td>
                <td class="measure">
                  <span class="plain-bar" style={{ width: `calc((100% - 4rem) * ${chances[token]})` }} />
                  {percent(chances[token]!)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function placeInWords(layer: string): string {
  const [, block, part] = layer.split(".");
  if (part === undefined) return "the start: no layer yet";
  return `layer ${block}, ${part === "attention" ? "attention" : "feed-forward"}`;
}
