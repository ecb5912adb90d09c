import { markdownTable } from "../../src/core/markdownTable.js";
import type { InspectedToken, PredictedToken } from "../../src/jobs/inspect/inspectedText.js";
import type { Inspection, WordComparison } from "../../src/jobs/inspect.js";
import { matricesText, rowText } from "./attentionText.js";
import { headsText } from "./headsText.js";
import { sensesText } from "./sensesText.js";
import { sheetText } from "./sheetText.js";
import { percent, tokenName, wordTable } from "./tokenText.js";

/** Columns of a sheet in a file or a pipe, and of the bar of a token that is certain. */
const sheetWidth = 80;
const nextBar = 30;
/** Parts of the model that the table of contributions names. */
const partsShown = 20;

/** An inspection as people read it; `width` is that of the terminal, none in a file or a pipe. */
export function inspectionText(inspection: Inspection, width = Number.POSITIVE_INFINITY): string {
  const {
    tokens = [],
    next,
    token,
    attention,
    row,
    sheet,
    lens,
    attribution,
    ablations,
    comparison,
    heads,
    senses,
  } = inspection;
  const texts = tokens.map(({ text }) => text);
  const hasDetail = sheet ?? lens ?? attribution ?? ablations;
  const parts = [
    tokens.length > 0 && tokensText(tokens, width),
    next && !hasDetail && nextText(next, width),
    attention && matricesText(attention, texts, width),
    token && token.occurrences.length > 1 && occurrencesText(token, texts),
    row && rowText(token!.index, row, texts),
    sheet && sheetText(sheet, texts, Number.isFinite(width) ? width : sheetWidth),
    lens && lensText(lens, texts),
    attribution && attributionText(attribution),
    ablations && ablationsText(ablations),
    comparison && comparisonText(comparison),
    heads && headsText(heads),
    senses && sensesText(senses),
  ];
  return parts.filter((part) => typeof part === "string").join("\n\n");
}

function occurrencesText({ index, occurrences }: NonNullable<Inspection["token"]>, texts: readonly string[]): string {
  const others = occurrences.filter((one) => one !== index);
  return `${tokenName(texts[index]!)} stands there ${occurrences.length} times, at ${occurrences.join(", ")}: this is about ${index} (--token ${others.at(-1)} is about another)`;
}

/** Number, token and id of each token, as many beside each other as fit; one a line in a file or a pipe. */
function tokensText(tokens: readonly InspectedToken[], width: number): string {
  const [numbers, names, ids] = [
    tokens.map(({ index }) => `${index}`),
    tokens.map(({ text }) => tokenName(text)),
    tokens.map(({ id }) => `${id}`),
  ].map((cells) => cells.map((cell) => [cell, Math.max(...cells.map(({ length }) => length))] as const)) as [
    ...Array<readonly (readonly [string, number])[]>,
  ];
  const cells = tokens.map((_, i) => {
    const [[number, a], [name, b], [id, c]] = [numbers![i]!, names![i]!, ids![i]!];
    return `${number.padStart(a)} ${name.padEnd(b)} ${id.padStart(c)}`;
  });
  const perLine = Number.isFinite(width) ? Math.max(1, Math.floor((width + 3) / (cells[0]!.length + 3))) : 1;
  const lines = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, i) =>
    cells.slice(i * perLine, (i + 1) * perLine).join("   "),
  );
  return [`${tokens.length} token${tokens.length === 1 ? "" : "s"}: number, token, id`, ...lines].join("\n");
}

function nextText(next: readonly PredictedToken[], width: number): string {
  const barWidth = Math.min(nextBar, Math.max(0, width - 45));
  const lines = next.map(({ id, token, logit, probability }) => {
    const bar = "█".repeat(Math.round(probability * barWidth));
    return `  ${percent(probability).padStart(6)}  ${logit.toFixed(2).padStart(6)}  ${bar.padEnd(barWidth)}  ${tokenName(token)} (${id})`;
  });
  return ["What comes next: probability, logit, token (id)", ...lines].join("\n");
}

