import type { PageSenses } from "../../../payload.js";
import { percent } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";

/** How well the model tells the meanings of words apart, over its corpus. */
export function SenseTable({ senses }: { senses: PageSenses | undefined }) {
  if (!senses?.scores) return null;
  const { vectors, chance, occurrences, words } = senses.scores;
  return (
    <>
      <h3>Meanings told apart, over the corpus</h3>
      <Scroll label="Meanings told apart">
        <table class="lens">
          <caption>
            {occurrences} places of {words.map(({ word }) => word).join(", ")} in {senses.data}: how often the nearest
            mean vector of a meaning is that of the right one
          </caption>
          <thead>
            <tr>
              <th scope="col">vectors</th>
              <th scope="col" class="wide">
                right
              </th>
            </tr>
          </thead>
          <tbody>
            {vectors.map(({ kind, layer, accuracy, standardError }) => (
              <tr key={`${kind} ${layer}`}>
                <th scope="row">{kind === "layer" ? `after layer ${layer}` : kind}</th>
                <td class="measure">
                  <span class="plain-bar" style={{ width: `calc(max(100% - 8rem, 5rem) * ${accuracy})` }} />
                  {percent(accuracy)} ± {percent(standardError)}
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">always the most frequent one</th>
              <td class="measure">
                <span class="plain-bar" style={{ width: `calc(max(100% - 8rem, 5rem) * ${chance})` }} />
                {percent(chance)}
              </td>
            </tr>
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
