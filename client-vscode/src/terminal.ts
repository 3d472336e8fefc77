// Gives ended (and, on a needle, running) terminal executions to the server; shows the advice that comes back.

import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Shown, choices } from './advice';
import type { Action, Advice, TerminalCapability, TerminalExecution } from './protocol';
import { Tail } from './tail';

/** Until the server has said what it wants. */
const DEFAULTS: TerminalCapability = { needles: [], tailBytes: 65536 };
/** An execution whose output shows a needle and that has not ended by then is reported as running. */
const STILL_RUNNING_MS = 500;
/** How long to wait for the rest of the output of an execution that has ended. */
const DRAIN_MS = 1000;
const INTEGRATION_MS = 5000;
const HIDDEN = 'terminal.adviceHidden';

/** What the watcher needs from the rest of the extension. */
export interface Host {
  readonly log: vscode.LogOutputChannel;
  readonly state: vscode.Memento;
  capability(): TerminalCapability | null;
  ask(execution: TerminalExecution): Promise<Advice | null>;
  /** Whatever it was, it may have installed something. */
  executionEnded(): void;
  command(command: string, args: unknown[]): Promise<void>;
  showMarkdown(markdown: string): Promise<void>;
  /** An action in the terminal made this environment. */
  environmentReady(environment: string, resource: vscode.Uri | undefined): Promise<void>;
}

interface Watched {
  readonly terminal: vscode.Terminal;
  readonly tail: Tail;
  reading: Promise<void>;
  timer?: NodeJS.Timeout;
  /** Advice on it has come back: its end has nothing to add. */
  advised: boolean;
}

/** The terminal and place that an advice is about. */
interface Origin {
  terminal: vscode.Terminal;
  cwd: vscode.Uri | undefined;
}

export class TerminalWatcher implements vscode.Disposable {
  private readonly watched = new Map<vscode.TerminalShellExecution, Watched>();
  private readonly busy = new Map<vscode.Terminal, vscode.TerminalShellExecution>();
  /** Environments that the executions of our own actions are about to make. */
  private readonly pending = new Map<vscode.TerminalShellExecution, { environment: string; origin: Origin }>();
  private readonly shown = new Shown();
  private readonly subscriptions: vscode.Disposable[];
  private lastFailed: TerminalExecution | null = null;
  private lastEnded: TerminalExecution | null = null;

  constructor(private readonly host: Host) {
    this.subscriptions = [
      vscode.window.onDidStartTerminalShellExecution((event) => {
        this.started(event);
      }),
      vscode.window.onDidEndTerminalShellExecution((event) => void this.ended(event)),
      vscode.window.onDidCloseTerminal((terminal) => {
        this.closed(terminal);
      }),
    ];
  }

  /** The last execution that failed, else the last one at all. */
  get last(): TerminalExecution | null {
    return this.lastFailed ?? this.lastEnded;
  }

  async resetHidden(): Promise<void> {
    this.shown.clear();
    await this.host.state.update(HIDDEN, undefined);
  }