/** Layers that are better known by what they leave; the others are called as their weights are. */
const placeNames: Record<string, string> = {
  tokens: "its own vector",
  dropout: "with its position",
  finalNorm: "the final norm",
};

const named = ({ token, probability }: PredictedToken): string => `${tokenName(token)} ${percent(probability)}`;

function lensText({ index, layers }: NonNullable<Inspection["lens"]>, texts: readonly string[]): string {
  const rows = layers.map(({ place, top, next }) => [
    placeNames[place.layer] ?? place.layer,
    ...top.map(named),
    percent(next.probability),
  ]);
  return [
    `What the model would answer after token ${index} ${tokenName(texts[index]!)} if it ended early: final norm and output, applied after each part`,
    wordTable([["after", "most probable", "second", "third", `P(${tokenName(layers[0]!.next.token)})`], ...rows]),
  ].join("\n\n");
}

function attributionText({ next, parts }: NonNullable<Inspection["attribution"]>): string {
  const order = [...parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = order.slice(partsShown);
  const sumOf = (some: readonly { value: number }[]) => some.reduce((sum, { value }) => sum + value, 0);
  const rows = [
    ...order.slice(0, partsShown).map(({ part, value }) => [part, value.toFixed(4)]),
    ...(rest.length > 0 ? [[`the other ${rest.length} parts`, sumOf(rest).toFixed(4)]] : []),
    [`logit of ${tokenName(next.token)}`, sumOf(parts).toFixed(4)],
  ];
  return [
    `What each part adds to the logit of ${tokenName(next.token)} (${percent(next.probability)}); L0H1 is layer 0, head 1`,
    markdownTable([["part", "adds"], ...rows]).join("\n"),
  ].join("\n\n");
}

function ablationsText({ before, after }: NonNullable<Inspection["ablations"]>): string {
  const loss = (value: number | undefined) => (value === undefined ? "" : value.toFixed(4));
  const rows = after.map((one) => [
    one.parts.join(", "),
    loss(one.loss),
    one.loss === undefined ? "" : signed(one.loss - before.loss!),
    percent(one.next.probability),
    named(one.top),
  ]);
  return [
    "What changes with parts switched off: their output is 0. The loss is that of the text, in nats per token",
    markdownTable([
      ["switched off", "loss", "change", `P(${tokenName(before.next.token)})`, "most probable next"],
      ["nothing", loss(before.loss), "", percent(before.next.probability), named(before.top)],
      ...rows,
    ]).join("\n"),
  ].join("\n\n");
}

const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(4)}`;

function comparisonText({ word, texts, layers }: WordComparison): string {
  const [a, b] = texts as [WordComparison["texts"][number], WordComparison["texts"][number]];
  const places = texts.map(({ tokens, index, occurrences }, i) => {
    const sentence = tokens.map(({ text }, t) => (t === index ? text.replace(/\S+/, "[$&]") : text)).join("");
    const times = occurrences.length > 1 ? `, where it stands last of ${occurrences.length} times` : "";
    return `${"AB"[i]}  ${sentence.trim().replace(/\r?\n/g, "⏎")}   (token ${index}${times})`;
  });
  const isOne = a.tokens[a.index]!.id === b.tokens[b.index]!.id;
  const start = isOne
    ? "Its own vector is the same in both: distance 0."
    : "These are two tokens, one with a space before it and one without: their own vectors differ.";
  const positions =
    a.index === b.index
      ? ""
      : ` It stands at other places, so that the positions added differ too: ${a.index}, ${b.index}.`;
  const rows = layers.map(({ place, cosine, distance }) => [
    placeNames[place.layer] ?? place.layer,
    cosine.toFixed(4),
    distance.toFixed(4),
  ]);
  return [
    `"${word}" in two texts, layer by layer: cosine similarity and distance of its vectors`,
    places.join("\n"),
    markdownTable([["vector", "cosine", "distance"], ...rows]).join("\n"),
    start + positions,
  ].join("\n\n");
}
