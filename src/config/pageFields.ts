import { type ConfigOf, choice, completeConfig, integer, optional, text, texts, toggle } from "./fields.js";

export const pagePrecisions = ["float16", "float32"] as const;
export type PagePrecision = (typeof pagePrecisions)[number];

/** What a page of a model shows, and where it is written. */
export const pageFields = {
  texts: optional(
    texts({ flag: "text", help: "Texts to look at, the first one at once", defaultText: "some of the run's own" }),
  ),
  data: optional(
    text({
      flag: "data",
      help: "Text file to measure heads on",
      defaultText: "what the run validated on, else what it trained on",
    }),
  ),
  heads: toggle({ flag: "heads", help: "Measure what heads do, which takes longer than all else", default: true }),
  compare: optional(text({ flag: "compare", help: "A second run or checkpoint, shown beside the first" })),
  precision: choice<PagePrecision>({
    flag: "precision",
    help: "How exactly the page keeps weights",
    choices: pagePrecisions,
    default: "float16",
  }),
  snapshots: optional(
    integer({
      flag: "snapshots",
      help: "Snapshots of the run to take in, at most; 0: none",
      defaultText: "as many as fit in 16 MB",
      least: 0,
      most: 1000,
    }),
  ),
  out: text({ flag: "out", help: "The file", default: "model.html" }),
  overwrite: toggle({ flag: "overwrite", help: "Replace a file that is there", default: false }),
};

export type PageConfig = ConfigOf<typeof pageFields>;

/** @throws ConfigError naming the field, its rule and the value received. */
export function pageConfig(given: Partial<PageConfig> = {}, where?: string): PageConfig {
  return completeConfig(pageFields, given, { where, what: "page" });
}
