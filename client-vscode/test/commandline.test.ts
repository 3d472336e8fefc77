import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { programLine, resolved, shellLine } from '../src/commandline';

/** The words that a POSIX shell reads. */
function read(line: string): string[] {
  const script = `for word in ${line}; do printf '%s\\0' "$word"; done`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const WORDS = ['pip3', 'a b', "it's", '"x"', '$HOME', '`id`', 'a;b', '\\', '', '*', 'é😀', '-e', 'x\ny', '~'];

test('a program gets the arguments that it has', () => {
  assert.deepEqual(read(programLine(WORDS)), WORDS);
  assert.equal(programLine(['/usr/bin/pip3', 'install', '-r', 'r.txt', 'six>=1']), "/usr/bin/pip3 install -r r.txt 'six>=1'");
});

test('strong and escaped words mean themselves in a POSIX shell', () => {
  for (const quoting of ['strong', 'escape'] as const) {
    // VS Code's "escape" leaves the shell's other characters to the shell.
    const words = quoting === 'strong' ? WORDS : ['pip3', 'a b', "it's", '"x"', '\\'];
    const line = shellLine(words.map((value) => ({ value, quoting })), 'bash');
    assert.deepEqual(read(line), words);
  }
});

test('weak words keep their variables', () => {
  assert.equal(shellLine(['pip3', { value: '$HOME/a "b"', quoting: 'weak' }], 'zsh'), 'pip3 "$HOME/a \\"b\\""');
});

test('a plain word is for the shell, and quoted only where it has a space outside of quotes', () => {
  assert.equal(shellLine(['pip3 install six && x'], 'bash'), 'pip3 install six && x');
  assert.equal(shellLine(['pip3', 'install', 'a b', '"c d"', 'e\\ f', '$X'], 'bash'), `pip3 install 'a b' "c d" e\\ f $X`);
  assert.equal(shellLine(['my pip', 'install', "it's mine"], 'bash'), `'my pip' install 'it'\\''s mine'`);
});

test('PowerShell and cmd have their own quotes', () => {
  assert.equal(shellLine(['pip', { value: "it's", quoting: 'strong' }, 'a b'], 'pwsh'), "pip 'it''s' 'a b'");
  assert.equal(shellLine(['pip', { value: 'a (b)', quoting: 'escape' }], 'powershell'), 'pip a` `(b`)');
  assert.equal(shellLine(['pip', 'a b'], 'cmd'), 'pip "a b"');
});

test('variables of the folder are filled in, others stay', () => {
  const variables = new Map([['workspaceFolder', '/w']]);
  assert.equal(resolved('${workspaceFolder}/sub ${input:x} $HOME ${HOME}', variables), '/w/sub ${input:x} $HOME ${HOME}');
});
