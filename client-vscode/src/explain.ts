// "Explain Selection" and "Explain Clipboard": what somebody has copied from anywhere.

import * as vscode from 'vscode';
import type { Adviser, Origin } from './adviser';
import type { Host } from './host';
import { directoryOf, printed } from './places';
import { Tail } from './tail';

export class Explainer {
  constructor(
    private readonly host: Host,
    private readonly adviser: Adviser,
  ) {}

  async selection(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const text = editor?.document.getText(editor.selection) ?? '';
    if (editor === undefined || text === '') {
      // From the palette it may be meant for the terminal.
      await this.terminalSelection();
      return;
    }
    const { uri } = editor.document;
    await this.explain(text, uri.scheme === 'file' ? vscode.Uri.joinPath(uri, '..') : undefined);
  }

  async terminalSelection(): Promise<void> {
    const terminal = vscode.window.activeTerminal;
    const text = terminal === undefined ? '' : await copied();
    if (text === '') {
      void vscode.window.showInformationMessage('Select the error in an editor or a terminal first.');
      return;
    }
    await this.explain(text, terminal && directoryOf(terminal), terminal);
  }

  async clipboard(): Promise<void> {
    const text = await vscode.env.clipboard.readText();
    if (text.trim() === '') {
      void vscode.window.showInformationMessage('There is no text in the clipboard: copy the error first.');
      return;
    }
    await this.explain(text, undefined);
  }

  /** Shows what it is about, and the advice where there is one: the explanation says why, its buttons do it. */
  private async explain(text: string, cwd: vscode.Uri | undefined, terminal?: vscode.Terminal): Promise<void> {
    const { needles, tailBytes } = this.host.capability();
    const tail = new Tail(tailBytes);
    tail.seek(needles);
    tail.push(text);
    const execution = printed(tail.text, cwd, terminal);
    const markdown = await this.host.explain(execution);
    if (markdown !== null) {
      await this.host.showMarkdown(markdown);
      const origin: Origin = { cwd, trusted: false, ...(terminal === undefined ? {} : { terminal }) };
      await this.adviser.report(execution, origin, true);
    }
  }
}

/** The text that is selected in the active terminal: only the clipboard gives it; its text is put back. */
async function copied(): Promise<string> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  try {
    await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    return await clipboard.readText();
  } finally {
    await clipboard.writeText(before);
  }
}
