// Gives the processes of tasks that failed to the server.
//
// VS Code tells of a task's process that it started and how it ended, of its output nothing. Where the process got a
// terminal with shell integration at work (one that an earlier task has left), there is an execution as well, whose
// command line is VS Code's own text ("Executing task: ..."): TerminalWatcher hands on its output and does not
// report it by itself.

import { homedir } from 'node:os';
import { basename, isAbsolute, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Adviser } from './adviser';
import { programLine, resolved, shellLine } from './commandline';
import type { Quoting, Word } from './commandline';
import type { Host } from './host';
import { folderOf, isEnabled, nameOfShell, printed } from './places';
import type { TerminalExecution } from './protocol';
import type { Tail } from './tail';
import type { Reported } from './terminal';

/** How long after a task's process its execution may end. */
const OUTPUT_MS = 1000;
const PROCESS_ID_MS = 500;
/** An execution that ends later than this after its process is not taken for the task's. */
const FORGET_MS = 10_000;

const QUOTING: Record<vscode.ShellQuoting, Quoting> = {
  [vscode.ShellQuoting.Escape]: 'escape',
  [vscode.ShellQuoting.Strong]: 'strong',
  [vscode.ShellQuoting.Weak]: 'weak',
};

/** The process of a task. */
export class TaskRun {
  /** Advice on it has come back while it ran. */
  advised = false;
  tail: Tail | undefined;
  /** Settled when the output is there. */
  readonly output: Promise<void>;
  private settle!: () => void;

  constructor(
    private readonly commandLine: string,
    private readonly shell: string,
    readonly cwd: vscode.Uri | undefined,
    private readonly shellPath?: string,
  ) {
    this.output = new Promise((done) => {
      this.settle = done;
    });
  }

  /** The execution in the task's terminal has ended. */
  printed(tail: Tail | undefined, advised: boolean): void {
    this.tail = tail;
    this.advised = advised;
    this.settle();
  }

  /** `exitCode` is absent while it runs, undefined where it is not known. */
  describe(output: string, ended?: { exitCode: number | undefined }): Reported {
    const execution: TerminalExecution = {
      ...printed(output, this.cwd),
      commandLine: this.commandLine,
      exitCode: ended?.exitCode ?? null,
      running: ended === undefined,
      shell: this.shell,
    };
    const own = this.shellPath === undefined ? {} : { shellPath: this.shellPath };
    return { execution, origin: { cwd: this.cwd, trusted: true, ...own } };
  }
}

export class TaskWatcher implements vscode.Disposable {
  /** By process id; they stay until what was printed in their terminals has been taken. */
  private readonly runs = new Map<number, TaskRun>();
  private readonly byExecution = new Map<vscode.TaskExecution, number>();
  private readonly failed = new vscode.EventEmitter<TerminalExecution>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidFail = this.failed.event;

  constructor(
    private readonly host: Host,
    private readonly adviser: Adviser,
  ) {
    this.subscriptions = [
      this.failed,
      vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
        const run = runOf(execution.task);
        if (run !== undefined && isEnabled(folderOf(run.cwd))) {
          this.runs.set(processId, run);
          this.byExecution.set(execution, processId);
        }
      }),
      vscode.tasks.onDidEndTaskProcess((event) => void this.ended(event)),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** The task whose process a terminal has, if it is one's. */
  async runIn(terminal: vscode.Terminal): Promise<TaskRun | undefined> {
    if (this.runs.size === 0) {
      return undefined;
    }
    const processId = await Promise.race([terminal.processId, delay(PROCESS_ID_MS, undefined)]);
    return processId === undefined ? undefined : this.runs.get(processId);
  }

  private async ended({ execution, exitCode }: vscode.TaskProcessEndEvent): Promise<void> {
    const processId = this.byExecution.get(execution);
    this.byExecution.delete(execution);
    const run = processId === undefined ? undefined : this.runs.get(processId);
    if (processId === undefined || run === undefined) {
      return;
    }
    const ended = { exitCode };
    const { execution: silent } = run.describe('', ended);
    this.host.executionEnded({ commandLine: silent.commandLine, exitCode: silent.exitCode, cwd: silent.cwd });
    await Promise.race([run.output, delay(OUTPUT_MS)]);
    setTimeout(() => this.runs.delete(processId), FORGET_MS).unref();
    if ((exitCode !== undefined && exitCode !== 0) || run.tail?.found === true) {
      const reported = run.describe(run.tail?.text ?? '', ended);
      this.failed.fire(reported.execution);
      if (!run.advised) {
        await this.adviser.report(reported.execution, reported.origin);
      }
    }
  }
}

/** What a task runs; undefined where that is no command line. */
function runOf({ execution, scope }: vscode.Task): TaskRun | undefined {
  const folder = typeof scope === 'object' ? scope.uri : folderOf();
  const variables = variablesOf(folder);
  const fill = (text: string): string => resolved(text, variables);
  const cwd = (options: { cwd?: string } | undefined): vscode.Uri | undefined => {
    const place = options?.cwd === undefined ? '' : fill(options.cwd);
    if (place === '' || place.includes('${')) {
      return folder;
    }
    const path = isAbsolute(place) || folder === undefined ? place : resolve(folder.fsPath, place);
    return vscode.Uri.file(path);
  };
  if (execution instanceof vscode.ShellExecution) {
    const shell = nameOfShell(execution.options?.executable ?? vscode.env.shell);
    const { command, args } = execution as { command?: vscode.ShellExecution['command']; args?: vscode.ShellExecution['args'] };
    const line =
      execution.commandLine ??
      (command === undefined ? '' : shellLine([command, ...(args ?? [])].map((word) => wordOf(word, fill)), shell));
    return line === '' ? undefined : new TaskRun(fill(line), shell, cwd(execution.options), execution.options?.executable);
  }
  if (execution instanceof vscode.ProcessExecution) {
    const line = programLine([execution.process, ...execution.args].map(fill));
    // No shell has read it; a step is for the one of the terminal that it is run in.
    return new TaskRun(line, nameOfShell(vscode.env.shell), cwd(execution.options));
  }
  return undefined;
}

function wordOf(word: string | vscode.ShellQuotedString, fill: (text: string) => string): Word {
  return typeof word === 'string' ? fill(word) : { value: fill(word.value), quoting: QUOTING[word.quoting] };
}

/** The variables whose values depend on the folder alone. */
function variablesOf(folder: vscode.Uri | undefined): Map<string, string> {
  const variables = new Map([['userHome', homedir()]]);
  if (folder !== undefined) {
    const path = folder.fsPath;
    for (const name of ['workspaceFolder', 'workspaceRoot', 'fileWorkspaceFolder', 'cwd']) {
      variables.set(name, path);
    }
    variables.set('workspaceFolderBasename', basename(path));
  }
  for (const other of vscode.workspace.workspaceFolders ?? []) {
    variables.set(`workspaceFolder:${other.name}`, other.uri.fsPath);
  }
  return variables;
}
