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

test('finds a needle that the tail has already lost', () => {
  const tail = seeking(4, ['needle']);
  tail.push('a needle');
  tail.push(' and more');
  assert.equal(tail.text, 'more');
  assert.equal(tail.found, true);
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
