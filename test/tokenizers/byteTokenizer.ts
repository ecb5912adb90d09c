import type { EncodedPrompt, Encoding, StreamDecoder, Tokenizer } from "../../src/tokenizers/tokenizer.js";

/** The least tokenizer whose tokens are no characters: each is a byte of UTF-8. */
export class ByteTokenizer implements Tokenizer {
  readonly kind = "byte";
  readonly normalize = "none";
  readonly wholeWords = false;
  readonly unknownId = undefined;
  readonly vocabSize: number;

  constructor(private readonly bytes: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte)) {
    this.vocabSize = bytes.length;
  }

  safeCut(text: string): number {
    return text.search(/[\ud800-\udbff]$/) < 0 ? text.length : text.length - 1;
  }

  encode(text: string): Int32Array {
    return this.encodeWithOffsets(text).ids;
  }

  encodeWithOffsets(text: string): Encoding {
    const ids: number[] = [];
    const offsets: number[] = [];
    let offset = 0;
    for (const character of text) {
      for (const byte of Buffer.from(character)) {
        ids.push(this.bytes.indexOf(byte));
        offsets.push(offset);
      }
      offset += character.length;
    }
    return { ids: Int32Array.from(ids), offsets: Int32Array.from(offsets) };
  }

  encodePrompt(text: string): EncodedPrompt {
    return { ...this.encodeWithOffsets(text), text, held: "" };
  }

  decode(ids: ArrayLike<number>): string {
    return new TextDecoder().decode(Uint8Array.from(ids, (id) => this.bytes[id]!));
  }

  decoder(): StreamDecoder {
    const decoder = new TextDecoder();
    return {
      push: (id) => decoder.decode(Uint8Array.of(this.bytes[id]!), { stream: true }),
      end: () => decoder.decode(),
    };
  }

  token(id: number): string {
    return this.decode([id]);
  }

  toJSON(): object {
    return {};
  }
}
