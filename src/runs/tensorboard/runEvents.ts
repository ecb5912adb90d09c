import { readdirSync } from "node:fs";
import { ProtobufWriter } from "../../core/protobuf.js";
import { type MetricsLine, readMetrics } from "../metrics.js";
import { EventFile, type EventTime, isEventFile } from "./eventFile.js";
import { markdown, scalar, sessionEnd, sessionStart } from "./summaries.js";

/** The fields of metrics.jsonl and their curves. TensorBoard groups curves by the part of the tag before the "/". */
const curves = [
  { field: "trainLoss", tag: "loss/train", description: "Of the step's batch, in nats per token" },
  { field: "valLoss", tag: "loss/validation", description: "Of the held-out text, in nats per token" },
  { field: "learningRate", tag: "optimizer/learning_rate", description: "After warmup and decay" },
  { field: "gradNorm", tag: "optimizer/gradient_norm", description: "Global norm before clipping" },
  { field: "tokensPerSecond", tag: "speed/tokens_per_second", description: "Of the step, without validation" },
] as const;

/**
 * What TensorBoard shows of a run: its curves, text samples and settings. Kept in an event file next to metrics.jsonl.
 */
export class RunEvents {
  private readonly file: EventFile;
  private readonly described = new Set<string>();

  /**
   * @param options.step the step after which the run continues; TensorBoard drops later steps from earlier files.
   * @param options.settings the settings by which TensorBoard compares runs.
   */
  constructor(folder: string, options: { step: number; settings: object }) {
    const isFirst = !readdirSync(folder).some(isEventFile);
    this.file = new EventFile(folder);
    const start = 1;
    this.file.append("sessionLog", new ProtobufWriter().varint(1, start), { step: options.step + 1 });
    if (isFirst) this.begin(readMetrics(folder), options.settings);
  }

  /** Adds a line of metrics.jsonl to the curves. */
  metrics(line: MetricsLine, time: Pick<EventTime, "wallTime"> = {}): void {
    const points = curves.flatMap(({ field, tag, description }) => {
      const value = line[field];
      if (typeof value !== "number") return [];
      const isKnown = this.described.has(tag);
      this.described.add(tag);
      return [scalar(tag, value, isKnown ? undefined : description)];
    });
    this.append(points, { step: line.step, ...time });
  }

  /** Adds text that the model generated, as a code block (no Markdown inside), in lines of at most 100 characters. */
  sample(step: number, text: string): void {
    const lines = text.split("\n").flatMap((line) => line.match(/.{1,100}(?: |$)|.{100}/gsu) ?? [""]);
    this.append([markdown("sample", lines.map((line) => `    ${line}`).join("\n"))], { step });
  }

  /** Marks the run as finished. */
  finish(): void {
    this.append([sessionEnd(Date.now() / 1000)]);
  }

  /** Writes the run's settings, and the metrics it logged before it had an event file. */
  private begin(lines: MetricsLine[], settings: object): void {
    const now = Date.now() / 1000;
    const elapsed = (line: MetricsLine | undefined) => (typeof line?.elapsed === "number" ? line.elapsed : 0);
    const startTime = now - elapsed(lines.at(-1));
    const plain = Object.entries(settings).filter(([, value]) => /^(number|string|boolean)$/.test(typeof value));
    this.append([sessionStart(Object.fromEntries(plain), startTime)]);
    for (const line of lines) this.metrics(line, { wallTime: startTime + elapsed(line) });
  }

  private append(values: ProtobufWriter[], time?: EventTime): void {
    const summary = new ProtobufWriter();
    for (const value of values) summary.bytes(1, value);
    this.file.append("summary", summary, time);
  }
}
