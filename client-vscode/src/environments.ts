// Talks to the Python extension through its published API; does nothing where that extension is absent.

import type { PythonExtension } from '@vscode/python-extension';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

const PYTHON_EXTENSION = 'ms-python.python';

async function pythonExtension(): Promise<PythonExtension | null> {
  const extension = vscode.extensions.getExtension<Partial<PythonExtension>>(PYTHON_EXTENSION);
  if (extension === undefined) {
    return null;
  }
  const api = extension.isActive ? extension.exports : await extension.activate();
  await api.ready;
  return api.environments === undefined ? null : (api as PythonExtension);
}

/** The interpreter that the Python extension has selected for a folder, if any. */
export async function activeInterpreter(resource: vscode.Uri | undefined): Promise<string | null> {
  const api = await pythonExtension();
  if (api === null) {
    return null;
  }
  const environment = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(resource));
  return environment?.executable.uri?.fsPath ?? null;
}

/** The same, where the extension is at work already and knows it without looking for long. */
export async function knownInterpreter(resource: vscode.Uri | undefined, patience: number): Promise<string | null> {
  if (vscode.extensions.getExtension(PYTHON_EXTENSION)?.isActive !== true) {
    return null;
  }
  try {
    return await Promise.race([activeInterpreter(resource), delay(patience, null)]);
  } catch {
    return null;
  }
}

/** Whether the Python extension is there, which activates environments in terminals by itself. */
export function hasPythonExtension(): boolean {
  return vscode.extensions.getExtension(PYTHON_EXTENSION) !== undefined;
}

/** The interpreter inside an environment's folder, or null where there is none. */
export async function interpreterOf(environment: string): Promise<string | null> {
  for (const path of [join(environment, 'bin', 'python'), join(environment, 'Scripts', 'python.exe')]) {
    try {
      await access(path);
      return path;
    } catch {
      // The other layout, or no environment.
    }
  }
  return null;
}

/** Makes `python` the interpreter of a folder; false where there is no Python extension to tell. */
export async function select(python: string, resource: vscode.Uri | undefined): Promise<boolean> {
  const api = await pythonExtension();
  if (api === null) {
    return false;
  }
  if (api.environments.getActiveEnvironmentPath(resource).path !== python) {
    await api.environments.updateActiveEnvironmentPath(python, resource);
  }
  return true;
}
