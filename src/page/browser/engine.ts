import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "../../config/model.js";
import type { PagePrecision } from "../../config/pageFields.js";
import { type Capture, capture, type Intervention, type PlaceFilter } from "../../inspection/capture.js";
import { Transformer } from "../../model/transformer.js";
import type { VariableValues } from "../../model/variables.js";
import { tokenizerFromJson } from "../../tokenizers/json.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";
import { unpackWeights } from "../packWeights.js";
import type { PackedWeights, PageModel, PageRun, Payload } from "../payload.js";
import { readableText } from "../readableText.js";
import { KeptLooks } from "./keptLooks.js";

/** A model of the page, ready to run. */
export interface EngineModel {
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly model: Transformer;
  readonly step: number | undefined;
  /** How exactly the page keeps its weights, and the largest difference in logits that this makes on the page's texts. */
  readonly precision: { weights: PagePrecision; logitDifference: number };
  readonly run: PageRun | undefined;
  readonly heads: PageModel["heads"];
  readonly senses: PageModel["senses"];
  /** The steps of its snapshots, rising. */
  readonly snapshots: readonly number[];
  /** Which snapshot it runs with; undefined: the trained weights. */
  readonly snapshot: number | undefined;
}

export interface LookOptions {
  /** Changes made on the way through the model. */
  interventions?: readonly Intervention[];
  /** Places to keep. @default every one */
  at?: PlaceFilter;
}

export interface LookToken {
  id: number;
  /** The token's own text, with the space that begins it. */
  text: string;
  /** Where it stands in {@link Look.text}. */
  start: number;
  end: number;
}

/** What a model made of a text. */
export interface Look {
  /** The text that was read: normalized, without a space at its end that belongs to the next word. */
  text: string;
  ids: Int32Array;
  tokens: LookToken[];
  capture: Capture;
  /** Logits of what comes after the last token, `[V]`. */
  logits: Float32Array;
  /** Cross-entropy of each token but the first, in nats, `[T - 1]`. */
  losses: Float32Array;
}

/** What runs the models of a page in the browser. It is `window.heed` there. */
export class Engine {
  readonly models: readonly EngineModel[];
  readonly texts: readonly string[];
  private readonly running: RunningModel[];

  /**
   * The backend must be ready.
   *
   * @param backend what it is called: `wasm`
   */
  constructor(
    payload: Payload,
    readonly backend: string,
  ) {
    this.running = payload.models.map((model) => new RunningModel(model));
    this.models = this.running;
    this.texts = payload.texts;
  }

  /**
   * Runs a text through a model. Without changes on the way, the look that another view has just asked for is returned
   * again, with every place: read it, and leave it as it is.
   *
   * @throws DataError if the text has no token, one that the tokenizer does not know, or more than the context
   */
  look(model: number, text: string, { interventions, at }: LookOptions = {}): Look {
    return this.running[model]!.look(text, { interventions, at });
  }

  /** Tensors in memory: a look leaves as many as it found. */
  get numTensors(): number {
    return tf.memory().numTensors;
  }

  /** Lets a model run with the weights of a snapshot, or with its trained ones. */
  useSnapshot(model: number, snapshot: number | undefined): void {
    this.running[model]!.useSnapshot(snapshot);
  }
}

class RunningModel implements EngineModel {
  readonly model: Transformer;
  readonly tokenizer: Tokenizer;
  readonly snapshots: readonly number[];
  snapshot: number | undefined;
  private readonly unpacked = new Map<PackedWeights, VariableValues>();
  private readonly kept = new KeptLooks<Look>(64e6);

  constructor(private readonly page: PageModel) {
    this.model = new Transformer(page.config);
    this.tokenizer = tokenizerFromJson(page.tokenizer);
    this.snapshots = page.snapshots.map(({ step }) => step);
    this.useSnapshot(undefined);
  }

  get name() {
    return this.page.name;
  }
  get config() {
    return this.page.config;
  }
  get step() {
    return this.page.step;
  }
  get precision() {
    return { weights: this.page.weights.type, logitDifference: this.page.logitDifference };
  }
  get run() {
    return this.page.run;
  }
  get heads() {
    return this.page.heads;
  }
  get senses() {
    return this.page.senses;
  }

  useSnapshot(snapshot: number | undefined): void {
    const { weights } = snapshot === undefined ? this.page : this.page.snapshots[snapshot]!;
    const values = this.unpacked.get(weights) ?? unpackWeights(weights, this.config);
    this.unpacked.set(weights, values);
    this.model.load(values);
    this.snapshot = snapshot;
  }

  look(given: string, { interventions = [], at }: LookOptions): Look {
    if (interventions.length > 0) return this.compute(given, { interventions, at });
    const key = `${this.snapshot} ${given}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    const look = this.compute(given, { at });
    if (!at) this.kept.add(key, look);
    return look;
  }

  private compute(given: string, { interventions, at = () => true }: LookOptions): Look {
    const { ids, offsets, text } = readableText(given, this);
    const { vocabSize } = this.config;
    const withLogits: PlaceFilter = (place) => place.point === "logits" || at(place);
    const captured = capture(this.model, [ids], { at: withLogits, interventions });
    const { values } = captured.at("output", "logits");
    const row = (t: number) => values.subarray(t * vocabSize, (t + 1) * vocabSize);
    const tokens = Array.from(ids, (id, t) => ({
      id,
      text: this.tokenizer.token(id),
      start: offsets[t]!,
      end: offsets[t + 1] ?? text.length,
    }));
    const losses = Float32Array.from(ids.subarray(1), (id, t) => lossOf(row(t), id));
    return { text, ids, tokens, capture: captured, logits: row(ids.length - 1), losses };
  }
}

/** `log Σ exp(logits) - logits[id]` */
function lossOf(logits: Float32Array, id: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const x of logits) most = Math.max(most, x);
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - most);
  return Math.log(sum) + most - logits[id]!;
}
