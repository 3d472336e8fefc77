/** Keeps the last `limit` bytes (UTF-8) of a stream of text and says when a needle has passed. */
export class Tail {
  private chunks: { text: string; bytes: number }[] = [];
  private size = 0;
  private recent = '';
  private longest = 0;
  private needles: readonly string[] = [];
  found = false;

  constructor(private readonly limit: number) {}

  /** Looks for these from now on, and in what is kept; true when one of them is there already. */
  seek(needles: readonly string[]): boolean {
    this.needles = needles;
    this.longest = Math.max(0, ...needles.map((needle) => needle.length));
    this.recent = '';
    return this.search(this.text);
  }

  /** Adds a chunk; true when it completes the first needle of the stream. */
  push(text: string): boolean {
    const bytes = Buffer.byteLength(text);
    this.chunks.push({ text, bytes });
    this.size += bytes;
    // Whole chunks are dropped here, so that a program that prints for hours costs no copying; `text` cuts exactly.
    for (let first = this.chunks[0]; first && this.size - first.bytes >= this.limit; first = this.chunks[0]) {
      this.chunks.shift();
      this.size -= first.bytes;
    }
    return this.search(text);
  }

  private search(text: string): boolean {
    if (this.found || this.longest === 0) {
      return false;
    }
    const window = this.recent + text;
    this.found = this.needles.some((needle) => window.includes(needle));
    // A needle may be split between two chunks.
    this.recent = this.longest > 1 ? window.slice(1 - this.longest) : '';
    return this.found;
  }

  /** The end of the stream, at most `limit` bytes of it, beginning with a whole character. */
  get text(): string {
    const all = Buffer.from(this.chunks.map((chunk) => chunk.text).join(''));
    let start = Math.max(0, all.length - this.limit);
    while (start < all.length && ((all[start] ?? 0) & 0xc0) === 0x80) {
      start += 1;
    }
    return all.toString('utf8', start);
  }
}
