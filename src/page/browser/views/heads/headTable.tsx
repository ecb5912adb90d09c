import type { HeadScores } from "../../../../inspection/headScores.js";
import type { HeadInspection, InspectedHead } from "../../../../jobs/inspectHeads.js";
import { weightColors } from "../../drawing/matrixPicture.js";
import { change, figure } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";
import { useTheme } from "../../figures/useTheme.js";
import type { ChosenHead } from "../../instrument.js";

export interface HeadTableProps {
  scores: readonly HeadScores[];
  /** What was measured on the corpus when the page was written. */
  inspection: HeadInspection | undefined;
  chosen: ChosenHead;
  onChoose(chosen: ChosenHead): void;
  off: ReadonlySet<string>;
  onToggle(name: string): void;
  /** Change of the typed text's loss without each head, in nats. */
  changes: readonly number[] | undefined;
}

const shares = ["previousToken", "firstToken", "duplicateToken", "induction"] as const;
const shareNames = ["token before", "first token", "same token", "induction"];

/** The heads with their scores and labels, and a switch for each. */
export function HeadTable({ scores, inspection, chosen, onChoose, off, onToggle, changes }: HeadTableProps) {
  const palette = useTheme();
  return (
    <Scroll label="Heads">
      <table class="head-table">
        <caption>
          {inspection
            ? `Measured on ${inspection.texts} texts (${inspection.tokens.toLocaleString("en")} tokens) of ${inspection.data}`
            : "Measured on your text; induction on random tokens that repeat. What a head does, with the proof, stands here where heed page could measure it on a corpus that knows its relations (--data)."}
        </caption>
        <thead>
          <tr>
            <th scope="col">head</th>
            <th scope="col">on</th>
            {inspection && (
              <th scope="col" class="text">
                looks for
              </th>
            )}
            {shareNames.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">entropy, bits</th>
            <th scope="col">distance</th>
            {changes && <th scope="col">loss without it</th>}
          </tr>
        </thead>
        <tbody>
          {scores.map((score, i) => {
            const { layer, head } = score;
            const name = `${layer}.${head}`;
            const isChosen = chosen.layer === layer && chosen.head === head;
            return (
              <tr key={name} class={off.has(name) ? "masked" : ""}>
                <th scope="row">
                  <button
                    type="button"
                    class="follow"
                    aria-pressed={isChosen}
                    onClick={() => onChoose({ layer, head })}
                  >
                    L{layer} H{head}
                    <span class="hidden">: see it in the text</span>
                  </button>
                </th>
                <td>
                  <input
                    type="checkbox"
                    checked={!off.has(name)}
                    aria-label={`Layer ${layer}, head ${head}`}
                    onChange={() => onToggle(name)}
                  />
                </td>
                {inspection && <td class="label">{(score as InspectedHead).label}</td>}
                {shares.map((share) => {
                  const value = score[share];
                  return (
                    <td key={share} class="share" style={value === undefined ? {} : weightColors(palette, value)}>
                      {value === undefined ? "–" : figure(value)}
                    </td>
                  );
                })}
                <td>{figure(score.entropy)}</td>
                <td>{figure(score.meanDistance)}</td>
                {changes && <td class={changes[i]! >= 0.05 ? "worse" : ""}>{change(changes[i]!)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
