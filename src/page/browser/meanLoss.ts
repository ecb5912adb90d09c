import type { Look } from "./engine.js";

/** Mean of a text's losses, in nats per token; undefined for a text of one token, which has none. */
export function meanLoss({ losses }: Look): number | undefined {
  return losses.length === 0 ? undefined : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
