// Links in terminals, on the parts of lines that the server names: for terminals without shell integration, and for
// advice that was closed.

import * as vscode from 'vscode';
import type { Adviser } from './adviser';
import type { Host } from './host';
import { directoryOf, folderOfTerminal, isEnabled, printed } from './places';
import type { Reported, TerminalWatcher } from './terminal';

interface Link extends vscode.TerminalLink {
  line: string;
  part: string;
  terminal: vscode.Terminal;
}

export class Links implements vscode.TerminalLinkProvider<Link> {
  constructor(
    private readonly host: Host,
    private readonly adviser: Adviser,
    private readonly terminals: TerminalWatcher,
  ) {}

  provideTerminalLinks({ line, terminal }: vscode.TerminalLinkContext): Link[] {
    if (!isEnabled(folderOfTerminal(terminal, directoryOf(terminal)))) {
      return [];
    }
    const found: Link[] = [];
    for (const part of this.host.capability().links) {
      const startIndex = line.indexOf(part);
      const overlaps = found.some((link) => startIndex < link.startIndex + link.length && link.startIndex < startIndex + part.length);
      if (startIndex >= 0 && !overlaps) {
        found.push({ startIndex, length: part.length, tooltip: 'Explain', line, part, terminal });
      }
    }
    return found;
  }

  async handleTerminalLink({ line, part, terminal }: Link): Promise<void> {
    const { execution, origin } = this.about(line, part, terminal);
    if (!(await this.adviser.report(execution, origin, true))) {
      const markdown = await this.host.explain(execution);
      if (markdown !== null) {
        await this.host.showMarkdown(markdown);
      }
    }
  }

  /** What ran in the terminal and printed the line says more than the line; one that did not fail has only shown it. */
  private about(line: string, part: string, terminal: vscode.Terminal): Reported {
    const reported = this.terminals.reported(terminal);
    const known = reported !== undefined && printedBy(reported.execution.output, part);
    if (known && reported.execution.exitCode !== 0) {
      return reported;
    }
    const cwd = directoryOf(terminal);
    const output = known && reported.execution.output !== '' ? reported.execution.output : line;
    return { execution: printed(output, cwd, terminal), origin: { terminal, cwd, trusted: false } };
  }
}

/** Whether output holds this part of a line, colours left out; a short command's output may be missing. */
function printedBy(output: string, part: string): boolean {
  return output === '' || output.replace(/\u001b\[[\d;:]*m/g, '').includes(part);
}
