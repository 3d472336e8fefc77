// Other output than that of terminals: debug consoles and output channels. A needle in it is reported, once in a while.

import * as vscode from 'vscode';
import type { Adviser } from './adviser';
import type { Host } from './host';
import { folderOf, isEnabled, printed } from './places';
import { Tail } from './tail';

/** What comes with a needle is reported together with it. */
const REST_MS = 500;
/** Output that keeps repeating itself is not reported more often. */
const PAUSE_MS = 5000;

/** As much of the Debug Adapter Protocol's `output` event as is read here. */
interface OutputEvent {
  type?: string;
  event?: string;
  body?: { category?: string; output?: unknown };
}

class Stream {
  private tail: Tail | undefined;
  private timer: NodeJS.Timeout | undefined;
  private silentUntil = 0;

  constructor(
    private readonly host: Host,
    private readonly report: (output: string) => void,
  ) {}

  push(text: string): void {
    if (Date.now() < this.silentUntil) {
      return;
    }
    const { needles, tailBytes } = this.host.capability();
    if (this.tail === undefined) {
      this.tail = new Tail(tailBytes);
      this.tail.seek(needles);
    }
    if (this.tail.push(text)) {
      this.found();
    }
  }

  /** The server has started and said what to look for: in what has been printed, too. */
  serverStarted(): void {
    if (this.tail?.seek(this.host.capability().needles) === true) {
      this.found();
    }
  }

  private found(): void {
    this.timer = setTimeout(() => {
      const output = this.tail?.text ?? '';
      this.tail = undefined;
      this.silentUntil = Date.now() + PAUSE_MS;
      this.report(output);
    }, REST_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}

/** Watches debug consoles and output channels. */
export class StreamWatcher implements vscode.Disposable {
  private readonly channels = new Map<string, Stream>();
  private readonly sessions = new Map<string, Stream>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly host: Host,
    private readonly adviser: Adviser,
    /** Output channels of this extension are not listened to. */
    private readonly own: string,
  ) {
    this.subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => this.track(session),
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.sessions.delete(id); // what it has printed last is still reported
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        // A channel is a document as long as it is shown; what was written to it before is read once.
        this.channel(document)?.push(document.getText());
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const stream = this.channel(document);
        for (const { text } of contentChanges) {
          stream?.push(text);
        }
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.channels.delete(uri.toString()); // what it has printed last is still reported
      }),
    ];
  }

  serverStarted(): void {
    for (const stream of [...this.channels.values(), ...this.sessions.values()]) {
      stream.serverStarted();
    }
  }

  dispose(): void {
    for (const stream of [...this.channels.values(), ...this.sessions.values()]) {
      stream.dispose();
    }
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private stream(cwd: vscode.Uri | undefined): Stream {
    return new Stream(this.host, (output) => {
      void this.adviser.report(printed(output, cwd), { cwd: cwd ?? folderOf(), trusted: false });
    });
  }

  private track(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const folder = session.workspaceFolder?.uri ?? folderOf();
    if (!isEnabled(folder)) {
      return undefined;
    }
    const cwd: unknown = session.configuration['cwd'];
    const stream = this.stream(typeof cwd === 'string' && !cwd.includes('${') ? vscode.Uri.file(cwd) : folder);
    this.sessions.set(session.id, stream);
    return {
      onDidSendMessage: ({ type, event, body }: OutputEvent) => {
        if (type === 'event' && event === 'output' && body?.category !== 'telemetry' && typeof body?.output === 'string') {
          stream.push(body.output);
        }
      },
    };
  }

  /** The stream of a document that is an output channel, not one of ours. */
  private channel({ uri }: vscode.TextDocument): Stream | undefined {
    if (uri.scheme !== 'output' || uri.path.includes(this.own) || !isEnabled(folderOf())) {
      return undefined;
    }
    const key = uri.toString();
    let stream = this.channels.get(key);
    if (stream === undefined) {
      stream = this.stream(folderOf());
      this.channels.set(key, stream);
    }
    return stream;
  }
}
