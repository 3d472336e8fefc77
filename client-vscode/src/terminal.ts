// Gives ended (and, on a needle, running) terminal executions to the server.

import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isSimple } from './advice';
import type { Adviser, Origin } from './adviser';
import type { Host } from './host';
import { folderOfTerminal, idOf, isEnabled, printed, shellOf } from './places';
import type { TerminalExecution } from './protocol';
import { Tail } from './tail';
import type { TaskRun, TaskWatcher } from './tasks';

/** An execution whose output shows a needle and that has not ended by then is reported as running. */
const STILL_RUNNING_MS = 500;
/**
 * Shells whose script loses the nonce that proves a command line (fish's in VS Code 1.100): output can claim to be a command of its
 * own. A simple line, which does nothing but what it says, is believed where it does not follow at once on what was shown.
 */
const UNPROVEN = ['fish'];
/** Nobody types a command that fast after the end of the last one. */
const TYPED_MS = 500;
/** How long to wait for the rest of the output of an execution that has ended. */
const DRAIN_MS = 1000;

interface Watched {
  readonly terminal: vscode.Terminal;
  /** As it was when it started: what runs can print escape sequences that say something else afterwards. */
  readonly typed: vscode.TerminalShellExecutionCommandLine;
  /** Somebody has typed it, as far as can be told. */
  readonly trusted: boolean;
  readonly tail: Tail;
  reading: Promise<void>;
  timer?: NodeJS.Timeout;
  /** Advice on it has come back: its end has nothing to add. */
  advised: boolean;
}

/** An execution as the server gets it, and where its steps are to be run. */
export interface Reported {
  execution: TerminalExecution;
  origin: Origin;
}

export class TerminalWatcher implements vscode.Disposable {
  private readonly watched = new Map<vscode.TerminalShellExecution, Watched>();
  private readonly reportedIn = new WeakMap<vscode.Terminal, Reported>();
  private readonly endedAt = new WeakMap<vscode.Terminal, number>();
  private readonly subscriptions: vscode.Disposable[];
  private lastFailed: TerminalExecution | null = null;
  private lastEnded: TerminalExecution | null = null;

  constructor(
    private readonly host: Host,
    private readonly adviser: Adviser,
    private readonly tasks: TaskWatcher,
  ) {
    this.subscriptions = [
      vscode.window.onDidStartTerminalShellExecution((event) => {
        this.started(event);
      }),
      vscode.window.onDidEndTerminalShellExecution((event) => void this.ended(event)),
      vscode.window.onDidCloseTerminal((terminal) => {
        this.closed(terminal);
      }),
      tasks.onDidFail((execution) => {
        this.lastFailed = execution;
      }),
    ];
  }

  /** The last execution that failed, else the last one at all. */
  get last(): TerminalExecution | null {
    return this.lastFailed ?? this.lastEnded;
  }

  /** The last execution of this terminal that failed, or whose output was worth a look. */
  reported(terminal: vscode.Terminal): Reported | undefined {
    return this.reportedIn.get(terminal);
  }

