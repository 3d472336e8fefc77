// What docs/protocol.md says, as types.

import { NotificationType, NotificationType0, RequestType } from 'vscode-languageclient/node';
import type { Range } from 'vscode-languageclient/node';

export interface TerminalExecution {
  commandLine: string;
  cwd: string | null;
  exitCode: number | null;
  output: string;
  running: boolean;
  shell: string;
  workspaceFolder: string | null;
}

interface ActionBase {
  title: string;
  lastResort?: boolean;
}

export type Action = ActionBase &
  (
    | { kind: 'terminal'; text: string; environment?: string | null }
    | { kind: 'command'; command: string; arguments?: unknown[] }
    | { kind: 'open'; uri: string; range?: Range | null }
    | { kind: 'explain' }
  );

export interface Advice {
  key: string;
  message: string;
  severity: 'warning' | 'info';
  actions: Action[];
  more: Action[];
  explanation: string;
}

export interface CreateEnvironmentArguments {
  folder: string;
  directory?: string;
  requirements?: string[];
  packages?: string[];
  editable?: string[];
}

/** The result of `pep668.createEnvironment`. */
export interface EnvironmentResult {
  ok: boolean;
  path: string | null;
  python: string | null;
  created: boolean;
  message: string;
  help?: string | null;
}

export interface EnvironmentCreated {
  folder: string;
  path: string;
  python: string;
}

/** What the server asks of the terminal watcher, in `capabilities.experimental.pep668`. */
export interface TerminalCapability {
  needles: string[];
  tailBytes: number;
}

export const CREATE_ENVIRONMENT = 'pep668.createEnvironment';

export const terminalExecution = new RequestType<TerminalExecution, Advice | null, void>('pep668/terminalExecution');
export const terminalExecutionEnded = new NotificationType0('pep668/terminalExecutionEnded');
export const explain = new RequestType<TerminalExecution, { markdown: string }, void>('pep668/explain');
export const environmentCreated = new NotificationType<EnvironmentCreated>('pep668/environmentCreated');

/** The terminal part of the server's capabilities; null where the server does not want terminals. */
export function terminalCapability(experimental: unknown): TerminalCapability | null {
  const terminal = (experimental as { pep668?: { terminal?: Partial<TerminalCapability> } } | null | undefined)?.pep668
    ?.terminal;
  if (terminal === undefined) {
    return null;
  }
  const needles = Array.isArray(terminal.needles) ? terminal.needles.filter((n) => typeof n === 'string') : [];
  const tailBytes = typeof terminal.tailBytes === 'number' && terminal.tailBytes > 0 ? terminal.tailBytes : 65536;
  return { needles: needles.filter((n) => n !== ''), tailBytes };
}

export function isEnvironmentResult(value: unknown): value is EnvironmentResult {
  const result = value as Partial<EnvironmentResult> | null | undefined;
  return typeof result?.ok === 'boolean' && typeof result.message === 'string';
}
