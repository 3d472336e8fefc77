// Finds the program that is the language server: a configured one, or the bundled one and a Python to run it.

import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { activeInterpreter } from './environments';
import { isExecutable, isInside, onPath } from './paths';

const OLDEST = [3, 10] as const;
/** The Python extension may take its time; the server does not wait longer for its answer. */
const PATIENCE_MS = 10_000;
const PROBE = 'import sys; print("%d.%d" % sys.version_info[:2])';
const NAMES =
  process.platform === 'win32'
    ? ['py.exe', 'python3.exe', 'python.exe']
    : ['python3', 'python', 'py', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];

const run = promisify(execFile);

/** How to start the server, and how to name it to people. */
export interface Launch {
  command: string;
  args: string[];
  description: string;
}

/** No server can be started; the message says what to do. */
export class NoServer extends Error {}

/** Paths inside a workspace that is not trusted are never run, whatever names them and through whatever links. */
function isForbidden(path: string): boolean {
  if (vscode.workspace.isTrusted) {
    return false;
  }
  const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  return [path, real(path), real(dirname(path))].some((place) =>
    [...roots, ...roots.map(real)].some((root) => isInside(place, root)),
  );
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // it does not exist: nothing to run
  }
}

/** `3.11`, or null where the file is no Python that runs. */
async function pythonVersion(python: string): Promise<string | null> {
  try {
    const { stdout } = await run(python, ['-I', '-c', PROBE], { timeout: 10_000, windowsHide: true });
    return /^\d+\.\d+$/.exec(stdout.trim())?.[0] ?? null;
  } catch {
    return null;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The Python that runs the bundled server. */
async function findPython(log: vscode.LogOutputChannel): Promise<{ path: string; version: string }> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const configured = vscode.workspace.getConfiguration('pep668', folder ?? null).get<string>('interpreter', '').trim();
  if (configured !== '') {
    const paths = isAbsolute(configured) ? [configured] : await onPath([configured]);
    for (const path of paths) {
      const version = isForbidden(path) ? null : await pythonVersion(path);
      if (version !== null && isRecent(version)) {
        return { path, version };
      }
    }
    throw new NoServer(
      `The setting pep668.interpreter names "${configured}", which is not a Python ${OLDEST.join('.')} or newer that runs.`,
    );
  }
  const seen = new Set<string>();
  const tried: string[] = [];
  const check = async (path: string): Promise<{ path: string; version: string } | null> => {
    if (seen.has(path)) {
      return null;
    }
    seen.add(path);
    if (isForbidden(path)) {
      log.info(`${path} lies in a workspace that is not trusted: not run`);
      return null;
    }
    const version = await pythonVersion(path);
    if (version !== null && isRecent(version)) {
      return { path, version };
    }
    log.info(`${path}: ${version === null ? 'does not run' : `Python ${version} is too old`}`);
    tried.push(version === null ? path : `${path} (${version})`);
    return null;
  };
  try {
    const active = await Promise.race([activeInterpreter(folder), delay(PATIENCE_MS, null)]);
    const usable = active === null ? null : await check(active);
    if (usable !== null) {
      return usable;
    }
  } catch (error) {
    log.warn(`The Python extension did not name an interpreter: ${String(error)}`);
  }
  for (const path of await onPath(NAMES)) {
    const usable = await check(path);
    if (usable !== null) {
      return usable;
    }
  }
  throw new NoServer(
    `PEP 668 needs Python ${OLDEST.join('.')} or newer to run; ${
      tried.length > 0 ? `found only ${tried.join(', ')}` : 'found none on PATH'
    }. Install one, or name it in the setting pep668.interpreter.`,
  );
}

/** Raises NoServer where nothing can be started. */
export async function findServer(extensionPath: string, log: vscode.LogOutputChannel): Promise<Launch> {
  const configuration = vscode.workspace.getConfiguration('pep668', vscode.workspace.workspaceFolders?.[0]?.uri ?? null);
  for (const path of configuration.get<string[]>('path', [])) {
    if (isAbsolute(path) && !isForbidden(path) && (await isExecutable(path))) {
      return { command: path, args: ['server'], description: path };
    }
    log.warn(`pep668.path: ${path} is not an executable with an absolute path`);
  }
  const python = await findPython(log);
  const installed = configuration.get<string>('importStrategy') === 'fromEnvironment' ? ['--prefer-installed'] : [];
  return {
    command: python.path,
    args: ['-I', join(extensionPath, 'bundled', 'run_server.py'), ...installed, 'server'],
    description: `Python ${python.version} (${python.path})`,
  };
}
