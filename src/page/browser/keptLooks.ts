/** Looks that are kept, so that views which ask for the same text share one pass: the newest, up to so many bytes. */
export class KeptLooks<Look extends { capture: { bytes: number } }> {
  private readonly looks = new Map<string, Look>();

  constructor(private readonly mostBytes: number) {}

  get(key: string): Look | undefined {
    return this.looks.get(key);
  }

  add(key: string, look: Look): void {
    this.looks.delete(key);
    this.looks.set(key, look); // a map lists its keys in the order in which they came
    let bytes = [...this.looks.values()].reduce((sum, { capture }) => sum + capture.bytes, 0);
    for (const [oldest, { capture }] of this.looks) {
      if (bytes <= this.mostBytes || oldest === key) return;
      this.looks.delete(oldest);
      bytes -= capture.bytes;
    }
  }
}
