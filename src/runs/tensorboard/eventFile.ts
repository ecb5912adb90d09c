import { appendFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { onFile } from "../../core/files.js";
import { ProtobufWriter } from "../../core/protobuf.js";
import { crc32c } from "./crc32c.js";

const prefix = "events.out.tfevents.";

/** Whether `name` is the name of an event file. */
export function isEventFile(name: string): boolean {
  return name.startsWith(prefix);
}

/** What an event can contain, with the number of its field in TensorFlow's message `Event`. */
const contents = { fileVersion: 3, summary: 5, sessionLog: 7 } as const;

export interface EventTime {
  /** @default 0 */
  step?: number;
  /** Seconds since 1970. @default now */
  wallTime?: number;
}

/**
 * A new TensorBoard event file in `folder`. Every event is appended in a single write; if a killed process leaves a
 * partial event at the end, TensorBoard skips it.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
export class EventFile {
  readonly path: string;

  constructor(folder: string, { wallTime = Date.now() / 1000 }: Pick<EventTime, "wallTime"> = {}) {
    // TensorBoard reads a folder's files in the order of their names, and this one must come last.
    const times = readdirSync(folder)
      .filter(isEventFile)
      .map((name) => Number.parseInt(name.slice(prefix.length), 10) || 0);
    const time = Math.max(Math.floor(wallTime), ...times.map((other) => other + 1));
    this.path = join(folder, `${prefix}${String(time).padStart(10, "0")}.${hostname()}.${process.pid}`);
    this.append("fileVersion", "brain.Event:2", { wallTime });
  }

  append(
    kind: keyof typeof contents,
    content: string | ProtobufWriter,
    { step = 0, wallTime = Date.now() / 1000 }: EventTime = {},
  ): void {
    const event = new ProtobufWriter().double(1, wallTime);
    if (step > 0) event.varint(2, step);
    onFile(this.path, () => appendFileSync(this.path, framed(event.bytes(contents[kind], content).finish())));
  }
}

/** A TFRecord: the length in eight bytes, its checksum, the data, and the data's checksum. */
function framed(data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

/** A checksum as TFRecord stores it: rotated, with a constant added, because a CRC of data with CRCs inside is weak. */
function maskedChecksum(bytes: Uint8Array): Uint8Array {
  const crc = crc32c(bytes);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
