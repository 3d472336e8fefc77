// What the VS Code client does with 100 MB of a terminal's output, beside a plain pass over the same chunks that looks for
// one word; both decode them, as VS Code does. Prints the seconds of both, which take turns: {"ours": [...], "theirs": [...]}
//
//     node bench/tail.mjs ROUNDS NEEDLE...

import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEGABYTES = 100;
const CHUNK = 8192; // bytes; pseudo-terminals give a few kilobytes at a time
const require = createRequire(join(import.meta.dirname, '..', 'client-vscode', 'package.json'));
const { buildSync } = require('esbuild');

const scratch = mkdtempSync(join(tmpdir(), 'pep668-bench-'));
const file = join(scratch, 'tail.cjs');
buildSync({
  entryPoints: [join(import.meta.dirname, '..', 'client-vscode', 'src', 'tail.ts')],
  outfile: file,
  bundle: true,
  platform: 'node',
  format: 'cjs',
});
const { Tail } = require(file);
rmSync(scratch, { recursive: true });

const [rounds, ...needles] = process.argv.slice(2);
const line = '\u001b[32m  Compiling\u001b[0m something-0.1.0 (external/path/of/something), 12 of 345\r\n';
const text = Buffer.from(line.repeat(Math.ceil((1 << 20) / line.length)));
const buffers = [];
for (let at = 0; at + CHUNK <= text.length; at += CHUNK) {
  buffers.push(text.subarray(at, at + CHUNK));
}
const passes = Math.round((MEGABYTES << 20) / (buffers.length * CHUNK));

function timed(each) {
  const began = performance.now();
  for (let pass = 0; pass < passes; pass += 1) {
    for (const buffer of buffers) {
      each(buffer);
    }
  }
  return (performance.now() - began) / 1000;
}

function theirs() {
  let found = 0;
  return timed((buffer) => {
    found += buffer.toString('utf8').includes(needles[0]) ? 1 : 0;
  });
}

function ours() {
  const tail = new Tail(65536);
  tail.seek(needles);
  return timed((buffer) => {
    tail.push(buffer.toString('utf8'));
  });
}

const samples = { ours: [], theirs: [] };
ours();
theirs();
for (let round = 0; round < Number(rounds); round += 1) {
  samples.ours.push(ours());
  samples.theirs.push(theirs());
}
process.stdout.write(`${JSON.stringify(samples)}\n`);
