import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shown, choices, isPlain, isSimple, unlinked, visible, walk, wasShown, whenDone, withUse } from '../src/advice';
import type { Action, Advice, TerminalAction } from '../src/protocol';

function run(title: string, lastResort = false): TerminalAction {
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

test('a line was shown where the message or the title holds all of it', () => {
  const action: TerminalAction = { kind: 'terminal', title: 'Create .venv', text: 'python3 -m venv .venv' };
  const message = 'Run `python3 -m venv .venv`.';
  assert.equal(wasShown(action, { message, listed: false }), true);
  assert.equal(wasShown({ ...action, title: `Run ${action.text}` }, { message: '', listed: false }), true);
  assert.equal(wasShown(action, { message: 'Create .venv?', listed: false }), false);
  assert.equal(wasShown({ ...action, text: `${action.text} && true` }, { message, listed: false }), false);
});

test('an entry of a list shows its line', () => {
  const action: TerminalAction = { kind: 'terminal', title: 'Create .venv', text: 'python3 -m venv .venv' };
  assert.equal(wasShown(action, { message: '', listed: true }), true);
});

test('what is cut off was not shown', () => {
  const long = `pip install ${'x'.repeat(1000)}`;
  const action: TerminalAction = { kind: 'terminal', title: long, text: long };
  assert.equal(wasShown(action, { message: long, listed: true }), false);
  assert.equal(wasShown(action, { message: long, listed: false }), false);
});

test('what a message shows as a link was not shown', () => {
  const text = 'pip install [six](https://example.org)';
  assert.equal(wasShown({ kind: 'terminal', title: 't', text }, { message: unlinked(text), listed: false }), false);
});

test('a line with characters that cannot be seen is not plain', () => {
  const hidden = [0x00, 0x07, 0x0a, 0x0d, 0x1b, 0x7f, 0x9b, 0xad, 0x61c, 0x200b, 0x200e, 0x2028, 0x202e, 0x2060];
  hidden.push(0x2066, 0x3164, 0xfe0f, 0xfeff, 0xd800, 0xe000, 0xe0041, 0xe0101);
  for (const code of hidden) {
    const text = `pip install ${String.fromCodePoint(code)}six`;
    assert.equal(isPlain(text), false, code.toString(16));
    assert.equal(visible(text), `pip install \\u{${code.toString(16)}}six`);
  }
});

test('letters of any language are plain', () => {
  for (const text of ["cd 'Größe/Проект/目录/مشروع/😀' && .venv/bin/pip install six", 'echo "$HOME" | cat > \\\\x']) {
    assert.equal(isPlain(text), true, text);
    assert.equal(visible(text), text);
  }
});

test('steps are remembered once, the last one first, and not without end', () => {
  assert.deepEqual(walk([], 'venv'), ['venv']);
  assert.deepEqual(walk(['venv', 'pipx'], 'pipx'), ['pipx', 'venv']);
  assert.deepEqual(walk(['venv'], ''), ['venv']);
  assert.deepEqual(walk(['venv'], undefined), ['venv']);
  const many = Array.from({ length: 100 }, (_, index) => `step ${index}`);
  assert.equal(walk(many, 'new').length, 32);
  assert.equal(walk(many, 'new')[0], 'new');
});

test('says what was done and what it is used for', () => {
  assert.equal(whenDone('', '.venv', 'nothing'), '.venv is ready.');
  assert.equal(whenDone('', '.venv', 'new terminals'), '.venv is ready.');
  assert.equal(whenDone('', '.venv', 'selected'), '.venv is ready and is now the selected interpreter.');
  assert.equal(whenDone('Created .venv.', '.venv', 'selected'), 'Created .venv. It is now the selected interpreter.');
  assert.equal(whenDone('Installed pipx.', null, 'nothing'), 'Installed pipx.');
  assert.equal(whenDone('', null, 'nothing'), '');
  assert.equal(withUse('Created .venv.', 'new terminals'), 'Created .venv. New terminals use it.');
});

test('a line is simple where it does only what it says', () => {
  for (const line of ["pip3 install 'packaging>=20'", 'python3 -m pip install -U "a[b]" c==1', 'make deps', '']) {
    assert.equal(isSimple(line), true, line);
  }
  for (const line of ['a; b', 'a && b', 'a | b', 'a $(b)', 'a `b`', 'a > b', "a 'b", 'a\nb', 'a "$(b)"', 'a\\;b', '(a)']) {
    assert.equal(isSimple(line), false, line);
  }
});
