import type { BackendName } from "../../backends/choose.js";
import { type ModelConfig, modelConfig } from "../../config/model.js";
import { type TrainingConfig, trainingConfig } from "../../config/training.js";
import { ConfigError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { stepsOfBudget } from "./budget.js";
import { combinations, draw } from "./grid.js";
import type { Asked } from "./options.js";
import type { Request } from "./request.js";
import { fieldsOf, settingsText, type TrialSettings } from "./trialSettings.js";

/** What has to be known of texts and machine before trials can be planned. */
export interface SweepSurvey {
  /** The backend in use. */
  backend: BackendName;
  /** One line that says which backend runs and why. */
  reason: string;
  vocabSize: number;
  tokens: { train: number; validation: number };
  files: { path: string; sha256: string; split: string }[];
  /** What the user should know, a line each. */
  notes: string[];
}

/** One training of a sweep. */
export interface Trial {
  /** Counts from 1. */
  trial: number;
  /** Its run folder, in the sweep's. */
  run: string;
  /** What distinguishes it from the others, besides its seed. */
  settings: TrialSettings;
  seed: number;
  model: ModelConfig;
  training: TrainingConfig;
}

export interface Plan {
  trials: Trial[];
  /** Settings that no model or training can have, and why. */
  skipped: { settings: TrialSettings; reason: string }[];
  /** What the user should know, a line each. */
  notes: string[];
}

const mostTrials = 10_000;

/**
 * The trials of a sweep, all settings with the first seed, then with the next.
 *
 * @throws ConfigError if there are too many, or none is left.
 */
export function planTrials(asked: Asked, request: Request, survey: SweepSurvey): Plan {
  const { seeds, trials: wanted = Infinity } = request;
  const skipped: Plan["skipped"] = [];
  const shapes: { settings: TrialSettings; model: ModelConfig; training: TrainingConfig }[] = [];
  for (const settings of candidates(request)) {
    try {
      shapes.push({ settings, ...resolve(settings, asked, request, survey) });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      skipped.push({ settings, reason: error.message });
    }
    if (shapes.length === wanted) break;
  }
  if (shapes.length === 0) throw new ConfigError(`no trial is left: ${skipped[0]!.reason}`);
  if (shapes.length * seeds.length > mostTrials) {
    throw new ConfigError(
      `a sweep must have at most ${mostTrials} trials: got ${shapes.length} settings and ${seeds.length} seeds`,
    );
  }
  const few = wanted !== Infinity && shapes.length < wanted;
  const notes = few ? [`only ${shapes.length} of ${wanted} different settings could be drawn from the grid`] : [];
  const all = seeds.flatMap((seed) => shapes.map((shape) => ({ ...shape, seed })));
  const trials = all.map(({ settings, seed, model, training }, i) => {
    const run = `trials/${runName(i + 1, { ...settings, seed })}`;
    return { trial: i + 1, run, settings, seed, model, training: { ...training, seed } };
  });
  return { trials, skipped, notes };
}

function candidates({ axes, list, trials, seeds }: Request): Iterable<TrialSettings> {
  if (list) return list;
  return trials === undefined ? combinations(axes, mostTrials) : draws(axes, trials, seeds[0]!);
}

/** Different settings, one draw after the other; ends when draws bring hardly anything new. */
function* draws(axes: Request["axes"], wanted: number, seed: number): Iterable<TrialSettings> {
  const random = new Random(seed, "sweep");
  const seen = new Set<string>();
  for (let attempt = 0; attempt < 100 * wanted; attempt++) {
    const settings = draw(axes, random);
    const text = settingsText(settings);
    if (!seen.has(text)) yield settings;
    seen.add(text);
  }
}

/** @throws ConfigError if the settings don't go together. */
function resolve(settings: TrialSettings, asked: Asked, { budget }: Request, { vocabSize, tokens }: SweepSurvey) {
  const fields = fieldsOf(settings);
  const model = modelConfig({ ...asked.model, ...fields.model, vocabSize });
  requireText(model.contextLength, tokens);
  const given = { ...asked.training, ...fields.training };
  const training = trainingConfig(given);
  if (!budget) return { model, training };
  return { model, training: trainingConfig({ ...given, steps: stepsOfBudget(budget, model, training) }) };
}

function requireText(contextLength: number, tokens: SweepSurvey["tokens"]): void {
  const shortest = tokens.validation > 0 ? Math.min(tokens.train, tokens.validation) : tokens.train;
  if (contextLength < shortest) return;
  throw new ConfigError(`contextLength must be below the ${shortest} tokens of the shorter text: got ${contextLength}`);
}

/** The settings as a name that every file system takes, and the number where that would be too long. */
function runName(trial: number, settings: TrialSettings): string {
  const name = settingsText(settings);
  return name.length <= 150 ? name : `trial-${trial}`;
}
