import { markdownTable } from "../../core/markdownTable.js";
import type { Analysis } from "./analysis.js";
import { commandOf } from "./command.js";
import { seedOf } from "./groups.js";
import type { Table } from "./html.js";
import { methodOf } from "./method.js";
import type { PictureFile } from "./pictures.js";
import { changeTable, resultTable } from "./resultTables.js";
import { factsOf, findings, titleOf, toBeKnown } from "./words.js";

/** The report's text and tables as Markdown, with the `pictures` that there are. */
export function markdownOf(analysis: Analysis, pictures: readonly PictureFile[] = []): string {
  const { every, effects } = analysis;
  const known = toBeKnown(analysis);
  const effectTables = effects.flatMap((effect) =>
    effect.changes.length === 0 ? [] : ["", `### ${effect.setting}`, "", ...tableLines(changeTable(effect))],
  );
  const commands = every.flatMap(({ label, runs }) =>
    runs.flatMap((run) => [`# ${label}, seed ${seedOf(run)}`, commandOf(run)]),
  );
  return [
    `# ${titleOf(analysis)}`,
    "",
    ...factsOf(analysis).map(([name, text]) => `- ${name}: ${text}`),
    ...["", "## In short", "", ...bullets(findings(analysis))],
    ...(known.length > 0 ? ["", "## To be known", "", ...bullets(known)] : []),
    ...["", "## Results", "", lossesAre, ""],
    ...tableLines(resultTable(analysis)),
    ...(effectTables.length > 0 ? ["", "## Change of the final loss by setting", ...effectTables] : []),
    ...(pictures.length > 0 ? ["", "## Pictures"] : []),
    ...pictures.flatMap(({ title, file }) => ["", `![${title}](${file})`]),
    ...["", "## How the figures are made", "", ...methodOf(analysis).flatMap((text) => [text, ""])],
    ...["## To repeat each run", "", "```sh", ...commands, "```", ""],
  ].join("\n");
}

/** The results alone, as a terminal shows them. */
export function briefOf(analysis: Analysis): string {
  return [
    ...tableLines(resultTable(analysis, { brief: true })),
    "",
    lossesAre,
    ...findings(analysis),
    ...toBeKnown(analysis),
  ].join("\n");
}

const lossesAre = "Losses in nats per token, as mean ± 95% interval over the seeds; lower is better.";

const bullets = (texts: readonly string[]) => texts.map((text) => `- ${text}`);

const tableLines = ({ head, rows }: Table) => markdownTable([head, ...rows.map(({ cells }) => cells)]);
