// Links in terminals, on the parts of lines that the server names: for terminals without shell integration, and for
// advice that was closed.

import * as vscode from 'vscode';
import type { Adviser } from './adviser';
import type { Host } from './host';
import { directoryOf, folderOfTerminal, isEnabled, printed } from './places';
import type { TerminalWatcher } from './terminal';

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
    // What ran there says more than the line, if it was that which printed the line.
    const failed = this.terminals.failed(terminal);
    const known = failed !== undefined && printedBy(failed.execution.output, part);
    const cwd = directoryOf(terminal);
    const execution = known ? failed.execution : printed(line, cwd, terminal);
    const origin = known ? failed.origin : { terminal, cwd, trusted: false };
    if (!(await this.adviser.report(execution, origin, true))) {
      const markdown = await this.host.explain(execution);
      if (markdown !== null) {
        await this.host.showMarkdown(markdown);
      }
    }
  }
}

/** Whether output holds this part of a line, colours left out; a short command's output may be missing. */
function printedBy(output: string, part: string): boolean {
  return output === '' || output.replace(/\u001b\[[\d;:]*m/g, '').includes(part);
}
