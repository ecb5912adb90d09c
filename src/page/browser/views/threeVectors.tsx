import { useMemo, useState } from "preact/hooks";
import { cosine, distanceBetween, nearestRows, rowOf } from "../../../core/vectors.js";
import { embeddingOf, walkOf } from "../embeddings.js";
import type { Look } from "../engine.js";
import { figure, shownToken } from "../figures/figure.js";
import type { Instrument } from "../instrument.js";

/** One-hot, static and contextual vectors of the word under the cursor, and what each can tell of it and another. */
export function ThreeVectors({ instrument: { model, look, cursor } }: { instrument: Instrument }) {
  const [wanted, setOther] = useState<number>();
  const { vocabSize, hiddenDim, numLayers } = model.config;
  const { tokens, ids, capture } = look;
  const token = tokens[cursor]!;
  const table = embeddingOf(model);
  const near = useMemo(
    () => nearestRows(table, token.id, { width: hiddenDim, count: 4 }),
    [table, token.id, hiddenDim],
  );
  const other = wanted !== undefined && wanted < tokens.length ? wanted : partnerOf(look, cursor);
  const last = capture.at(`blocks.${numLayers - 1}.feedForward`, "residual").values;
  const walk = walkOf(capture, cursor, model.config);
  const name = <q>{shownToken(token.text)}</q>;
  const pairs: [string, ArrayLike<number>, ArrayLike<number>][] = [
    ["one-hot", oneHot(ids[cursor]!, vocabSize), oneHot(ids[other]!, vocabSize)],
    ["static", rowOf(table, ids[cursor]!, hiddenDim), rowOf(table, ids[other]!, hiddenDim)],
    ["contextual", rowOf(last, cursor, hiddenDim), rowOf(last, other, hiddenDim)],
  ];
  return (
    <>
      <h3>Three ways to write {name} as numbers</h3>
      <div class="cards">
        <article>
          <h4>One-hot</h4>
          <p>
            {vocabSize.toLocaleString("en")} numbers: a 1 at place {token.id}, zeros elsewhere. Any two words are
            equally far apart, √2, so it tells which word it is, and nothing of what it means.
          </p>
        </article>
        <article>
          <h4>Static</h4>
          <p>
            {hiddenDim} learned numbers, the same in every sentence. Words used alike lie in like directions; nearest
            are
          </p>
          <ul class="near">
            {near.map(({ row, cosine: likeness }) => (
              <li key={row}>
                <q>{shownToken(model.tokenizer.token(row))}</q> <span>cosine {figure(likeness)}</span>
              </li>
            ))}
          </ul>
        </article>
        <article>
          <h4>Contextual</h4>
          <p>
            {hiddenDim} numbers after the last layer, made from the word and what it looked at. How alike it still is to
            its own start, by cosine:
          </p>
          <ol class="near" start={0}>
            {walk.slice(1).map((vector, layer) => (
              <li key={layer}>
                after layer {layer} <span>{figure(cosine(walk[0]!, vector))}</span>
              </li>
            ))}
          </ol>
        </article>
      </div>
      <div class="pair">
        <label>
          {name} and{" "}
          <select value={other} onChange={(event) => setOther(Number(event.currentTarget.value))}>
            {tokens.map(({ text }, i) => (
              <option key={i} value={i} disabled={i === cursor}>
                {shownToken(text)} (token {i})
              </option>
            ))}
          </select>
        </label>
        <table>
          <caption class="hidden">How far apart the two words are</caption>
          <thead>
            <tr>
              <th scope="col">vectors</th>
              <th scope="col">distance</th>
              <th scope="col">cosine</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(([kind, a, b]) => (
              <tr key={kind}>
                <th scope="row">{kind}</th>
                <td>{figure(distanceBetween(a, b))}</td>
                <td>{figure(cosine(a, b))}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {ids[cursor] === ids[other] && cursor !== other && (
          <p>The same word twice: only the contextual vectors can tell the two apart.</p>
        )}
      </div>
    </>
  );
}

/** A token to compare with: the same word elsewhere in the text, else the one before. */
function partnerOf({ ids }: Look, cursor: number): number {
  const same = ids.findIndex((id, i) => id === ids[cursor] && i !== cursor);
  return same >= 0 ? same : cursor > 0 ? cursor - 1 : Math.min(1, ids.length - 1);
}

function oneHot(id: number, vocabSize: number): Float32Array {
  const vector = new Float32Array(vocabSize);
  vector[id] = 1;
  return vector;
}
