// What docs/protocol.md says, as types.

import { NotificationType, RequestType } from 'vscode-languageclient/node';
import type { Range } from 'vscode-languageclient/node';

/** What ran, or what was printed elsewhere: then the command line is empty. */
export interface TerminalExecution {
  commandLine: string;
  cwd: string | null;
  exitCode: number | null;
  output: string;
  running: boolean;
  shell: string;
  terminal: string;
  workspaceFolder: string | null;
}

/** What is the same for all that happens in a workspace folder. */
export interface Circumstances {
  interpreter: string | null;
  walked: string[];
}

export interface EndedExecution {
  terminal?: string;
  commandLine?: string;
  exitCode?: number | null;
  cwd?: string | null;
  shell?: string;
}

interface ActionBase {
  title: string;
  step?: string;
  lastResort?: boolean;
}

export interface TerminalAction extends ActionBase {
  kind: 'terminal';
  text: string;
  /** The folder that `text` is for. */
  cwd?: string | null;
  environment?: string | null;
  done?: string;
}

export type Action =
  | TerminalAction
  | (ActionBase &
      (
        | { kind: 'command'; command: string; arguments?: unknown[] }
        | { kind: 'open'; uri: string; range?: Range | null }
        | { kind: 'explain' }
      ));

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
  /** Parts of lines that become links. */
  links: string[];
  tailBytes: number;
}

/** Until the server has said what it wants. */
export const NO_CAPABILITY: TerminalCapability = { needles: [], links: [], tailBytes: 65536 };

export const CREATE_ENVIRONMENT = 'pep668.createEnvironment';

type Asked = TerminalExecution & Circumstances;

export const terminalExecution = new RequestType<Asked, Advice | null, void>('pep668/terminalExecution');
export const terminalExecutionEnded = new NotificationType<EndedExecution>('pep668/terminalExecutionEnded');
export const terminalClosed = new NotificationType<{ terminal: string }>('pep668/terminalClosed');
export const explain = new RequestType<Asked, { markdown: string }, void>('pep668/explain');
export const environmentCreated = new NotificationType<EnvironmentCreated>('pep668/environmentCreated');

/** The terminal part of the server's capabilities; null where the server does not want terminals. */
export function terminalCapability(experimental: unknown): TerminalCapability | null {
  const terminal = (experimental as { pep668?: { terminal?: Partial<TerminalCapability> } } | null | undefined)?.pep668
    ?.terminal;
  if (terminal === undefined) {
    return null;
  }
  const strings = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
  const wanted = terminal.tailBytes;
  const tailBytes = typeof wanted === 'number' && wanted > 0 ? wanted : NO_CAPABILITY.tailBytes;
  return { needles: strings(terminal.needles), links: strings(terminal.links), tailBytes };
}

export function isEnvironmentResult(value: unknown): value is EnvironmentResult {
  const result = value as Partial<EnvironmentResult> | null | undefined;
  return typeof result?.ok === 'boolean' && typeof result.message === 'string';
}
