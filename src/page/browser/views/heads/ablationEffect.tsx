import { likeliest, probabilities } from "../../../../inspection/nextTokens.js";
import { colorAt, inkOn, signedPlace } from "../../drawing/ramps.js";
import type { EngineModel, Look } from "../../engine.js";
import { change, figure, percent, shownToken } from "../../figures/figure.js";
import { useTheme } from "../../figures/useTheme.js";
import { meanLoss } from "../../meanLoss.js";

export interface AblationEffectProps {
  model: EngineModel;
  before: Look;
  /** With the heads switched off. */
  after: Look;
  off: ReadonlySet<string>;
}

/** What becomes of the text's loss and of the next word without some heads. */
export function AblationEffect({ model, before, after, off }: AblationEffectProps) {
  const { signed } = useTheme();
  const losses = [before, after].map(meanLoss);
  const chances = [before, after].map(({ logits }) => probabilities(logits));
  const ids = [...new Set([before, after].flatMap(({ logits }) => likeliest(logits, 5).map(({ id }) => id)))];
  const changes = after.losses.map((loss, i) => loss - before.losses[i]!);
  const place = signedPlace(Math.max(1, ...changes.map(Math.abs)));
  return (
    <div class="effect" aria-live="polite">
      <h3>{off.size === 0 ? "With all heads on" : `Without ${[...off].map(nameOf).join(", ")}`}</h3>
      {losses[0] !== undefined && (
        <p class="line">
          Mean loss of your text: <b class="loss-before">{figure(losses[0])}</b>
          {off.size > 0 && (
            <>
              {" "}
              → <b class="loss-after">{figure(losses[1]!)}</b>
            </>
          )}{" "}
          nats per token
        </p>
      )}
      <table class="next-change">
        <caption class="hidden">The next word with all heads and without those switched off</caption>
        <thead>
          <tr>
            <th scope="col">next word</th>
            <th scope="col">all heads</th>
            {off.size > 0 && <th scope="col">without</th>}
          </tr>
        </thead>
        <tbody>
          {ids.map((id) => (
            <tr key={id}>
              <th scope="row">{shownToken(model.tokenizer.token(id))}</th>
              <td>{percent(chances[0]![id]!)}</td>
              {off.size > 0 && <td>{percent(chances[1]![id]!)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {off.size > 0 && (
        <>
          <p class="note">Which tokens of your text became harder to foresee (blue, in nats) or easier (orange):</p>
          <p class="tokens wrap">
            {before.tokens.map(({ text }, i) => {
              const grown = i === 0 ? 0 : changes[i - 1]!;
              const at = place(grown);
              return (
                <span key={i} class="token still" style={{ background: colorAt(signed, at), color: inkOn(signed, at) }}>
                  <span class="piece">{shownToken(text)}</span>
                  <span class="below">{i === 0 ? "–" : change(grown)}</span>
                </span>
              );
            })}
          </p>
        </>
      )}
    </div>
  );
}

const nameOf = (name: string) => `L${name.replace(".", " H")}`;
