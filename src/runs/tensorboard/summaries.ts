import { ProtobufWriter } from "../../core/protobuf.js";

/** What a TensorBoard plugin needs to know about a tag; it keeps the metadata of the tag's first value. */
interface Metadata {
  plugin: string;
  content?: ProtobufWriter;
  description?: string;
}

/** A point of a curve. The first point of a curve may have a `description`, which TensorBoard shows with the curve. */
export function scalar(tag: string, value: number, description?: string): ProtobufWriter {
  const point = new ProtobufWriter().bytes(1, tag).float(2, value);
  return description === undefined ? point : point.bytes(9, metadata({ plugin: "scalars", description }));
}

/** A text that TensorBoard renders as Markdown. */
export function markdown(tag: string, value: string): ProtobufWriter {
  const dtString = 7;
  const tensor = new ProtobufWriter().varint(1, dtString).bytes(2, new ProtobufWriter()).bytes(8, value);
  return new ProtobufWriter()
    .bytes(1, tag)
    .bytes(8, tensor)
    .bytes(9, metadata({ plugin: "text" }));
}

/** The settings of a run, for TensorBoard's table of runs. */
export function sessionStart(settings: Record<string, number | string | boolean>, startTime: number): ProtobufWriter {
  const start = new ProtobufWriter();
  for (const [name, value] of Object.entries(settings)) {
    start.bytes(1, new ProtobufWriter().bytes(1, name).bytes(2, jsonValue(value)));
  }
  start.double(5, startTime);
  return sessionValue("_hparams_/session_start_info", new ProtobufWriter().bytes(3, start));
}

/** Marks a run as finished in TensorBoard's table of runs. */
export function sessionEnd(endTime: number): ProtobufWriter {
  const success = 1;
  const end = new ProtobufWriter().varint(1, success).double(2, endTime);
  return sessionValue("_hparams_/session_end_info", new ProtobufWriter().bytes(4, end));
}

/** The plugin reads only the metadata, so the tensor is an empty float32 one. */
function sessionValue(tag: string, content: ProtobufWriter): ProtobufWriter {
  const dtFloat = 1;
  const ofSizeZero = new ProtobufWriter().bytes(2, new ProtobufWriter());
  const tensor = new ProtobufWriter().varint(1, dtFloat).bytes(2, ofSizeZero);
  return new ProtobufWriter()
    .bytes(1, tag)
    .bytes(8, tensor)
    .bytes(9, metadata({ plugin: "hparams", content }));
}

function metadata({ plugin, content, description }: Metadata): ProtobufWriter {
  const pluginData = new ProtobufWriter().bytes(1, plugin);
  if (content) pluginData.bytes(2, content);
  const all = new ProtobufWriter().bytes(1, pluginData);
  return description === undefined ? all : all.bytes(3, description);
}

/** A `google.protobuf.Value` message. */
function jsonValue(value: number | string | boolean): ProtobufWriter {
  const written = new ProtobufWriter();
  if (typeof value === "number") return written.double(2, value);
  return typeof value === "string" ? written.bytes(3, value) : written.varint(4, value);
}
