import type { Action, Advice } from './protocol';

/** Buttons of a notification and what stands behind "More...". */
export interface Choices {
  buttons: Action[];
  more: Action[];
}

const MOST_BUTTONS = 3;

/** Up to three buttons, last resorts never among them; "Explain" is always within reach. */
export function choices(advice: Advice): Choices {
  const offered = [...advice.actions, ...advice.more];
  if (advice.explanation !== '' && !offered.some((action) => action.kind === 'explain')) {
    offered.push({ kind: 'explain', title: 'Explain' });
  }
  const first = advice.actions.filter((action) => action.lastResort !== true).slice(0, MOST_BUTTONS);
  const rest = offered.filter((action) => !first.includes(action));
  const isLast = (action: Action): number => (action.lastResort === true ? 1 : 0);
  return { buttons: first, more: rest.sort((a, b) => isLast(a) - isLast(b)) };
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
