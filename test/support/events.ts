import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An event of a TensorBoard file, as far as heed writes them. */
export interface ReadEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  /** SessionLog's status. */
  session?: number;
  values: ReadValue[];
}

export interface ReadValue {
  tag: string;
  /** Of a point of a curve. */
  number?: number;
  /** Of a text. */
  text?: string;
  plugin?: string;
  description?: string;
  /** Of the table of runs: its message, not read further. */
  content?: Buffer;
}

/** The events of a file, up to a half-written one at its end; checksums are not looked at. */
export function readEvents(path: string): ReadEvent[] {
  const bytes = readFileSync(path);
  const events: ReadEvent[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    if (at + 16 + length > bytes.length) break;
    events.push(eventOf(bytes.subarray(at + 12, at + 12 + length)));
    at += 16 + length;
  }
  return events;
}

/** The files of events in a folder, in the order in which TensorBoard reads them. */
export function eventFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.includes("tfevents"));
  return names.sort().map((name) => join(folder, name));
}

/** The events of a run as TensorBoard shows them: a start drops what was said before of its step and later ones. */
export function eventsOfRun(folder: string): ReadEvent[] {
  let shown: ReadEvent[] = [];
  for (const event of eventFiles(folder).flatMap(readEvents)) {
    if (event.session === 1) shown = shown.filter(({ step }) => step < event.step);
    shown.push(event);
  }
  return shown;
}

/** The points of a curve: step and value. */
export function curve(events: ReadEvent[], tag: string): [step: number, value: number][] {
  return events.flatMap(({ step, values }) =>
    values.filter((value) => value.tag === tag).map(({ number }) => [step, number!] as [number, number]),
  );
}

function eventOf(bytes: Buffer): ReadEvent {
  const fields = fieldsOf(bytes);
  const session = fields.get(7)?.[0] as Buffer | undefined;
  const summary = fields.get(5)?.[0] as Buffer | undefined;
  return {
    wallTime: (fields.get(1)![0] as Buffer).readDoubleLE(),
    step: Number(fields.get(2)?.[0] ?? 0),
    ...(fields.has(3) && { fileVersion: String(fields.get(3)![0]) }),
    ...(session && { session: Number(fieldsOf(session).get(1)![0]) }),
    values: summary ? (fieldsOf(summary).get(1) as Buffer[]).map(summaryValue) : [],
  };
}

function summaryValue(bytes: Buffer): ReadValue {
  const fields = fieldsOf(bytes);
  const number = fields.get(2)?.[0] as Buffer | undefined;
  const text = fields.has(8) ? fieldsOf(fields.get(8)![0] as Buffer).get(8)?.[0] : undefined;
  const metadata = fields.has(9) ? fieldsOf(fields.get(9)![0] as Buffer) : undefined;
  const plugin = metadata && fieldsOf(metadata.get(1)![0] as Buffer);
  return {
    tag: String(fields.get(1)![0]),
    ...(number && { number: number.readFloatLE() }),
    ...(text !== undefined && { text: String(text) }),
    ...(plugin && { plugin: String(plugin.get(1)![0]) }),
    ...(metadata?.has(3) && { description: String(metadata.get(3)![0]) }),
    ...(plugin?.has(2) && { content: plugin.get(2)![0] as Buffer }),
  };
}

/** The fields of a Protocol Buffers message by number: whole numbers, or the bytes of anything else. */
export function fieldsOf(bytes: Buffer): Map<number, (bigint | Buffer)[]> {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const sizes: Record<number, () => bigint | Buffer> = {
      0: varint,
      1: () => take(8),
      2: () => take(Number(varint())),
      5: () => take(4),
    };
    const value = sizes[tag & 7]!();
    fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), value]);
  }
  return fields;
}
