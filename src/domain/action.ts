/** A change someone asks for. */
export const actionKinds = ['retry', 'stop', 'backfill', 'redeploy', 'skip'] as const;
export type ActionKind = (typeof actionKinds)[number];

/**
 * asked → (awaiting-approval) → performing → following → done
 *                             ↘ refused               ↘ failed, unsure
 */
export const actionStates = [
  'asked',
  'awaiting-approval',
  'performing',
  'following',
  'succeeded',
  'failed',
  'refused',
  'unsure',
  'cancelled',
] as const;
export type ActionState = (typeof actionStates)[number];

export function isSettled(state: ActionState): boolean {
  return (
    state === 'succeeded' || state === 'failed' || state === 'refused' || state === 'cancelled' || state === 'unsure'
  );
}
