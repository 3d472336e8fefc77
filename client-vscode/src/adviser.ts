// Shows advice, and does what is chosen: nothing runs that was not seen before.

import * as vscode from 'vscode';
import { Shown, choices, isPlain, unlinked, visible, walk, wasShown, whenDone } from './advice';
import type { Seen } from './advice';
import type { Host } from './host';
import { inform, isTrusted, newTerminal, shellIntegration } from './places';
import type { Action, Advice, TerminalAction, TerminalExecution } from './protocol';

const HIDDEN = 'terminal.adviceHidden';
const WALKED = 'terminal.walked';

/** The terminal and place that an advice is about. */
export interface Origin {
  /** Where the user typed; none for tasks and other output. */
  terminal?: vscode.Terminal;
  cwd: vscode.Uri | undefined;
  /** The shell that reads the lines, where it is not the one that terminals have. */
  shellPath?: string;
  /** No output can have claimed the command line: somebody typed it, or there is none. */
  trusted: boolean;
}

interface Running {
  action: TerminalAction;
  origin: Origin;
}

export class Adviser implements vscode.Disposable {
  private readonly busy = new Map<vscode.Terminal, vscode.TerminalShellExecution>();
  /** The executions of our own actions. */
  private readonly running = new Map<vscode.TerminalShellExecution, Running>();
  private readonly shown = new Shown();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly host: Host) {
    this.subscriptions = [
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        this.busy.set(terminal, execution);
      }),
      vscode.window.onDidEndTerminalShellExecution((event) => void this.ended(event)),
      vscode.window.onDidCloseTerminal((terminal) => {
        const execution = this.busy.get(terminal);
        this.busy.delete(terminal);
        if (execution !== undefined) {
          this.running.delete(execution);
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  async resetHidden(): Promise<void> {
    this.shown.clear();
    await this.host.state.update(HIDDEN, undefined);
  }

  /** The steps that the user has chosen in this workspace, the last one first. */
  get walked(): string[] {
    return walk(this.host.state.get<string[]>(WALKED, []), undefined);
  }

  /**
   * Gives an execution to the server and shows the advice that comes back, not waiting for what the user does with it.
   * Advice that was asked for is shown `again`. Returns whether there is any.
   */
  async report(execution: TerminalExecution, origin: Origin, again = false): Promise<boolean> {
    try {
      const advice = await this.host.ask(execution);
      this.host.log.debug(
        `Terminal: ${JSON.stringify(execution.commandLine)} ended with ${String(execution.exitCode)}, ${execution.output.length} characters of output: ${advice?.key ?? 'nothing to say'}`,
      );
      if (advice !== null) {
        this.show(advice, origin, again).catch((error: unknown) => {
          this.host.log.error(`An action failed: ${String(error)}`);
        });
      }
      return advice !== null;
    } catch (error) {
      this.host.log.error(`A terminal execution was not explained: ${String(error)}`);
      return false;
    }
  }

  private async show(advice: Advice, origin: Origin, again: boolean): Promise<void> {
    const hidden = this.host.state.get<boolean>(HIDDEN) === true || !this.shown.opens(advice.key);
    if (hidden && !again) {
      return;
    }
    const { buttons, more } = choices(advice);
    const show =
      advice.severity === 'info' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    const items: (vscode.MessageItem & { action?: Action })[] = buttons.map((action) => ({
      title: action.title,
      action,
    }));
    const message = unlinked(advice.message);
    const picked = await show(message, ...items, { title: 'More...' });
    if (picked === undefined) {
      return;
    }
    const action = picked.action ?? (await this.pick(message, more));
    if (action !== undefined) {
      this.shown.acted(advice.key);
      await this.perform(action, advice, origin, { message, listed: picked.action === undefined });
    }
  }

  private async pick(message: string, more: Action[]): Promise<Action | undefined> {
    const items: (vscode.QuickPickItem & { action?: Action; hide?: boolean })[] = more.map((action) => ({
      label: action.title,
      ...(action.kind === 'terminal' && action.text !== action.title ? { detail: visible(action.text) } : {}),
      action,
    }));
    items.push(
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label: "Don't show again in this workspace", hide: true },
    );
    const picked = await vscode.window.showQuickPick(items, { title: 'PEP 668', placeHolder: message });
    if (picked?.hide === true) {
      await this.host.state.update(HIDDEN, true);
    }
    return picked?.action;
  }

  private async perform(action: Action, advice: Advice, origin: Origin, seen: Seen): Promise<void> {
    switch (action.kind) {
      case 'terminal':
        if (await this.mayRun(action, origin, seen)) {
          await this.runInTerminal(action, origin);
        }
        break;
      case 'command':
        if (await this.host.command(action.command, action.arguments ?? [])) {
          await this.remember(action);
        }
        break;
      case 'open':
        await open(action.uri, action.range ?? null);
        break;
      case 'explain':
        await this.host.showMarkdown(advice.explanation);
        break;
    }
  }

  private async remember(action: Action): Promise<void> {
    await this.host.state.update(WALKED, walk(this.walked, action.step));
  }

  private async mayRun(action: TerminalAction, origin: Origin, seen: Seen): Promise<boolean> {
    if (!(await isTrusted())) {
      return false;
    }
    if (!isPlain(action.text)) {
      const message = 'PEP 668 does not run this line: there are characters in it that cannot be seen.';
      void vscode.window.showErrorMessage(message, { modal: true, detail: visible(action.text) });
      return false;
    }
    if (origin.trusted && wasShown(action, seen)) {
      return true;
    }
    const run = 'Run';
    const question = 'Run this in the terminal?';
    return (await vscode.window.showWarningMessage(question, { modal: true, detail: action.text }, run)) === run;
  }

  /** Runs a line where the user typed; in a new terminal where that one is not known to be free, or has left the folder. */
  private async runInTerminal(action: TerminalAction, origin: Origin): Promise<void> {
    const typed = origin.terminal;
    const free = typed?.shellIntegration !== undefined && typed.exitStatus === undefined && !this.busy.has(typed);
    const terminal = free && isIn(typed, action.cwd) ? typed : newTerminal(folderFor(action, origin), shellPathOf(origin));
    terminal.show(true);
    const integration = await shellIntegration(terminal);
    if (integration === undefined) {
      terminal.sendText(action.text);
      return;
    }
    this.running.set(integration.executeCommand(action.text), { action, origin });
  }

  private async ended({ terminal, execution, exitCode }: vscode.TerminalShellExecutionEndEvent): Promise<void> {
    if (this.busy.get(terminal) === execution) {
      this.busy.delete(terminal);
    }
    const running = this.running.get(execution);
    this.running.delete(execution);
    if (running === undefined || exitCode !== 0) {
      return;
    }
    const { action, origin } = running;
    await this.remember(action);
    const environment = action.environment ?? null;
    const use = environment === null ? 'nothing' : await this.host.environmentReady(environment, origin.cwd);
    const name = environment === null ? null : vscode.workspace.asRelativePath(environment);
    const message = whenDone(action.done ?? '', name, use);
    if (message !== '') {
      inform(message);
    }
  }
}

/** Whether a terminal is in a folder, as far as both are known. */
function isIn(terminal: vscode.Terminal, folder: string | null | undefined): boolean {
  const now = terminal.shellIntegration?.cwd?.fsPath;
  return now === undefined || folder === undefined || folder === null || now === vscode.Uri.file(folder).fsPath;
}

function shellPathOf({ terminal, shellPath }: Origin): string | undefined {
  return shellPath ?? (terminal?.creationOptions as vscode.TerminalOptions | undefined)?.shellPath;
}

function folderFor(action: TerminalAction, origin: Origin): vscode.Uri | undefined {
  return action.cwd === undefined || action.cwd === null ? origin.cwd : vscode.Uri.file(action.cwd);
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
