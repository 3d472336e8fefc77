// Terminals and the folders that they belong to.

import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { unlinked } from './advice';
import type { TerminalExecution } from './protocol';

const INTEGRATION_MS = 5000;

const ids = new WeakMap<vscode.Terminal, string>();
let last = 0;

/** The name under which the server knows a terminal. */
export function idOf(terminal: vscode.Terminal): string {
  let id = ids.get(terminal);
  if (id === undefined) {
    last += 1;
    id = `${process.pid}.${last}`;
    ids.set(terminal, id);
  }
  return id;
}

export function shellOf(terminal: vscode.Terminal): string {
  // `state.shell` is there since VS Code 1.99.
  const { shell } = terminal.state as vscode.TerminalState & { shell?: string };
  const { shellPath } = terminal.creationOptions as vscode.TerminalOptions;
  return shell ?? nameOfShell(shellPath ?? vscode.env.shell);
}

/** `bash` of `/bin/bash`, `pwsh` of `C:\...\pwsh.exe`. */
export function nameOfShell(path: string): string {
  return basename(path.replaceAll('\\', '/')).replace(/\.exe$/i, '');
}

/** Where a terminal is, as far as it is known. */
export function directoryOf(terminal: vscode.Terminal): vscode.Uri | undefined {
  const start = (terminal.creationOptions as vscode.TerminalOptions).cwd;
  return terminal.shellIntegration?.cwd ?? (typeof start === 'string' ? vscode.Uri.file(start) : start);
}

/** The workspace folder of the first of these places that is in one; the only one there is, where none is. */
export function folderOf(...places: (vscode.Uri | undefined)[]): vscode.Uri | undefined {
  for (const place of places) {
    // Its scheme may be one of VS Code's own (`vscode-local:`).
    const folder = place && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(place.fsPath));
    if (folder) {
      return folder.uri;
    }
  }
  return vscode.workspace.workspaceFolders?.length === 1 ? vscode.workspace.workspaceFolders[0]?.uri : undefined;
}

/** The workspace folder that a terminal belongs to. */
export function folderOfTerminal(terminal: vscode.Terminal, cwd: vscode.Uri | undefined): vscode.Uri | undefined {
  const start = (terminal.creationOptions as vscode.TerminalOptions).cwd;
  return folderOf(cwd, typeof start === 'string' ? vscode.Uri.file(start) : start);
}

/** Whether this folder's terminals, tasks and other output are watched. */
export function isEnabled(folder: vscode.Uri | undefined): boolean {
  return vscode.workspace.getConfiguration('pep668', folder ?? null).get('terminal.enabled', true);
}

/** Output of which nothing more is known than where it was printed. */
export function printed(output: string, cwd: vscode.Uri | undefined, terminal?: vscode.Terminal): TerminalExecution {
  const folder = terminal === undefined ? folderOf(cwd) : folderOfTerminal(terminal, cwd);
  return {
    commandLine: '',
    cwd: (cwd ?? folder)?.fsPath ?? null,
    exitCode: null,
    output,
    running: false,
    shell: terminal === undefined ? '' : shellOf(terminal),
    terminal: terminal === undefined ? '' : idOf(terminal),
    workspaceFolder: folder?.toString() ?? null,
  };
}

/** A terminal in a folder; of the usual shell where none is given. */
export function newTerminal(cwd: vscode.Uri | undefined, shellPath?: string): vscode.Terminal {
  return vscode.window.createTerminal({
    ...(cwd === undefined ? {} : { cwd: cwd.fsPath }),
    ...(shellPath === undefined ? {} : { shellPath }),
  });
}

/** The terminal's shell integration, once it is there; undefined where it does not come. */
export async function shellIntegration(terminal: vscode.Terminal): Promise<vscode.TerminalShellIntegration | undefined> {
  if (terminal.shellIntegration !== undefined) {
    return terminal.shellIntegration;
  }
  let subscription: vscode.Disposable | undefined;
  const ready = new Promise<vscode.TerminalShellIntegration>((resolve) => {
    subscription = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) {
        resolve(event.shellIntegration);
      }
    });
  });
  try {
    return await Promise.race([ready, delay(INTEGRATION_MS, undefined)]);
  } finally {
    subscription?.dispose();
  }
}

/** What VS Code shows of a message without buttons before it cuts it; one with a button is shown whole. */
const UNCUT = 48;

/** Says something that can be read to its end. */
export function inform(message: string): void {
  void vscode.window.showInformationMessage(unlinked(message), ...(message.length > UNCUT ? ['OK'] : []));
}

/** Whether commands may be run here; says why not. */
export async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) {
    return true;
  }
  const manage = 'Manage Workspace Trust';
  const picked = await vscode.window.showWarningMessage('PEP 668 runs commands in trusted workspaces only.', manage);
  if (picked === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
  return false;
}