  dispose(): void {
    for (const watched of this.watched.values()) {
      clearTimeout(watched.timer);
    }
    this.watched.clear();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private started({ terminal, execution }: vscode.TerminalShellExecutionStartEvent): void {
    this.busy.set(terminal, execution);
    if (!isEnabled(folderOf(terminal, execution.cwd))) {
      return;
    }
    const { needles, tailBytes } = this.host.capability() ?? DEFAULTS;
    const watched: Watched = { terminal, tail: new Tail(tailBytes), reading: Promise.resolve(), advised: false };
    watched.tail.seek(needles);
    this.watched.set(execution, watched);
    // `read` gives only what comes after the call: it must be called now.
    watched.reading = this.read(execution, watched);
  }

  /** The server has started and said what to look for: in what is running already, too. */
  serverStarted(): void {
    const { needles } = this.host.capability() ?? DEFAULTS;
    for (const [execution, watched] of this.watched) {
      if (watched.tail.seek(needles)) {
        this.needleSeen(execution, watched);
      }
    }
  }

  private needleSeen(execution: vscode.TerminalShellExecution, watched: Watched): void {
    watched.timer = setTimeout(() => {
      const { terminal, tail } = watched;
      void this.report(terminal, execution, watched, describe(terminal, execution, tail.text));
    }, STILL_RUNNING_MS);
  }

  private async read(execution: vscode.TerminalShellExecution, watched: Watched): Promise<void> {
    try {
      for await (const data of execution.read()) {
        if (watched.tail.push(data) && this.watched.has(execution)) {
          this.needleSeen(execution, watched);
        }
      }
    } catch (error) {
      this.host.log.warn(`Terminal output could not be read: ${String(error)}`);
    }
  }

  private async ended({ terminal, execution, exitCode }: vscode.TerminalShellExecutionEndEvent): Promise<void> {
    if (this.busy.get(terminal) === execution) {
      this.busy.delete(terminal);
    }
    const pending = this.pending.get(execution);
    this.pending.delete(execution);
    const watched = this.watched.get(execution);
    this.watched.delete(execution);
    clearTimeout(watched?.timer);
    this.host.executionEnded();
    if (pending !== undefined && exitCode === 0) {
      await this.host.environmentReady(pending.environment, pending.origin.cwd);
    }
    if (watched === undefined && !isEnabled(folderOf(terminal, execution.cwd))) {
      return;
    }
    // The end may be announced before the last of the output; a short command's output may be missing altogether.
    await Promise.race([watched?.reading, delay(DRAIN_MS)]);
    const params = describe(terminal, execution, watched?.tail.text ?? '', { exitCode });
    this.lastEnded = params;
    if (exitCode === 0 && watched?.tail.found !== true) {
      return;
    }
    await this.report(terminal, execution, watched, params);
  }

  private closed(terminal: vscode.Terminal): void {
    const execution = this.busy.get(terminal);
    this.busy.delete(terminal);
    if (execution !== undefined) {
      clearTimeout(this.watched.get(execution)?.timer);
      this.watched.delete(execution);
      this.pending.delete(execution);
    }
  }

  private async report(
    terminal: vscode.Terminal,
    execution: vscode.TerminalShellExecution,
    watched: Watched | undefined,
    params: TerminalExecution,
  ): Promise<void> {
    this.lastFailed = params;
    if (watched?.advised === true) {
      return;
    }
    try {
      const advice = await this.host.ask(params);
      this.host.log.debug(
        `Terminal: ${JSON.stringify(params.commandLine)} ended with ${String(params.exitCode)}, ${params.output.length} characters of output: ${advice?.key ?? 'nothing to say'}`,
      );
      if (advice !== null) {
        if (watched !== undefined) {
          watched.advised = true;
        }
        await this.show(advice, { terminal, cwd: execution.cwd });
      }
    } catch (error) {
      this.host.log.error(`A terminal execution was not explained: ${String(error)}`);
    }
  }

  private async show(advice: Advice, origin: Origin): Promise<void> {
    if (this.host.state.get<boolean>(HIDDEN) === true || !this.shown.opens(advice.key)) {
      return;
    }
    const { buttons, more } = choices(advice);
    const show =
      advice.severity === 'info' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    const items: (vscode.MessageItem & { action?: Action })[] = buttons.map((action) => ({
      title: action.title,
      action,
    }));
    const picked = await show(advice.message, ...items, { title: 'More...' });
    if (picked === undefined) {
      return;
    }
    const action = picked.action ?? (await this.pick(advice.message, more));
    this.shown.acted(advice.key);
    if (action !== undefined) {
      await this.perform(action, advice, origin);
    }
  }

  private async pick(message: string, more: Action[]): Promise<Action | undefined> {
    const items: (vscode.QuickPickItem & { action?: Action; hide?: boolean })[] = more.map((action) => ({
      label: action.title,
      ...(action.kind === 'terminal' && action.text !== action.title ? { detail: action.text } : {}),
      action,
    }));
    items.push({ label: '', kind: vscode.QuickPickItemKind.Separator }, { label: "Don't show again in this workspace", hide: true });
    const picked = await vscode.window.showQuickPick(items, { title: 'PEP 668', placeHolder: message });
    if (picked?.hide === true) {
      await this.host.state.update(HIDDEN, true);
    }
    return picked?.action;
  }

  private async perform(action: Action, advice: Advice, origin: Origin): Promise<void> {
    switch (action.kind) {
      case 'terminal':
        await this.runInTerminal(action.text, origin, action.environment ?? null);
        break;
      case 'command':
        await this.host.command(action.command, action.arguments ?? []);
        break;
      case 'open':
        await open(action.uri, action.range ?? null);
        break;
      case 'explain':
        await this.host.showMarkdown(advice.explanation);
        break;
    }
  }

  /** Runs a line where the user typed; in a new terminal of the same folder where that one is closed or busy. */
  private async runInTerminal(text: string, origin: Origin, environment: string | null): Promise<void> {
    if (!(await isTrusted())) {
      return;
    }
    const free = origin.terminal.exitStatus === undefined && !this.busy.has(origin.terminal);
    const terminal = free ? origin.terminal : newTerminal(origin.cwd);
    terminal.show(true);
    const integration = terminal.shellIntegration ?? (free ? undefined : await shellIntegration(terminal));
    if (integration === undefined) {
      terminal.sendText(text);
      return;
    }
    const execution = integration.executeCommand(text);
    if (environment !== null) {
      this.pending.set(execution, { environment, origin });
    }
  }
}

/** `ended` is absent while it runs; its code is undefined where the shell did not tell. */
function describe(
  terminal: vscode.Terminal,
  execution: vscode.TerminalShellExecution,
  output: string,
  ended?: { exitCode: number | undefined },
): TerminalExecution {
  return {
    commandLine: execution.commandLine.value,
    // Its scheme may be one of VS Code's own (`vscode-local:`); the server reads paths.
    cwd: execution.cwd?.fsPath ?? null,
    exitCode: ended?.exitCode ?? null,
    output,
    running: ended === undefined,
    shell: shellOf(terminal),
    workspaceFolder: folderOf(terminal, execution.cwd)?.toString() ?? null,
  };
}

function shellOf(terminal: vscode.Terminal): string {
  // `state.shell` is there since VS Code 1.99.
  const { shell } = terminal.state as vscode.TerminalState & { shell?: string };
  const { shellPath } = terminal.creationOptions as vscode.TerminalOptions;
  return shell ?? basename((shellPath ?? vscode.env.shell).replaceAll('\\', '/')).replace(/\.exe$/i, '');
}

/** The workspace folder that a terminal belongs to. */
function folderOf(terminal: vscode.Terminal, cwd: vscode.Uri | undefined): vscode.Uri | undefined {
  const start = (terminal.creationOptions as vscode.TerminalOptions).cwd;
  for (const place of [cwd, typeof start === 'string' ? vscode.Uri.file(start) : start]) {
    const folder = place && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(place.fsPath));
    if (folder) {
      return folder.uri;
    }
  }
  return vscode.workspace.workspaceFolders?.length === 1 ? vscode.workspace.workspaceFolders[0]?.uri : undefined;
}

function isEnabled(folder: vscode.Uri | undefined): boolean {
  return vscode.workspace.getConfiguration('pep668', folder ?? null).get('terminal.enabled', true);
}

export function newTerminal(cwd: vscode.Uri | undefined): vscode.Terminal {
  return vscode.window.createTerminal(cwd === undefined ? {} : { cwd: cwd.fsPath });
}

/** The terminal's shell integration, once it is there; undefined where it does not come. */
async function shellIntegration(terminal: vscode.Terminal): Promise<vscode.TerminalShellIntegration | undefined> {
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

async function open(uri: string, range: { start: LspPosition; end: LspPosition } | null): Promise<void> {
  const selection =
    range && new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), selection ? { selection } : {});
}

interface LspPosition {
  line: number;
  character: number;
}
