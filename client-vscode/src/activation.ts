// New terminals get the environment that was made, where no Python extension does that.

import { access } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { hasPythonExtension, interpreterOf } from './environments';

const SETTING = 'pep668.terminal.activateEnvironment';
/** By workspace folder (its URI), the environment that was made there on the user's wish. */
const MADE = 'terminal.environments';
const VARIABLE = 'VIRTUAL_ENV';

export class Activation implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private watchers: vscode.Disposable[] = [];
  private settled: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const refresh = (): void => void this.refresh();
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) {
          refresh();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      vscode.workspace.onDidGrantWorkspaceTrust(refresh),
      vscode.extensions.onDidChange(refresh),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.watchers, ...this.subscriptions).dispose();
  }

  /** An environment was made; true when new terminals of its workspace folder get it from now on. */
  async made(environment: string): Promise<boolean> {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(environment));
    if (folder === undefined) {
      return false;
    }
    const made = { ...this.known, [folder.uri.toString()]: environment };
    await this.context.workspaceState.update(MADE, made);
    await this.refresh();
    return this.activated(folder) === environment;
  }

  /** The environment that new terminals of a folder get. */
  environment(resource: vscode.Uri | undefined): string | null {
    const folder = resource && vscode.workspace.getWorkspaceFolder(resource);
    return folder === undefined ? null : this.activated(folder);
  }

  private get known(): Record<string, string> {
    return this.context.workspaceState.get<Record<string, string>>(MADE, {});
  }

  private activated(folder: vscode.WorkspaceFolder): string | null {
    return this.variables(folder).get(VARIABLE)?.value ?? null;
  }

  private variables(workspaceFolder: vscode.WorkspaceFolder): vscode.EnvironmentVariableCollection {
    return this.context.environmentVariableCollection.getScoped({ workspaceFolder });
  }

  /** Brings the variables of all folders to what is wanted and there. Nothing is touched that stays as it is. */
  async refresh(): Promise<void> {
    this.settled = this.settled.then(() => this.refreshNow());
    await this.settled;
  }

  private async refreshNow(): Promise<void> {
    vscode.Disposable.from(...this.watchers).dispose();
    this.watchers = [];
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      try {
        const environment = this.known[folder.uri.toString()];
        if (environment !== undefined) {
          this.watch(environment);
        }
        const wanted = environment !== undefined && isWanted(folder) && (await isThere(environment));
        this.apply(folder, wanted ? environment : null);
      } catch (error) {
        this.log.warn(`Terminals of ${folder.name}: ${String(error)}`);
      }
    }
  }

  private apply(folder: vscode.WorkspaceFolder, environment: string | null): void {
    const variables = this.variables(folder);
    if (this.activated(folder) === environment) {
      return;
    }
    variables.clear();
    if (environment === null) {
      this.log.info(`New terminals of ${folder.name} get no environment any more`);
      return;
    }
    const programs = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
    variables.description = `Activates ${vscode.workspace.asRelativePath(environment)}`;
    // A login shell may set PATH anew: shell integration puts the folder in front again.
    variables.prepend('PATH', programs + delimiter, { applyAtProcessCreation: true, applyAtShellIntegration: true });
    variables.replace(VARIABLE, environment, { applyAtProcessCreation: true });
    this.log.info(`New terminals of ${folder.name} get ${environment}`);
  }

  /** Looks again when the environment goes or comes back. */
  private watch(environment: string): void {
    const refresh = (): void => void this.refresh();
    // When a folder is deleted, VS Code tells of the folder and not of what is in it.
    for (const path of [environment, join(environment, 'pyvenv.cfg')]) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(path)), basename(path));
      const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
      this.watchers.push(watcher, watcher.onDidCreate(refresh), watcher.onDidDelete(refresh));
    }
  }
}

function isWanted(folder: vscode.WorkspaceFolder): boolean {
  const enabled = vscode.workspace.getConfiguration('pep668', folder).get<boolean>('terminal.activateEnvironment', true);
  return enabled && vscode.workspace.isTrusted && !hasPythonExtension();
}

async function isThere(environment: string): Promise<boolean> {
  try {
    await access(join(environment, 'pyvenv.cfg'));
    return (await interpreterOf(environment)) !== null;
  } catch {
    return false;
  }
}
