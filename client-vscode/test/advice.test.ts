import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shown, choices } from '../src/advice';
import type { Action, Advice } from '../src/protocol';

function run(title: string, lastResort = false): Action {
  return { kind: 'terminal', title, text: title, lastResort };
}

function advice(part: Partial<Advice>): Advice {
  return { key: 'k', message: 'm', severity: 'warning', actions: [], more: [], explanation: '', ...part };
}

const titles = (actions: Action[]): string[] => actions.map((action) => action.title);

test('shows at most three buttons and keeps the rest', () => {
  const { buttons, more } = choices(advice({ actions: [run('a'), run('b'), run('c'), run('d')], more: [run('e')] }));
  assert.deepEqual(titles(buttons), ['a', 'b', 'c']);
  assert.deepEqual(titles(more), ['d', 'e']);
});

test('a button whose title would be cut goes behind "More..."', () => {
  const explain: Action = { kind: 'explain', title: 'Explain' };
  const long = 'Install python3-six 1.16.0 with apt';
  const { buttons, more } = choices(advice({ actions: [run('Create .venv and install there'), run(long), explain] }));
  assert.deepEqual(titles(buttons), ['Create .venv and install there', 'Explain']);
  assert.deepEqual(titles(more), [long]);
});

test('the best action is a button however long it is', () => {
  assert.equal(choices(advice({ actions: [run('x'.repeat(200)), run('b')] })).buttons.length, 1);
});

test('a last resort is never a button and comes last', () => {
  const { buttons, more } = choices(
    advice({ actions: [run('force', true), run('venv')], more: [run('other')], explanation: 'Why.' }),
  );
  assert.deepEqual(titles(buttons), ['venv']);
  assert.deepEqual(titles(more), ['other', 'Explain', 'force']);
});

test('the explanation is offered once', () => {
  const explain: Action = { kind: 'explain', title: 'Why?' };
  assert.deepEqual(titles(choices(advice({ actions: [explain], explanation: 'Why.' })).more), []);
  assert.deepEqual(titles(choices(advice({ explanation: 'Why.' })).more), ['Explain']);
  assert.deepEqual(titles(choices(advice({})).more), []);
});

test('a key is shown once', () => {
  const shown = new Shown();
  assert.equal(shown.opens('a'), true);
  assert.equal(shown.opens('a'), false);
  assert.equal(shown.opens('b'), true);
});

test('what was acted upon may come again', () => {
  const shown = new Shown();
  shown.opens('a');
  shown.acted('a');
  assert.equal(shown.opens('a'), true);
});

test('a reset shows all again', () => {
  const shown = new Shown();
  shown.opens('a');
  shown.clear();
  assert.equal(shown.opens('a'), true);
});
