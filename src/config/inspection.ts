import { ConfigError } from "../core/errors.js";
import { type ConfigOf, completeConfig, integer, optional, text, texts, toggle } from "./fields.js";

/** What is shown of a model and a text. Layers and heads count from 0, as in the names of weights: `blocks.0`. */
export const inspectionFields = {
  text: optional(
    text({ flag: "text", help: "Text to read; \\n, \\t and \\\\ stand for a line break, a tab, a backslash" }),
  ),
  token: optional(
    text({
      flag: "token",
      help: "Show what one token looks at: a word of the text (where it stands last), or its number, such as 7",
    }),
  ),
  layer: optional(
    integer({
      flag: "layer",
      help: "Layer whose heads are shown; layers count from 0, as in blocks.0",
      least: 0,
      defaultText: "the sharpest heads",
    }),
  ),
  head: optional(
    integer({ flag: "head", help: "Head to show; heads count from 0", least: 0, defaultText: "the sharpest heads" }),
  ),
  arithmetic: toggle({
    flag: "arithmetic",
    help: "Show every step of one head for one token, from its vector to what the head adds",
    default: false,
  }),
  lens: toggle({ flag: "lens", help: "Show what the model would answer after each layer", default: false }),
  attribution: toggle({
    flag: "attribution",
    help: "Show what each part of the model adds to the next token's logit",
    default: false,
  }),
  next: optional(
    text({ flag: "next", help: "Next token for --attribution and --lens", defaultText: "the most probable one" }),
  ),
  ablate: texts({
    flag: "ablate",
    help: "Switch parts off, and show what changes: 1.3 is layer 1, head 3; 1.attention and 1.feedForward are whole parts",
    default: [],
    defaultText: "none",
  }),
  heads: toggle({
    flag: "heads",
    help: "Show what every head does on a text file, and which relations it has found",
    default: false,
  }),
  senses: toggle({
    flag: "senses",
    help: "Show how well the vectors of words like bank tell their meanings apart, on a text file that lists them",
    default: false,
  }),
  data: optional(
    text({ flag: "data", help: "Text file for --heads and --senses", defaultText: "the run's held-out text" }),
  ),
  texts: optional(
    integer({
      flag: "texts",
      help: "Texts of that file to read: more show weaker relations",
      defaultText: "60 for --heads, 300 for --senses",
    }),
  ),
  compare: texts({
    flag: "compare",
    help: "Two texts: show how far apart the vectors of --word are in them, layer by layer",
    default: [],
    defaultText: "none",
  }),
  word: optional(text({ flag: "word", help: "Word that both texts of --compare have" })),
};

export type InspectionConfig = ConfigOf<typeof inspectionFields>;

/**
 * A complete, checked InspectionConfig from the fields given.
 *
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function inspectionConfig(given: Partial<InspectionConfig> = {}): InspectionConfig {
  const config = completeConfig(inspectionFields, given, { what: "inspect" });
  const { compare, heads, senses, text } = config;
  if (compare.length !== 0 && compare.length !== 2) {
    const got = `${compare.length}`;
    throw new ConfigError({ field: "compare", rule: "be two texts", got, remedy: "put each in quotes" });
  }
  requireBeside(config, "compare", ["word"]);
  requireBeside(config, "word", ["compare"]);
  requireBeside(config, "data", ["heads", "senses"]);
  requireBeside(config, "texts", ["heads", "senses"]);
  requireBeside(config, "next", ["lens", "attribution"]);
  const isAboutText = aboutText.some((name) => isGiven(config[name]));
  if (text === undefined && (isAboutText || (!heads && !senses && compare.length === 0))) {
    const remedy = isAboutText ? undefined : "or add --heads, --senses or --compare";
    throw new ConfigError({ field: "text", rule: "be a text for the model to read", got: "none", remedy });
  }
  return config;
}

/** What is said of `text`. */
const aboutText = ["token", "layer", "head", "arithmetic", "lens", "attribution", "ablate"] as const;

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;

/** @throws ConfigError if `field` is given, and none of `others` */
function requireBeside(config: InspectionConfig, field: keyof InspectionConfig, others: (keyof InspectionConfig)[]) {
  if (!isGiven(config[field]) || others.some((other) => isGiven(config[other]))) return;
  const rule = `be given together with ${others.map((other) => `{${other}}`).join(" or ")}`;
  throw new ConfigError({ field, rule, value: config[field] });
}
