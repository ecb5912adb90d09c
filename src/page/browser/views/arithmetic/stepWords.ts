import type { SheetStep } from "../../sheetSums.js";

export const stepNames: Record<SheetStep, string> = {
  vector: "The token’s vector",
  norm: "The norm",
  query: "Query, key, value",
  products: "The query against every key",
  division: "Divided by √d",
  mask: "The mask",
  softmax: "Softmax",
  sum: "The weighted sum of values",
  joined: "The heads joined",
  projection: "The output projection",
  residual: "Back into the stream",
};

/** What happens in a step. */
export const stepWords: Record<SheetStep, string> = {
  vector:
    "What the layer is given: the word’s raw vector, its position, and all that the layers before have added to it.",
  norm: "The vector is brought to one scale, so that no word is louder than another, and each component gets a gain.",
  query:
    "Three matrices make three vectors of it: a query (what am I looking for?), a key (what can I be found by?) and a value (what do I give?). Each head has its own.",
  products:
    "The query is multiplied with every token’s key, component by component, and summed: the more they agree, the more it is.",
  division: "A sum over more components is larger, so it is divided by the root of their number.",
  mask: "Tokens that come later are taken out: −10⁹ is added to their scores, and nothing is left of them.",
  softmax:
    "Each score becomes e to its power, divided by the sum of all: weights from 0 to 1 that sum to 1. (The highest score is taken off first; it changes no weight.)",
  sum: "Each token’s value, times its weight, summed: that is what this head has read for this token.",
  joined: "All heads have done the same, each with matrices of its own. Their outputs are written one after the other.",
  projection:
    "One more matrix mixes what the heads have read and makes it as wide as the stream. Each head has its rows of the matrix.",
  residual: "The result is added to what came in. The token’s vector is now one that knows its context.",
};
