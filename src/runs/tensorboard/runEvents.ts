import { readdirSync } from "node:fs";
import { ProtobufWriter } from "../../core/protobuf.js";
import { type MetricsLine, readMetrics } from "../metrics.js";
import { EventFile, type EventTime, isEventFile } from "./eventFile.js";
import { markdown, scalar, sessionEnd, sessionStart } from "./summaries.js";

/** Fields of a line of metrics.jsonl and the curves that they make, grouped by what stands before the "/". */
const curves = [
  { field: "trainLoss", tag: "loss/train", description: "Of the step's batch, in nats a token" },
  { field: "valLoss", tag: "loss/validation", description: "Of the held-out text, in nats a token" },
  { field: "learningRate", tag: "optimizer/learning_rate", description: "After warmup and decay" },
  { field: "gradNorm", tag: "optimizer/gradient_norm", description: "Global norm before clipping" },
  { field: "tokensPerSecond", tag: "speed/tokens_per_second", description: "Of the step, without validation" },
] as const;

/** A run as TensorBoard shows it, in a file of events beside metrics.jsonl: its curves, samples of text and settings. */
export class RunEvents {
  private readonly file: EventFile;
  private readonly described = new Set<string>();

  /**
   * @param options.step after which the run goes on: TensorBoard drops what an earlier file says of later steps.
   * @param options.settings what the runs of a folder are compared by.
   */
  constructor(folder: string, options: { step: number; settings: object }) {
    const isFirst = !readdirSync(folder).some(isEventFile);
    this.file = new EventFile(folder);
    const start = 1;
    this.file.append("sessionLog", new ProtobufWriter().varint(1, start), { step: options.step + 1 });
    if (isFirst) this.begin(readMetrics(folder), options.settings);
  }

  /** The curves at a line of metrics.jsonl. */
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

  /** A text that the model wrote: as a block of code, in which Markdown finds no marks, in lines that fit a window. */
  sample(step: number, text: string): void {
    const lines = text.split("\n").flatMap((line) => line.match(/.{1,100}(?: |$)|.{100}/gsu) ?? [""]);
    this.append([markdown("sample", lines.map((line) => `    ${line}`).join("\n"))], { step });
  }

  /** Marks the run as finished. */
  finish(): void {
    this.append([sessionEnd(Date.now() / 1000)]);
  }

  /** Says what the run is, and what it did without a file of events. */
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
