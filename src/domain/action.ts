/** A change someone asks for. */
export const actionKinds = ['retry', 'stop', 'kill', 'skip', 'unblock', 'start', 'backfill', 'redeploy'] as const;
export type ActionKind = (typeof actionKinds)[number];

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
