// npm run page -- models/tales
import { pathToFileURL } from "node:url";
import { pageFields } from "../src/config/pageFields.js";
import { type PageOptions, type WrittenPage, writePage } from "../src/page/writePage.js";
import { EvaluationDisplay } from "./support/evaluationDisplay.js";
import { backendFlag, givenFields, switchFlag, tableFlags, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";
import { bytes as bytesText } from "./support/modelText.js";

export const command: HeedCommand = {
  command: "page [checkpoint]",
  describe: "Write one HTML file that runs a trained model, to look inside it in a browser",
  examples: [
    ["$0 page models/tales", "Write model.html; open it by a double click"],
    ['$0 page models/tales --text "The bat" --compare models/one-head --out both.html', "Two models, side by side"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    ...tableFlags(pageFields),
    backend: backendFlag,
    trust: switchFlag("Load files that another program changed after heed saved them", false),
    json: switchFlag("Print what was written as JSON", false),
  },
  handler: async (flags) => {
    const { checkpoint, backend, trust } = flags;
    const display = new EvaluationDisplay("readings");
    const options: PageOptions = {
      checkpoint,
      backend,
      trust,
      ...givenFields(pageFields, flags),
      ...display.listeners,
    };
    const page = await writePage(options).finally(() => display.close());
    process.stdout.write(flags.json ? `${JSON.stringify(page)}\n` : `${pageText(page)}\n`);
  },
};

function pageText({ out, bytes, models }: WrittenPage): string {
  const parts = [
    `weights ${bytesText(bytes.weights)}`,
    ...(bytes.snapshots > 0 ? [`snapshots ${bytesText(bytes.snapshots)}`] : []),
  ];
  const rounded = models
    .filter(({ logitDifference }) => logitDifference > 0)
    .map(
      ({ name, logitDifference }) =>
        `\n${name}: logits differ by at most ${logitDifference.toPrecision(2)}, as weights are kept in 16 bits`,
    );
  return `${out}  ${bytesText(bytes.file)} (${parts.join(", ")})${rounded.join("")}\nopen it: ${pathToFileURL(out).href}`;
}
