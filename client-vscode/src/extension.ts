// The extension's life cycle: one language server, what watches terminals and other output, the commands and the
// status item.

import * as vscode from 'vscode';
import { ExecuteCommandRequest, LanguageClient, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import type { LanguageClientOptions } from 'vscode-languageclient/node';
import { Activation } from './activation';
import { unlinked, withUse } from './advice';
import type { Use } from './advice';
import { Adviser } from './adviser';
import { interpreterOf, knownInterpreter, select } from './environments';
import { Explainer } from './explain';
import type { Host } from './host';
import { Links } from './links';
import { inform, isTrusted, newTerminal } from './places';
import * as protocol from './protocol';
import { NoServer, findServer } from './server';
import type { Launch } from './server';
import { StreamWatcher } from './streams';
import { TaskWatcher } from './tasks';
import { TerminalWatcher } from './terminal';

/** All files: which of them it has something to say about is the server's knowledge. */
const DOCUMENTS = [{ scheme: 'file' }, { scheme: 'untitled' }];
/** Cells are synchronized with their notebook, as the server asks; hover and quick fixes go by this. */
const CELLS = [{ notebook: '*' }];
/** Settings that decide how the server is started. */
const LAUNCH = ['interpreter', 'importStrategy', 'path', 'logLevel'].map((name) => `pep668.${name}`);
/** The Python extension's answer is not worth more waiting when a terminal's execution is to be explained. */
const INTERPRETER_MS = 200;
const EXPLANATION = vscode.Uri.parse('pep668:/Explanation.md');

let extension: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  extension = new Extension(context);
  context.subscriptions.push(extension);
  void extension.refreshTerminals();
  await extension.restart();
}

export async function deactivate(): Promise<void> {
  await extension?.stop();
}

