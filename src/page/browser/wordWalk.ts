import { rowOf } from "../../core/vectors.js";
import { walkOf } from "./embeddings.js";
import type { EngineModel, Look } from "./engine.js";

/** Where a token's vector is, from its raw vector through position and layers, `[C]` each. */
export interface WordWalk {
  stage: string;
  vector: Float32Array;
}

export function wordWalk({ capture }: Look, token: number, { config }: EngineModel): WordWalk[] {
  const raw = rowOf(capture.at("tokens").values, token, config.hiddenDim);
  const [placed, ...layers] = walkOf(capture, token, config);
  return [
    { stage: "the word alone", vector: raw },
    ...(config.positions === "none" ? [] : [{ stage: "with its position", vector: placed! }]),
    ...layers.map((vector, layer) => ({ stage: `after layer ${layer}`, vector })),
  ];
}
