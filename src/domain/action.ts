/** A change someone asks for. */
export const actionKinds = [
  'retry',
  'stop',
  'kill',
  'skip',
  'unblock',
  'pause',
  'resume',
  'start',
  'backfill',
  'redeploy',
] as const;
export type ActionKind = (typeof actionKinds)[number];

/** These run nothing: what they change is so at once. */
export const immediate: readonly ActionKind[] = ['unblock', 'pause', 'resume', 'redeploy'];

/**
 * An Action is one change, or a large one whose items are Actions of their own (`partOf`).
 *
 * planned → (awaiting-approval) → asked → performing → following → succeeded, failed, cancelled
 *     ↘ expired       ↘ refused, cancelled, expired   ↘ refused, failed, unsure
 *
 * A large one: asked → releasing ⇄ paused → succeeded, failed; or → cancelling → cancelled. Its items: waiting → asked → as above.
 */
export const actionStates = [
  'planned',
  'asked',
  'awaiting-approval',
  'waiting',
  'releasing',
  'paused',
  'cancelling',
  'performing',
  'following',
  'succeeded',
  'failed',
  'refused',
  'unsure',
  'cancelled',
  'expired',
] as const;
export type ActionState = (typeof actionStates)[number];

/** An action as its own message shows it. */
/** How many that are done one after the other are held, let go on, or ended early. */
export const courseWords = ['pause', 'resume', 'cancel'] as const;
export type CourseWord = (typeof courseWords)[number];

export interface ActionCard {
  id: string;
  kind: ActionKind;
  state: ActionState;
  /** What it is about, as a part of a sentence: "14 runs". */
  what: string;
  by: string;
  askedAt: Date;
  settledAt?: Date;
  say?: string;
  /** How it is done and why so: what a second person says yes to. */
  how: string[];
  /** Until when a second person is waited for, and what the policy says of them. */
  approval?: { until: Date; reason: string };
  /** The second person who has said yes. */
  approved?: { by: string; say?: string };
  /** The second person who has said no. */
  declined?: { by: string; say?: string };
  /** Who went over the policy, and why. */
  broken?: { by: string; reason: string };
  /** Names of what is left out of the plan, by reason. */
  leftOut: { say: string; count: number; names: string[] }[];
  /** Each with its owner and deadline, where these are known. */
  downstream: { total: number; names: string[] };
  expectedMs?: number;
  evidence?: { fixed: number; tried: number; medianMs?: number };
  progress?: {
    total: number;
    waiting: number;
    running: number;
    succeeded: number;
    failed: number;
    left: number;
    endsAt?: Date;
    isBulkOff?: boolean;
    /** Why it has paused by itself. */
    stopped?: 'canary-failed' | 'too-many-failed';
  };
  /** Of a redeploy that is done: what was in force before. */
  back?: { connection: string; key: string; version: string };
  /** Of a pause or a resume that is done: what undoes it. */
  opposite?: { kind: 'pause' | 'resume'; pipeline: { connection: string; key: string } };
  /** In whose thread it stands. */
  incidentId?: string;
  /** It has items of its own, so that those which failed can be done again. */
  isLarge: boolean;
  /** Something else is going there, and it is tried again and again. */
  isBusy?: boolean;
  /** What people may say about its course now. */
  words: CourseWord[];
  /** How often somebody has said something about it: a new word is a new press. */
  turn: number;
  timeZone: string;
  now: Date;
}

/** Where each state may lead. A settled one leads nowhere. */
export const moves: Readonly<Record<ActionState, readonly ActionState[]>> = {
  planned: ['asked', 'awaiting-approval', 'expired'],
  'awaiting-approval': ['asked', 'refused', 'cancelled', 'expired'],
  waiting: ['asked', 'cancelled'],
  // What an earlier try brought about may be found before another is made.
  asked: ['performing', 'following', 'releasing', 'failed', 'refused', 'cancelled'],
  performing: ['asked', 'following', 'failed', 'refused', 'unsure'],
  following: ['succeeded', 'failed', 'cancelled', 'unsure'],
  releasing: ['paused', 'cancelling', 'succeeded', 'failed', 'cancelled'],
  paused: ['releasing', 'cancelling', 'succeeded', 'failed', 'cancelled'],
  cancelling: ['cancelled'],
  succeeded: [],
  failed: [],
  refused: [],
  unsure: [],
  cancelled: [],
  expired: [],
};

export function mayMove(from: ActionState, to: ActionState): boolean {
  return from === to || moves[from].includes(to);
}

export function isSettled(state: ActionState): boolean {
  return moves[state].length === 0;
}
