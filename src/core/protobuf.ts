/**
 * Writes messages in the wire format of Protocol Buffers: each field is a tag (`number << 3 | wire type`) and a value.
 *
 * @see https://protobuf.dev/programming-guides/encoding
 */
export class ProtobufWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** An integer or a boolean; a negative integer takes ten bytes. */
  varint(field: number, value: number | boolean): this {
    return this.push(varintBytes(field << 3), varintBytes(Number(value)));
  }

  float(field: number, value: number): this {
    return this.push(varintBytes((field << 3) | 5), new Uint8Array(new Float32Array([value]).buffer));
  }

  double(field: number, value: number): this {
    return this.push(varintBytes((field << 3) | 1), new Uint8Array(new Float64Array([value]).buffer));
  }

  /** A string, bytes, or a nested message. */
  bytes(field: number, value: string | Uint8Array | ProtobufWriter): this {
    const content =
      typeof value === "string" ? Buffer.from(value) : value instanceof ProtobufWriter ? value.finish() : value;
    return this.push(varintBytes((field << 3) | 2), varintBytes(content.length), content);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.parts, this.length);
  }

  private push(...parts: Uint8Array[]): this {
    for (const part of parts) {
      this.parts.push(part);
      this.length += part.length;
    }
    return this;
  }
}

/** Seven bits per byte, lowest first; the top bit says that more bytes follow. */
function varintBytes(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
