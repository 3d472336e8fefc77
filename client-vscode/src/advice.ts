import type { Action, Advice, TerminalAction } from './protocol';

/** Buttons of a notification and what stands behind "More...". */
export interface Choices {
  buttons: Action[];
  more: Action[];
}

const MOST_BUTTONS = 3;
/** What a notification's row of buttons holds before it cuts their titles; "More..." is one of them. */
const ROW = 435;
const MORE = width('More...');

/** About the width in pixels of a button with its margins. */
function width(title: string): number {
  return title.length * 7 + 32;
}

/** The buttons that fit, last resorts never among them; everything else, "Explain" included, is behind "More...". */
export function choices(advice: Advice): Choices {
  const offered = [...advice.actions, ...advice.more];
  if (advice.explanation !== '' && !offered.some((action) => action.kind === 'explain')) {
    offered.push({ kind: 'explain', title: 'Explain' });
  }
  const buttons: Action[] = [];
  let used = MORE;
  for (const action of advice.actions) {
    const fits = buttons.length === 0 || used + width(action.title) <= ROW;
    if (action.lastResort !== true && fits && buttons.length < MOST_BUTTONS) {
      buttons.push(action);
      used += width(action.title);
    }
  }
  const rest = offered.filter((action) => !buttons.includes(action));
  const isLast = (action: Action): number => (action.lastResort === true ? 1 : 0);
  return { buttons, more: rest.sort((a, b) => isLast(a) - isLast(b)) };
}

/** What VS Code shows of a notification's message before it cuts it, and of an entry of a list. */
const MESSAGE_LENGTH = 1000;
const DETAIL_LENGTH = 80;

/** Where an action was seen before it was chosen. */
export interface Seen {
  message: string;
  /** As an entry of a list: with its text below its title, both in lines that are cut at their end. */
  listed: boolean;
}

/** A message in which nothing is a link: VS Code would make one of `[...](command:...)`, which may run anything. */
export function unlinked(message: string): string {
  return message.replaceAll('](', '] (');
}

/** A command line of plain words: nothing in it runs anything else. */
export function isSimple(line: string): boolean {
  return /^(?:[\w\-.=/@+:,~%\s]|'[^'\\]*'|"[^"$`\\]*")*$/.test(line) && !/[\r\n]/.test(line);
}

/** Whether all of a line to run could be read where the action was chosen. */
export function wasShown({ text, title }: TerminalAction, { message, listed }: Seen): boolean {
  const places = [message.slice(0, MESSAGE_LENGTH)];
  if (listed ? title.length <= DETAIL_LENGTH : MORE + width(title) <= ROW) {
    places.push(title);
  }
  if (listed && text.length <= DETAIL_LENGTH) {
    places.push(text);
  }
  return places.some((place) => place.includes(text));
}

/** Control and format characters (among them all bidirectional ones), half ones, and letters and marks that show nothing. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]|(?! )\p{Zs}/gu;

/** `text` with what cannot be seen in it written as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Whether a line is what it looks like. */
export function isPlain(text: string): boolean {
  return visible(text) === text;
}

const MOST_STEPS = 32;

/** The steps that were walked, the last one first, with one more. */
export function walk(walked: readonly string[], step: string | undefined): string[] {
  const all = step === undefined || step === '' ? [...walked] : [step, ...walked.filter((other) => other !== step)];
  return all.slice(0, MOST_STEPS);
}

/** What is said when an action has done what it was for; "" where there is nothing to say. */
export function whenDone(done: string, environment: string | null, use: Use): string {
  if (done !== '') {
    return withUse(done, use);
  }
  if (environment === null) {
    return '';
  }
  return use === 'selected' ? `${environment} is ready and is now the selected interpreter.` : `${environment} is ready.`;
}

/** What an environment that was made is used for from now on. */
export type Use = 'selected' | 'new terminals' | 'nothing';

export function withUse(message: string, use: Use): string {
  switch (use) {
    case 'selected':
      return `${message} It is now the selected interpreter.`;
    case 'new terminals':
      return `${message} New terminals use it.`;
    case 'nothing':
      return message;
  }
}

/**
 * Which advice has been shown: each key once. One whose button was pressed may come again, since what it
 * spoke about has changed; one that was closed stays away for the rest of the session.
 */
export class Shown {
  private readonly keys = new Set<string>();

  /** True when the advice should be shown. */
  opens(key: string): boolean {
    if (this.keys.has(key)) {
      return false;
    }
    this.keys.add(key);
    return true;
  }

  acted(key: string): void {
    this.keys.delete(key);
  }

  clear(): void {
    this.keys.clear();
  }
}
