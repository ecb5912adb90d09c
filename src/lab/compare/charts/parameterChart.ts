import { summarize } from "../../../core/tTests.js";
import { bySeed, finalLoss, type Group } from "../groups.js";
import type { Spec } from "./render.js";
import { linear, logAxis } from "./scales.js";
import { finalLossTitle } from "./settingChart.js";
import { config, type Styles, size } from "./theme.js";

/** Final validation loss over the number of parameters without embeddings; a mark a group, a dot a seed. */
export function parameterChart(groups: readonly Group[], styles: Styles): Spec {
  const done = groups.filter(({ finished }) => finished.length > 0);
  const means = done.map((group) => {
    const { color, shape } = styles.of(group.settings);
    const losses = [...bySeed(group, finalLoss).values()];
    return { parameters: group.parameters.withoutEmbedding, color, shape, losses, loss: summarize(losses).mean };
  });
  const seeds = means.flatMap((row) => row.losses.map((loss) => ({ ...row, loss })));
  const counts = means.map(({ parameters }) => parameters);
  const room = (Math.max(...counts) / Math.min(...counts)) ** 0.06;
  const x = {
    field: "parameters",
    type: "quantitative",
    ...logAxis("parameters without embeddings", [Math.min(...counts) / room, Math.max(...counts) * room]),
  };
  const y = {
    field: "loss",
    type: "quantitative",
    ...linear(
      seeds.map(({ loss }) => loss),
      finalLossTitle,
    ),
  };
  const color = { field: "color", type: "nominal", scale: null };
  return {
    config,
    ...size,
    data: { values: means },
    layer: [
      {
        mark: { type: "point", filled: false, size: 80, strokeWidth: 2, opacity: 1 },
        encoding: { x, y, color, shape: { field: "shape", type: "nominal", scale: null } },
      },
      {
        data: { values: seeds },
        mark: { type: "point", filled: true, shape: "circle", size: 12, opacity: 1 },
        encoding: { x, y, color },
      },
    ],
  };
}
