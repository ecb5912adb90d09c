import type { ModelPage } from "../../src/jobs/modelPage.js";
import type { LayerDescription } from "../../src/model/describe.js";
import { modelDrawing } from "./modelDrawing.js";
import { duration } from "./pace.js";

/** A model's page as text: the drawing, a table of its layers, and what it takes. */
export function modelText(page: ModelPage): string {
  const rows = [...sizeRows(page), ...timeRows(page), ...page.notes.map((note) => ["note", note] as const)];
  const figures = rows.map(([name, value]) => `${name.padEnd(15)} ${value}`).join("\n");
  return [modelDrawing(page.model, page.training.batchSize), layerTable(page), figures].join("\n\n");
}

type Row = readonly [name: string, value: string];

function sizeRows({ parameters, memory, flops, compiled }: ModelPage): Row[] {
  const { weights, gradients, moments, activations, total } = memory.training;
  const { cache, prompt } = memory.inference;
  const { forwardPerToken, trainingPerToken, step } = flops;
  return [
    [
      "parameters",
      `${whole(parameters.total)}: ${whole(parameters.embedding)} in embeddings, ${whole(parameters.withoutEmbedding)} without`,
    ],
    [
      "training memory",
      `${bytes(total)}: weights ${bytes(weights)}, gradients ${bytes(gradients)}, moments ${bytes(moments)},`,
    ],
    ["", `activations ${bytes(activations)}${compiled ? "" : ", as it runs op by op"}`],
    [
      "writing text",
      `${bytes(memory.inference.total)}: weights ${bytes(weights)}, keys and values ${bytes(cache)}, prompt ${bytes(prompt)}`,
    ],
    ["beside these", `${bytes(memory.process)} that the process itself holds`],
    ["flops a token", `forward ${large(forwardPerToken)}, training ${large(trainingPerToken)}; ${large(step)} a step`],
  ];
}

function timeRows({ backend, steps, tokens, data, estimate }: ModelPage): Row[] {
  const rows: Row[] = [["backend", backend.reason]];
  if (data) {
    const { train, validation, epochs, stepsDone } = data;
    const from = stepsDone > 0 ? ` from step ${whole(stepsDone)} on` : "";
    rows.push(["text", `${whole(train)} tokens to train on, ${whole(validation)} held out`]);
    rows.push(["epochs", `${epochs.toPrecision(3)}${from}`]);
  }
  rows.push(["steps", `${whole(steps)}, ${whole(tokens)} tokens`]);
  if (estimate) {
    const { tokensPerSecond, secondsPerStep, seconds, at } = estimate;
    const speed = Number(tokensPerSecond.toPrecision(2));
    rows.push([
      "speed",
      `about ${whole(speed)} tokens/s, ${milliseconds(secondsPerStep)} a step (measured ${at.slice(0, 10)})`,
    ]);
    rows.push(["time", `about ${duration(Number(seconds.toPrecision(2)))} for ${whole(steps)} steps`]);
  }
  return rows;
}

function layerTable({ layers, model }: ModelPage): string {
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
function bytes(value: number): string {
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
