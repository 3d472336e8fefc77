// What those who watch terminals, tasks and other output need from the rest of the extension.

import type * as vscode from 'vscode';
import type { Use } from './advice';
import type { Advice, EndedExecution, TerminalCapability, TerminalExecution } from './protocol';

export interface Host {
  readonly log: vscode.LogOutputChannel;
  readonly state: vscode.Memento;
  capability(): TerminalCapability;
  ask(execution: TerminalExecution): Promise<Advice | null>;
  /** Markdown; null where no server is running, which has been said then. */
  explain(execution: TerminalExecution): Promise<string | null>;
  /** Whatever it was, it may have installed something. */
  executionEnded(execution: EndedExecution): void;
  terminalClosed(terminal: string): void;
  /** Whether the server has done it. */
  command(command: string, args: unknown[]): Promise<boolean>;
  showMarkdown(markdown: string): Promise<void>;
  /** An action in the terminal made this environment: it is used from now on. */
  environmentReady(environment: string, resource: vscode.Uri | undefined): Promise<Use>;
}