  dispose(): void {
    for (const watched of this.watched.values()) {
      clearTimeout(watched.timer);
    }
    this.watched.clear();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private started({ terminal, execution }: vscode.TerminalShellExecutionStartEvent): void {
    if (!isEnabled(folderOfTerminal(terminal, execution.cwd))) {
      return;
    }
    const { needles, tailBytes } = this.host.capability();
    const watched: Watched = {
      terminal,
      typed: execution.commandLine,
      trusted: execution.commandLine.isTrusted || this.isBelieved(execution.commandLine, terminal),
      tail: new Tail(tailBytes),
      reading: Promise.resolve(),
      advised: false,
    };
    watched.tail.seek(needles);
    this.watched.set(execution, watched);
    // `read` gives only what comes after the call: it must be called now.
    watched.reading = this.read(execution, watched);
  }

  private isBelieved(line: vscode.TerminalShellExecutionCommandLine, terminal: vscode.Terminal): boolean {
    const follows = Date.now() - (this.endedAt.get(terminal) ?? 0) < TYPED_MS;
    return UNPROVEN.includes(shellOf(terminal)) && isSaid(line) && isSimple(line.value) && !follows;
  }

  /** The server has started and said what to look for: in what is running already, too. */
  serverStarted(): void {
    const { needles } = this.host.capability();
    for (const [execution, watched] of this.watched) {
      if (watched.tail.seek(needles)) {
        this.needleSeen(execution, watched);
      }
    }
  }

  private needleSeen(execution: vscode.TerminalShellExecution, watched: Watched): void {
    watched.timer = setTimeout(() => void this.stillRunning(execution, watched), STILL_RUNNING_MS);
  }

  private async stillRunning(execution: vscode.TerminalShellExecution, watched: Watched): Promise<void> {
    const { terminal, tail } = watched;
    const line = commandLineOf(execution, watched);
    const run = await this.taskOf(terminal, line);
    const reported = run?.describe(tail.text) ?? describe(terminal, execution.cwd, line, tail.text, watched.trusted);
    if (this.watched.has(execution)) {
      await this.report(reported, watched);
    }
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
    const watched = this.watched.get(execution);
    this.watched.delete(execution);
    clearTimeout(watched?.timer);
    this.endedAt.set(terminal, Date.now());
    const enabled = watched !== undefined || isEnabled(folderOfTerminal(terminal, execution.cwd));
    if (!enabled) {
      this.host.executionEnded({});
      return;
    }
    const line = commandLineOf(execution, watched);
    const run = await this.taskOf(terminal, line);
    if (run !== undefined) {
      // The task's end says how it ended.
      await drained(watched);
      run.printed(watched?.tail, watched?.advised === true);
      return;
    }
    const { execution: ended, origin } = describe(terminal, execution.cwd, line, '', watched?.trusted ?? line.isTrusted, { exitCode });
    this.host.executionEnded({
      terminal: ended.terminal,
      commandLine: ended.commandLine,
      exitCode: ended.exitCode,
      cwd: ended.cwd,
      shell: ended.shell,
    });
    // The end may be announced before the last of the output; a short command's output may be missing altogether.
    await drained(watched);
    ended.output = watched?.tail.text ?? '';
    this.lastEnded = ended;
    if (exitCode !== 0 || watched?.tail.found === true) {
      await this.report({ execution: ended, origin }, watched);
    }
  }

  /** The task whose process this execution is: VS Code says of it only that it cannot be trusted. */
  private async taskOf(
    terminal: vscode.Terminal,
    line: vscode.TerminalShellExecutionCommandLine,
  ): Promise<TaskRun | undefined> {
    return line.isTrusted ? undefined : await this.tasks.runIn(terminal);
  }

  private closed(terminal: vscode.Terminal): void {
    for (const [execution, watched] of this.watched) {
      if (watched.terminal === terminal) {
        clearTimeout(watched.timer);
        this.watched.delete(execution);
      }
    }
    this.host.terminalClosed(idOf(terminal));
  }

  private async report(reported: Reported, watched: Watched | undefined): Promise<void> {
    this.lastFailed = reported.execution;
    if (reported.origin.terminal !== undefined) {
      this.reportedIn.set(reported.origin.terminal, reported);
    }
    if (watched?.advised !== true && (await this.adviser.report(reported.execution, reported.origin)) && watched) {
      watched.advised = true;
    }
  }
}

async function drained(watched: Watched | undefined): Promise<void> {
  await Promise.race([watched?.reading, delay(DRAIN_MS)]);
}

/** What the shell itself said before anything ran; where it says nothing, what VS Code has read from the screen by now. */
function commandLineOf(
  execution: vscode.TerminalShellExecution,
  watched: Watched | undefined,
): vscode.TerminalShellExecutionCommandLine {
  return watched !== undefined && isSaid(watched.typed) ? watched.typed : execution.commandLine;
}

function isSaid(line: vscode.TerminalShellExecutionCommandLine): boolean {
  return line.confidence === vscode.TerminalShellExecutionCommandLineConfidence.High;
}

/** `ended` is absent while it runs; its code is undefined where the shell did not tell. */
function describe(
  terminal: vscode.Terminal,
  cwd: vscode.Uri | undefined,
  line: vscode.TerminalShellExecutionCommandLine,
  output: string,
  trusted: boolean,
  ended?: { exitCode: number | undefined },
): Reported {
  return {
    execution: {
      ...printed(output, cwd, terminal),
      commandLine: line.value,
      exitCode: ended?.exitCode ?? null,
      running: ended === undefined,
    },
    origin: { terminal, cwd, trusted },
  };
}
