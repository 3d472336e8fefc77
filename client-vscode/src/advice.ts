import type { Action, Advice } from './protocol';

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
