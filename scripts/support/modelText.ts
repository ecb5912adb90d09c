import type { ModelSummary } from "../../src/jobs/modelSummary.js";
import type { LayerDescription } from "../../src/model/describe.js";
import { modelDrawing } from "./modelDrawing.js";
import { duration } from "./pace.js";
import { note } from "./screen.js";

/** A model's summary as text: the drawing, a table of its layers, and what it takes. */
export function modelText(summary: ModelSummary): string {
  const rows = [...sizeRows(summary), ...timeRows(summary), ...summary.notes.map((note) => ["note", note] as const)];
  const figures = rows.map(([name, value]) => `${name.padEnd(15)} ${value}`).join("\n");
  return [modelDrawing(summary.model, summary.training.batchSize), layerTable(summary), figures].join("\n\n");
}

type TextRow = readonly [name: string, value: string];

function sizeRows({ parameters, memory, flops }: ModelSummary): TextRow[] {
  const { weights, gradients, optimizer, total } = memory.training;
  const { forwardPerToken, trainingPerToken, step } = flops;
  return [
    [
      "parameters",
      `${whole(parameters.total)}: ${whole(parameters.embedding)} in embeddings, ${whole(parameters.withoutEmbedding)} without`,
    ],
    [
      "flops",
      `per token: forward ${large(forwardPerToken)}, training ${large(trainingPerToken)}; per step: ${large(step)}`,
    ],
    [
      "training keeps",
      `${bytes(total)}: weights ${bytes(weights)}, gradients ${bytes(gradients)}, optimizer ${bytes(optimizer)}`,
    ],
    [
      "writing keeps",
      `${bytes(memory.inference.total)}: weights ${bytes(memory.inference.weights)}, keys and values ${bytes(memory.inference.cache)}`,
    ],
  ];
}

function timeRows({ backend, steps, tokens, data, memory, timing }: ModelSummary): TextRow[] {
  const rows: TextRow[] = [["backend", backend.reason]];
  if (data) {
    const { train, validation, epochs, stepsDone } = data;
    const from = stepsDone > 0 ? ` from step ${whole(stepsDone)} on` : "";
    rows.push(["text", `${whole(train)} tokens to train on, ${whole(validation)} held out`]);
    rows.push(["epochs", `${epochs.toPrecision(3)}${from}`]);
  }
  rows.push(["steps", `${whole(steps)}, ${whole(tokens)} tokens`]);
  if (timing) {
    const { tokensPerSecond, secondsPerStep, seconds, peakMemory } = timing;
    const speed = Number(tokensPerSecond.toPrecision(2));
    rows.push(
      ["memory", `${bytes(peakMemory)} at most while steps were timed, ${bytes(memory.process)} before them`],
      ["speed", `${whole(speed)} tokens/s, ${milliseconds(secondsPerStep)} per step, measured with a few steps`],
      ["time", `about ${duration(Number(seconds.toPrecision(2)))} for ${whole(steps)} steps`],
    );
  }
  return rows;
}

/** Says on stderr why nothing happens for some seconds. */
export function sayTiming(): void {
  note("timing a few steps (--no-timing skips this)");
}

function layerTable({ layers, model }: ModelSummary): string {
  const first = "blocks.0.";
  const rows = layers.flatMap((layer) => {
    if (!layer.name.startsWith("blocks.")) return layerRows(layer, layer.name);
    if (!layer.name.startsWith(first)) return [];
    const short = layerRows(layer, `  ${layer.name.slice(first.length)}`);
    return layer.name === `${first}attentionNorm` ? [blocksLine(model.numLayers), ...short] : short;
  });
  return [tableRow("layer", "output", "weights", "parameters"), ...rows].join("\n");
}

const blocksLine = (count: number) => (count === 1 ? "blocks.0" : `blocks.0 to blocks.${count - 1}, each:`);

function layerRows({ output, weights, what }: LayerDescription, name: string): string[] {
  const shape = `[${output.join(", ")}]`;
  if (weights.length === 0) return [tableRow(name, shape, what, "")];
  return weights.map((weight, i) => {
    const text = `${weight.name} [${weight.shape.join(", ")}]`;
    return tableRow(i === 0 ? name : "", i === 0 ? shape : "", text, whole(weight.parameters));
  });
}

function tableRow(layer: string, output: string, weights: string, parameters: string): string {
  return `${layer.padEnd(18)} ${output.padEnd(20)} ${weights.padEnd(27)} ${parameters.padStart(11)}`.trimEnd();
}

const whole = (value: number) => value.toLocaleString("en");

/** "3.24 MB" */
export function bytes(value: number): string {
  const [unit, size] = value < 1e6 ? ["kB", 1e3] : value < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  return `${Number((value / size).toPrecision(3))} ${unit}`;
}

/** "5.16 million" */
function large(value: number): string {
  const options = { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat("en", options).format(value);
}

function milliseconds(seconds: number): string {
  return seconds < 1 ? `${Number((1000 * seconds).toPrecision(2))} ms` : `${Number(seconds.toPrecision(2))} s`;
}
