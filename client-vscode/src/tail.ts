/** Between what stood around a needle and the end of the stream, where something is left out. */
const GAP = '\r\n';

/** What stands around the first needle; `start` and `end` are bytes of the stream. */
interface Surroundings {
  text: string;
  start: number;
  end: number;
  /** How many bytes may still be added. */
  room: number;
}

/**
 * Keeps the last `limit` bytes (UTF-8) of a stream of text, and of what stands around its first needle half of `limit`
 * before and behind it; says when that needle has passed.
 */
export class Tail {
  private chunks: { text: string; bytes: number }[] = [];
  private size = 0;
  /** Bytes of the stream so far. */
  private total = 0;
  private recent = '';
  private longest = 0;
  private needles: readonly string[] = [];
  private around: Surroundings | undefined;

  constructor(private readonly limit: number) {}

  get found(): boolean {
    return this.around !== undefined;
  }

  /** Looks for these from now on, and in what is kept; true when one of them is there already. */
  seek(needles: readonly string[]): boolean {
    this.needles = needles;
    this.longest = Math.max(0, ...needles.map((needle) => needle.length));
    this.recent = '';
    return this.search(this.end);
  }

  /** Adds a chunk; true when it completes the first needle of the stream. */
  push(text: string): boolean {
    const bytes = Buffer.byteLength(text);
    this.chunks.push({ text, bytes });
    this.size += bytes;
    this.total += bytes;
    if (this.around !== undefined) {
      this.extend(this.around, text, bytes);
    }
    const found = this.search(text);
    // Whole chunks are dropped here, so that a program that prints for hours costs no copying; `end` cuts exactly.
    for (let first = this.chunks[0]; first && this.size - first.bytes >= this.limit; first = this.chunks[0]) {
      this.chunks.shift();
      this.size -= first.bytes;
    }
    return found;
  }

  /** Looks in `text`, which is the end of the stream, and in what a needle may have begun before it. */
  private search(text: string): boolean {
    if (this.found || this.longest === 0) {
      return false;
    }
    const most = this.longest - 1;
    // A needle may be split between two chunks. That is looked at by itself: joining long chunks would copy them.
    const seam = this.recent + text.slice(0, most);
    let first = Infinity;
    for (const needle of this.needles) {
      const split = seam.indexOf(needle);
      const index = split >= 0 ? split - this.recent.length : text.indexOf(needle);
      if (split >= 0 || index >= 0) {
        first = Math.min(first, index);
      }
    }
    if (first !== Infinity) {
      this.surround(text.length - first);
      return true;
    }
    this.recent = most === 0 ? '' : (text.length < most ? this.recent + text : text).slice(-most);
    return false;
  }

  /** Begins to keep what stands around a needle, which is `behind` characters before the end of the stream. */
  private surround(behind: number): void {
    const kept = this.chunks.map((chunk) => chunk.text).join('');
    const place = Math.max(0, kept.length - behind);
    const half = Math.floor(this.limit / 2);
    const before = lastBytes(kept.slice(Math.max(0, place - half), place), half);
    const rest = kept.slice(place);
    const bytes = Buffer.byteLength(rest);
    const start = this.total - bytes;
    this.around = { text: before, start: start - Buffer.byteLength(before), end: start, room: half };
    this.extend(this.around, rest, bytes);
  }

  private extend(around: Surroundings, text: string, bytes: number): void {
    if (around.room > 0) {
      // No character has less than one byte; a copy, since a slice would hold on to all of a long chunk.
      const more = bytes <= around.room ? text : firstBytes(text.slice(0, around.room), around.room);
      const size = Buffer.byteLength(more);
      around.text += more;
      around.end += size;
      around.room = bytes <= around.room ? around.room - size : 0;
    }
  }

  /** The end of the stream, at most `limit` bytes of it, beginning with a whole character. */
  private get end(): string {
    return lastBytes(this.chunks.map((chunk) => chunk.text).join(''), this.limit);
  }

  /** The end of the stream, and before it what stood around the first needle where that is no part of it. */
  get text(): string {
    const end = this.end;
    const begin = this.total - Buffer.byteLength(end);
    if (this.around === undefined || this.around.start >= begin) {
      return end;
    }
    const { text, start } = this.around;
    return this.around.end >= begin ? firstBytes(text, begin - start) + end : text + GAP + end;
  }
}

/** The longest end of `text` of at most `limit` bytes that begins with a whole character. */
function lastBytes(text: string, limit: number): string {
  // No character has less than one byte.
  const all = Buffer.from(text.length > limit ? text.slice(-limit) : text);
  let start = Math.max(0, all.length - limit);
  while (start < all.length && ((all[start] ?? 0) & 0xc0) === 0x80) {
    start += 1;
  }
  return all.toString('utf8', start);
}

/** The longest begin of `text` of at most `limit` bytes that ends with a whole character. */
function firstBytes(text: string, limit: number): string {
  const all = Buffer.from(text);
  let end = Math.min(all.length, limit);
  while (end > 0 && end < all.length && ((all[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return all.toString('utf8', 0, end);
}