class Extension implements Host, vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('PEP 668', { log: true });
  readonly state: vscode.Memento;
  private readonly serverLog = vscode.window.createOutputChannel('PEP 668 Language Server');
  private readonly status = vscode.languages.createLanguageStatusItem('pep668', DOCUMENTS);
  private readonly explanationChanged = new vscode.EventEmitter<vscode.Uri>();
  private readonly activation: Activation;
  private readonly adviser: Adviser;
  private readonly terminals: TerminalWatcher;
  private readonly streams: StreamWatcher;
  private readonly disposables: vscode.Disposable[];
  private explanation = '';
  private client: LanguageClient | undefined;
  private launch: Launch | undefined;
  /** Starts and stops follow each other; whoever needs the server waits for this. */
  private settled: Promise<void> = Promise.resolve();

  constructor(private readonly context: vscode.ExtensionContext) {
    this.state = context.workspaceState;
    this.status.name = 'PEP 668';
    this.status.command = { command: 'pep668.showLogs', title: 'Show Logs' };
    this.activation = new Activation(context, this.log);
    this.adviser = new Adviser(this);
    const tasks = new TaskWatcher(this, this.adviser);
    this.terminals = new TerminalWatcher(this, this.adviser, tasks);
    this.streams = new StreamWatcher(this, this.adviser, context.extension.id);
    const explainer = new Explainer(this, this.adviser);
    const command = (name: string, run: () => unknown): vscode.Disposable =>
      vscode.commands.registerCommand(`pep668.${name}`, run);
    this.disposables = [
      this.log,
      this.serverLog,
      this.status,
      this.explanationChanged,
      this.activation,
      this.adviser,
      tasks,
      this.terminals,
      this.streams,
      vscode.window.registerTerminalLinkProvider(new Links(this, this.adviser, this.terminals)),
      command('createVirtualEnvironment', () => this.createEnvironment()),
      command('explainLastTerminalError', () => this.explainLast()),
      command('explainSelection', () => explainer.selection()),
      command('explainTerminalSelection', () => explainer.terminalSelection()),
      command('explainClipboard', () => explainer.clipboard()),
      command('resetHiddenAdvice', () => this.adviser.resetHidden()),
      command('restart', () => this.restart()),
      command('showLogs', () => {
        this.log.show();
      }),
      command('showServerLogs', () => {
        this.serverLog.show();
      }),
      command('debugInformation', () => this.showDebugInformation()),
      vscode.workspace.registerTextDocumentContentProvider(EXPLANATION.scheme, {
        onDidChange: this.explanationChanged.event,
        provideTextDocumentContent: () => this.explanation,
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (LAUNCH.some((id) => event.affectsConfiguration(id))) {
          void this.restart();
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        // An interpreter or a setting of the workspace may count now, and the server is told of the trust.
        void this.restart();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** What new terminals get may have gone since the last time. */
  async refreshTerminals(): Promise<void> {
    await this.activation.refresh();
  }

  // --- the server -------------------------------------------------------------------------------

  async restart(): Promise<void> {
    this.settled = this.settled.then(async () => {
      await this.stopNow();
      await this.startNow();
    });
    await this.settled;
  }

  async stop(): Promise<void> {
    this.settled = this.settled.then(() => this.stopNow());
    await this.settled;
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(`The server did not stop in order: ${String(error)}`);
    }
  }

  private async startNow(): Promise<void> {
    this.setStatus('starting', true);
    try {
      this.launch = await findServer(this.context.extensionPath, this.log);
      const { command, args, description } = this.launch;
      this.log.info(`Starting ${command} ${args.join(' ')}`);
      const client = new LanguageClient('pep668', 'PEP 668', { command, args }, this.clientOptions());
      client.onDidChangeState(({ newState }) => {
        if (client === this.client) {
          const label = { [State.Running]: description, [State.Starting]: 'starting', [State.Stopped]: 'stopped' };
          this.setStatus(label[newState], newState === State.Starting, newState === State.Stopped);
        }
      });
      client.onNotification(protocol.environmentCreated, (created) => {
        void this.use(created.path, created.python, vscode.Uri.parse(created.folder, true));
      });
      this.client = client;
      await client.start();
      this.terminals.serverStarted();
      this.streams.serverStarted();
    } catch (error) {
      this.client = undefined;
      this.reportFailure(error);
    }
  }

  private clientOptions(): LanguageClientOptions {
    const settings = vscode.workspace.getConfiguration('pep668');
    return {
      documentSelector: [...DOCUMENTS, ...CELLS],
      outputChannel: this.serverLog,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: {
        settings,
        logLevel: settings.get<string>('logLevel', 'info'),
        trusted: vscode.workspace.isTrusted,
      },
      // `start` rejects as well, and its message is the one that is shown.
      initializationFailedHandler: () => false,
      middleware: {
        // A code action or lens runs a command of the server.
        executeCommand: async (command, args): Promise<void> => {
          await this.command(command, args as unknown[]);
        },
      },
    };
  }

  private setStatus(text: string, busy: boolean, failed = false): void {
    this.status.text = 'PEP 668';
    this.status.detail = text;
    this.status.busy = busy;
    this.status.severity = failed ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
  }

  private reportFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.log.error(message);
    this.setStatus('not running', false, true);
    const [settings, logs, again] = ['Open Settings', 'Show Logs', 'Restart Server'];
    const known = error instanceof NoServer;
    const shown = known
      ? vscode.window.showErrorMessage(unlinked(message), settings, logs)
      : vscode.window.showErrorMessage(`The PEP 668 language server did not start: ${unlinked(message)}`, logs, again);
    void shown.then((picked) => {
      if (picked === settings) {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'pep668.interpreter');
      } else if (picked === logs) {
        (known ? this.log : this.serverLog).show();
      } else if (picked === again) {
        void this.restart();
      }
    });
  }

  /** The running server; says so where there is none. */
  private async running(): Promise<LanguageClient | null> {
    await this.settled;
    if (this.client?.state === State.Running) {
      return this.client;
    }
    const [restart, logs] = ['Restart Server', 'Show Logs'];
    const picked = await vscode.window.showErrorMessage('The PEP 668 language server is not running.', restart, logs);
    if (picked === restart) {
      await this.restart();
    } else if (picked === logs) {
      this.log.show();
    }
    return null;
  }

  // --- what terminals need ----------------------------------------------------------------------

  private get terminalCapability(): protocol.TerminalCapability | null {
    return protocol.terminalCapability(this.client?.initializeResult?.capabilities.experimental);
  }

  capability(): protocol.TerminalCapability {
    return this.terminalCapability ?? protocol.NO_CAPABILITY;
  }

  async ask(execution: protocol.TerminalExecution): Promise<protocol.Advice | null> {
    await this.settled;
    if (this.client?.state !== State.Running || this.terminalCapability === null) {
      return null;
    }
    const asked = { ...execution, ...(await this.circumstances(execution)) };
    return await this.client.sendRequest(protocol.terminalExecution, asked);
  }

  async explain(execution: protocol.TerminalExecution): Promise<string | null> {
    const client = await this.running();
    if (client === null) {
      return null;
    }
    const asked = { ...execution, ...(await this.circumstances(execution)) };
    return (await client.sendRequest(protocol.explain, asked)).markdown;
  }

  private async circumstances({ workspaceFolder }: protocol.TerminalExecution): Promise<protocol.Circumstances> {
    const folder = workspaceFolder === null ? undefined : vscode.Uri.parse(workspaceFolder);
    const environment = this.activation.environment(folder);
    const interpreter =
      environment === null ? await knownInterpreter(folder, INTERPRETER_MS) : await interpreterOf(environment);
    return { interpreter, walked: this.adviser.walked };
  }

  executionEnded(execution: protocol.EndedExecution): void {
    if (this.client?.state === State.Running) {
      void this.client.sendNotification(protocol.terminalExecutionEnded, execution);
    }
  }

  terminalClosed(terminal: string): void {
    if (this.client?.state === State.Running) {
      void this.client.sendNotification(protocol.terminalClosed, { terminal });
    }
  }

  /** Sends a command to the server; one that makes an environment is followed up here. */
  async command(command: string, args: unknown[]): Promise<boolean> {
    const makesEnvironment = command === protocol.CREATE_ENVIRONMENT;
    if (makesEnvironment && !(await isTrusted())) {
      return false;
    }
    const client = await this.running();
    if (client === null) {
      return false;
    }
    try {
      const result: unknown = await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
      if (protocol.isEnvironmentResult(result)) {
        await this.showEnvironment(result, (args[0] as Partial<protocol.CreateEnvironmentArguments> | undefined)?.folder);
        return result.ok;
      }
      return true;
    } catch (error) {
      this.log.error(`${command}: ${String(error)}`);
      void vscode.window.showErrorMessage(`PEP 668: ${unlinked(error instanceof Error ? error.message : String(error))}`);
      return false;
    }
  }

  private async showEnvironment(result: protocol.EnvironmentResult, folder: string | undefined): Promise<void> {
    const resource = folder === undefined ? undefined : vscode.Uri.parse(folder);
    if (result.ok) {
      const use = result.path === null ? 'nothing' : await this.use(result.path, result.python, resource);
      inform(withUse(result.message, use));
      return;
    }
    const help = result.help ?? '';
    const run = `Run "${help}"`;
    const picked = await vscode.window.showErrorMessage(unlinked(result.message), ...(help === '' ? [] : [run]));
    if (picked === run) {
      const terminal = newTerminal(resource);
      terminal.show();
      terminal.sendText(help);
    }
  }

  async environmentReady(environment: string, resource: vscode.Uri | undefined): Promise<Use> {
    return await this.use(environment, await interpreterOf(environment), resource);
  }

  /** From now on the editor uses an environment: as the selected interpreter, else in new terminals. */
  private async use(environment: string, python: string | null, resource: vscode.Uri | undefined): Promise<Use> {
    try {
      if (python !== null && (await select(python, resource))) {
        return 'selected';
      }
    } catch (error) {
      this.log.warn(`${python ?? environment} was not selected: ${String(error)}`);
    }
    return (await this.activation.made(environment)) ? 'new terminals' : 'nothing';
  }

  async showMarkdown(markdown: string): Promise<void> {
    this.explanation = markdown;
    this.explanationChanged.fire(EXPLANATION);
    await vscode.commands.executeCommand('markdown.showPreview', EXPLANATION);
  }

  // --- commands ---------------------------------------------------------------------------------

  private async createEnvironment(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (folders.length === 0) {
      void vscode.window.showInformationMessage('Open a folder first: the environment is created in it.');
      return;
    }
    const folder =
      folders.length === 1
        ? folders[0]
        : await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Folder to create the virtual environment in' });
    if (folder !== undefined) {
      const where: protocol.CreateEnvironmentArguments = { folder: folder.uri.toString() };
      await this.command(protocol.CREATE_ENVIRONMENT, [where]);
    }
  }

  private async explainLast(): Promise<void> {
    const last = this.terminals.last;
    if (last === null) {
      void vscode.window.showInformationMessage('No command has ended in a terminal with shell integration yet.');
      return;
    }
    const markdown = await this.explain(last);
    if (markdown !== null) {
      await this.showMarkdown(markdown);
    }
  }

  private async showDebugInformation(): Promise<void> {
    const manifest = this.context.extension.packageJSON as { version: string };
    const information = {
      extension: manifest.version,
      vscode: vscode.version,
      platform: `${process.platform} ${process.arch}`,
      trusted: vscode.workspace.isTrusted,
      server: this.launch ?? null,
      state: this.client === undefined ? 'none' : State[this.client.state],
      serverInfo: this.client?.initializeResult?.serverInfo ?? null,
      terminals: this.terminalCapability,
      settings: vscode.workspace.getConfiguration('pep668'),
    };
    const content = `${JSON.stringify(information, null, 2)}\n`;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'json', content }));
  }
}
