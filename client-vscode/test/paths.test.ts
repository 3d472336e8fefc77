import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { isInside, onPath } from '../src/paths';

let root = '';
const program = (...parts: string[]): string => join(root, ...parts);

before(() => {
  root = mkdtempSync(join(tmpdir(), 'pep668-paths-'));
  for (const [folder, name] of [
    ['one', 'python'],
    ['two', 'python'],
    ['two', 'python3'],
  ] as const) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(program(folder, name), '');
    chmodSync(program(folder, name), 0o755);
  }
  writeFileSync(program('one', 'python3'), 'not executable');
});

after(() => {
  rmSync(root, { recursive: true });
});

test('what lies in a folder is inside it', () => {
  assert.equal(isInside('/w/.venv/bin/python', '/w'), true);
  assert.equal(isInside('/w', '/w'), true);
  assert.equal(isInside('/w/..hidden/python', '/w'), true);
});

test('what only looks like it is not', () => {
  assert.equal(isInside('/project/python', '/w'), false);
  assert.equal(isInside('/w/../usr/bin/python', '/w'), false);
  assert.equal(isInside('/', '/w'), false);
});

test('a better name wins over an earlier folder', async () => {
  const path = [program('one'), program('two')].join(delimiter);
  assert.deepEqual(await onPath(['python3', 'python'], path), [
    program('two', 'python3'),
    program('one', 'python'),
    program('two', 'python'),
  ]);
});

test('relative entries of PATH are not followed', async () => {
  assert.deepEqual(await onPath(['python'], ['.', '', 'one'].join(delimiter)), []);
});
