import { useMemo } from "preact/hooks";
import { weightColors } from "../../drawing/matrixPicture.js";
import { figure, headName, shownToken } from "../../figures/figure.js";
import { useTheme } from "../../figures/useTheme.js";
import type { Instrument } from "../../instrument.js";
import { strongestLinks } from "../../strongestLinks.js";
import { matrixOf } from "../attentionAtAGlance.js";

/** Where the chosen head looks hardest in the text. */
export function HeadExamples({ instrument: { look, model, chosen, setCursor } }: { instrument: Instrument }) {
  const palette = useTheme();
  const { numHeads } = model.config;
  const links = useMemo(() => strongestLinks(matrixOf(look.capture, chosen, numHeads), 8), [look, chosen, numHeads]);
  const word = (token: number) => shownToken(look.tokens[token]!.text);
  const name = typeof chosen.head === "number" ? headName(chosen.layer, chosen.head) : `layer ${chosen.layer}`;
  return (
    <>
      <h3>Where {name} looks hardest in your text</h3>
      {links.length === 0 && <p class="note">Its tokens look most at themselves or at the first token.</p>}
      <ul class="links">
        {links.map(({ from, to, weight }) => (
          <li key={from}>
            <button type="button" onClick={() => setCursor(from)}>
              <span>{word(from)}</span>
              <span aria-hidden="true">→</span>
              <span class="hidden">looks at</span>
              <span>{word(to)}</span>
              <span class="weight" style={weightColors(palette, weight)}>
                {figure(weight)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
