import type { HeadInspection } from "../../../../jobs/inspectHeads.js";
import { change, figure } from "../../figures/figure.js";
import { Scroll } from "../../figures/scroll.js";

/** For every relation that a head has found, what was measured: where it looks, and what its ablation costs there and elsewhere. */
export function HeadProofs({ inspection: { heads, questions } }: { inspection: HeadInspection }) {
  const found = heads.flatMap(({ layer, head, relations }) =>
    relations.filter((relation) => relation.found).map((relation) => ({ layer, head, ...relation })),
  );
  const kinds = [...new Set(questions.map(({ kind }) => kind))];
  if (kinds.length === 0) return <p class="note">This corpus does not know which of its words belong together.</p>;
  return (
    <>
      <h3>The proof</h3>
      <p class="note">
        Asked of every head: {kinds.join(", ")}. A relation is found if the head looks there more than distance alone
        explains, and the loss grows more there than elsewhere when the head gives its mean output instead; both beyond
        chance, for all questions together.
      </p>
      {found.length === 0 ? (
        <p class="note">No head has found one.</p>
      ) : (
        <Scroll label="Relations found">
          <table>
            <caption class="hidden">Relations found, with what was measured</caption>
            <thead>
              <tr>
                <th scope="col">head</th>
                <th scope="col" class="text">
                  relation
                </th>
                <th scope="col">looks there</th>
                <th scope="col">by distance</th>
                <th scope="col">loss without it: there</th>
                <th scope="col">elsewhere</th>
                <th scope="col">difference, 95 %</th>
              </tr>
            </thead>
            <tbody>
              {found.map(({ layer, head, kind, row, share, baseline, ablation }) => (
                <tr key={`${layer}.${head} ${kind} ${row}`}>
                  <th scope="row">
                    L{layer} H{head}
                  </th>
                  <td class="label">
                    {kind}, {row === "word" ? "at the word" : "just before it"}
                  </td>
                  <td>{figure(share)}</td>
                  <td>{figure(baseline)}</td>
                  <td>{change(ablation.here)}</td>
                  <td>{change(ablation.elsewhere)}</td>
                  <td>
                    {figure(ablation.difference.mean)} ± {figure(ablation.difference.halfWidth)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}
