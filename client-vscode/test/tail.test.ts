import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tail } from '../src/tail';

function seeking(limit: number, needles: string[]): Tail {
  const tail = new Tail(limit);
  tail.seek(needles);
  return tail;
}

test('keeps short output whole', () => {
  const tail = new Tail(100);
  tail.push('one ');
  tail.push('two');
  assert.equal(tail.text, 'one two');
});

test('keeps the last bytes of long output', () => {
  const tail = new Tail(10);
  for (let i = 0; i < 1000; i += 1) {
    tail.push(`line ${i}\r\n`);
  }
  assert.equal(tail.text, 'line 999\r\n');
});

test('cuts one chunk that is larger than the limit', () => {
  const tail = new Tail(4);
  tail.push('0123456789');
  assert.equal(tail.text, '6789');
});

test('counts bytes and never cuts through a character', () => {
  const tail = new Tail(5);
  tail.push('a😀é'); // 1 + 4 + 2 bytes
  assert.equal(tail.text, 'é');
  assert.ok(Buffer.byteLength(tail.text) <= 5);
});

test('holds no more than the limit and one chunk', () => {
  const tail = new Tail(64);
  for (let i = 0; i < 10_000; i += 1) {
    tail.push('x'.repeat(16));
  }
  assert.ok((tail as unknown as { chunks: unknown[] }).chunks.length <= 5);
});

test('finds a needle that is split between chunks', () => {
  const tail = seeking(100, ['externally-managed']);
  assert.equal(tail.push('error: externally'), false);
  assert.equal(tail.push('-'), false);
  assert.equal(tail.push('managed-environment'), true);
  assert.equal(tail.found, true);
});

test('announces a needle once', () => {
  const tail = seeking(100, ['pip']);
  assert.equal(tail.push('pip'), true);
  assert.equal(tail.push('pip'), false);
});

test('keeps what stood around a needle that the tail has lost', () => {
  const tail = seeking(8, ['!']);
  tail.push('0123456789!abcdefghij');
  assert.equal(tail.push('klmnopqrstuvwxyz'), false);
  assert.equal(tail.text, '6789!abc\r\nstuvwxyz');
  assert.equal(tail.found, true);
});

test('joins what stood around a needle with the tail where they touch', () => {
  const text = '0123456789!abcdefghij';
  for (let more = 0; more < 10; more += 1) {
    for (let size = 1; size <= text.length; size += 1) {
      const tail = seeking(8, ['!']);
      const all = text.slice(0, 11 + more);
      for (let at = 0; at < all.length; at += size) {
        tail.push(all.slice(at, at + size));
      }
      const end = all.slice(-8);
      const around = all.slice(6, 14);
      const start = all.length - 8;
      const wanted = start <= 6 ? end : start <= 14 ? all.slice(6) : `${around}\r\n${end}`;
      assert.equal(tail.text, wanted, `${all} in chunks of ${size}`);
    }
  }
});

test('says the same however the stream is cut', () => {
  const text = `${'é'.repeat(40)}error: externally-managed 😀${'€'.repeat(40)}`;
  const whole = seeking(32, ['externally-managed']);
  whole.push(text);
  for (let at = 0; at <= text.length; at += 1) {
    const cut = seeking(32, ['externally-managed']);
    // Half a character is never given: terminals decode bytes to whole ones.
    if (/^[\udc00-\udfff]/.test(text.slice(at))) {
      continue;
    }
    cut.push(text.slice(0, at));
    cut.push(text.slice(at));
    assert.equal(cut.text, whole.text, `cut at ${at}`);
  }
});

test('holds and gives a bounded part of endless output, wherever the needle stands', () => {
  const limit = 1024;
  for (const place of [0, 5, 5000, 9999]) {
    const tail = seeking(limit, ['needle']);
    for (let i = 0; i < 10_000; i += 1) {
      tail.push(i === place ? 'a needle in a line\r\n' : `line ${i}\r\n`);
    }
    assert.ok(tail.text.includes('needle'), `needle in chunk ${place}`);
    assert.ok(Buffer.byteLength(tail.text) <= 2 * limit + 2);
    const held = tail as unknown as { chunks: { bytes: number }[]; around: { text: string }; recent: string };
    const bytes = held.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    assert.ok(bytes + held.around.text.length + held.recent.length <= 2 * limit + 64);
  }
});

test('keeps the right part of a chunk that is longer than all that is kept', () => {
  const tail = seeking(64, ['needle']);
  tail.push(`needle${'x'.repeat(1_000_000)}`);
  tail.push('y'.repeat(64));
  assert.equal(tail.text, `needle${'x'.repeat(26)}\r\n${'y'.repeat(64)}`);
});

test('without needles nothing is found', () => {
  const tail = new Tail(100);
  assert.equal(tail.push('anything'), false);
  assert.equal(seeking(100, ['x']).push(''), false);
});

test('finds a needle that came before anyone looked for it', () => {
  const tail = new Tail(100);
  tail.push('error: externally-');
  tail.push('managed-environment and ');
  assert.equal(tail.found, false);
  assert.equal(tail.seek(['managed-environment']), true);
  assert.equal(tail.push('managed-environment'), false);
});

test('finds a needle of which half came before anyone looked for it', () => {
  const tail = new Tail(100);
  tail.push('externally-');
  assert.equal(tail.seek(['externally-managed']), false);
  assert.equal(tail.push('managed'), true);
});
