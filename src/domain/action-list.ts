import type { ActionKind, ActionState } from './action';

/** An action that is not over, as a list shows it. */
export interface ListedAction {
  id: string;
  kind: ActionKind;
  state: ActionState;
  /** What it is about, as a part of a sentence: "14 runs of 3 pipelines". */
  what: string;
  by: string;
  askedAt: Date;
  isLarge: boolean;
  progress?: { total: number; succeeded: number; failed: number; waiting: number };
  /** Of the message that shows it, where that has been sent. */
  url?: string;
}

/** Actions that are not over: newest first, and how many more there are. */
export interface ActionList {
  actions: ListedAction[];
  more: number;
}

/** How the switch for all bulk work stands, and what it holds. */
export interface BulkState extends ActionList {
  off?: { by: string; at: Date; reason?: string };
  mayOperate: boolean;
  whoMay: string;
}

/** What came of a word on the switch for all bulk work. `waiting`: large actions that it holds, or that go on. */
export type BulkAnswer =
  | { kind: 'switched'; to: 'off' | 'on'; waiting: number; announcedIn?: string }
  | { kind: 'so-already'; to: 'off' | 'on'; by?: string; at?: Date }
  | { kind: 'denied'; why: string; whoMay: string }
  | { kind: 'unclear'; asked: string };

/** Reads `off planned work`, `on`; `undefined` = neither. */
export function readBulkWord(text: string): { to: 'off' | 'on'; reason?: string } | undefined {
  const [, word, reason = ''] = /^(off|on)(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  if (!word) return undefined;
  const to = word.toLowerCase() === 'off' ? 'off' : 'on';
  return to === 'off' && reason.trim() !== '' ? { to, reason: reason.trim().slice(0, 500) } : { to };
}
