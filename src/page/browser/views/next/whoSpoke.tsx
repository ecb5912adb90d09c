import { useMemo } from "preact/hooks";
import { attribution, type Contribution } from "../../../../inspection/attribution.js";
import { colorAt, inkOn, signedPlace } from "../../drawing/ramps.js";
import type { EngineModel, Look } from "../../engine.js";
import { figure, shownToken } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";
import { useTheme } from "../../figures/useTheme.js";

/** What each part of the model added to a token's logit: a cell for each part, layer by layer. */
export function WhoSpoke({ look, model, token }: { look: Look; model: EngineModel; token: number }) {
  const { signed } = useTheme();
  const parts = useMemo(
    () => attribution(model.model, look.capture, { position: look.tokens.length - 1, token }),
    [model, look, token],
  );
  const { numLayers, numHeads } = model.config;
  const most = Math.max(...parts.map(({ value }) => Math.abs(value)));
  const place = signedPlace(most);
  const cell = (part: Contribution | undefined) => {
    if (!part) return <td />;
    const at = place(part.value);
    return <td style={{ background: colorAt(signed, at), color: inkOn(signed, at) }}>{figure(part.value)}</td>;
  };
  const outside = parts.filter(({ layer }) => layer === undefined);
  const named = (name: string) => parts.find(({ part }) => part === name);
  const hasBias = named("attention bias 0") !== undefined;
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  return (
    <>
      <h3>
        What spoke for <q>{shownToken(model.tokenizer.token(token))}</q>
      </h3>
      <Scroll label="Parts of the logit">
        <table class="cells">
          <caption class="hidden">What each part added to the logit</caption>
          <thead>
            <tr>
              <th scope="col">layer</th>
              {Array.from({ length: numHeads }, (_, head) => (
                <th key={head} scope="col">
                  head {head}
                </th>
              ))}
              {hasBias && <th scope="col">bias</th>}
              <th scope="col">feed-forward</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: numLayers }, (_, layer) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {Array.from({ length: numHeads }, (_, head) => cell(named(`L${layer}H${head}`)))}
                {hasBias && cell(named(`attention bias ${layer}`))}
                {cell(named(`feedForward ${layer}`))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="line">
        {outside.map(({ part, value }, i) => (
          <span key={part}>
            {i > 0 && " + "}
            {partNames[part] ?? part} {figure(value)}
          </span>
        ))}{" "}
        + all cells {figure(total - outside.reduce((sum, { value }) => sum + value, 0))} = logit <b>{figure(total)}</b>
      </p>
    </>
  );
}

const partNames: Record<string, string> = {
  tokens: "embedding",
  positions: "position",
  "final bias": "bias at the end",
};
