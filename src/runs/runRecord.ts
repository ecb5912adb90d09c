import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import type { XlaChoice } from "../config/xla.js";
import { CheckpointError, ConfigError, DataError } from "../core/errors.js";
import { packageRoot } from "../core/packageRoot.js";
import type { Corpus } from "../dataset/corpus.js";
import type { Run } from "./runFolder.js";

/** What run.json says was asked for: enough to start the same run again. */
export interface RunRecord {
  /** By which its checkpoints know the run; those of an earlier heed have none. */
  id?: string;
  data: string[];
  valData?: string[];
  valFraction?: number;
  tokenizer: string;
  unknownToken: boolean;
  model: ModelConfig;
  training: TrainingConfig;
  keep: number;
  tensorboard?: boolean;
  files: { path: string; sha256: string; bytes: number; split: string }[];
  backend: string;
  /** Whether its step may run as one graph, and whether XLA compiles that, where it was asked for. */
  compiled?: boolean;
  xla?: XlaChoice;
  versions: { heed: string; tfjs: string; node: string };
}

/** @throws DataError naming a text that is not the one the run began with. */
export function requireSameTexts(record: RunRecord, { files }: Corpus): void {
  const changed = record.files.find(({ sha256, split }, i) => files[i]?.sha256 !== sha256 || files[i]?.split !== split);
  if (!changed && files.length === record.files.length) return;
  if (!changed) {
    const more = files[record.files.length]!.path;
    throw new DataError(`${more} is not one of the texts that the run began with (leave it out, or start a new run)`);
  }
  throw new DataError(
    `${changed.path} must be the text that the run began with: its hash is another (put it back, or start a new run)`,
  );
}

/** @throws ConfigError if more steps are done than are asked for. */
export function requireStepsLeft(steps: number, done: number): void {
  if (steps >= done) return;
  throw new ConfigError(`steps must be at least the ${done} that are done: got ${steps} (raise it to go on)`);
}

/**
 * What run.json of a run says.
 *
 * @throws CheckpointError if the run was to end after a time, as older versions allowed.
 */
export function asRecord(run: Run): RunRecord {
  const { seconds } = run.run;
  if (seconds !== undefined) {
    throw new CheckpointError({
      where: join(run.folder, "run.json"),
      field: "seconds",
      rule: "be absent, as a run ends after its steps and not after a time",
      value: seconds,
      remedy: "start a new run with --steps, or resume with the version of heed that began it",
    });
  }
  return run.run as unknown as RunRecord;
}

/** What the run is made with. */
export function versions(): RunRecord["versions"] {
  const path = join(packageRoot, "package.json");
  const heed = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")).version as string) : "unknown";
  return { heed, tfjs: tf.version.tfjs, node: process.versions.node };
}
