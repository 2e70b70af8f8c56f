import type { ActionKind } from '../domain/action';

/** The kinds of change in the words of messages. */
export const actionNouns = {
  retry: 'Retry',
  stop: 'Stop',
  kill: 'Kill',
  skip: 'Skip',
  unblock: 'Unblock',
  start: 'Start',
  backfill: 'Backfill',
  redeploy: 'Redeploy',
} as const satisfies Record<ActionKind, string>;

export const actionsGoingOn = {
  retry: 'Retrying',
  stop: 'Stopping',
  kill: 'Killing',
  skip: 'Skipping',
  unblock: 'Unblocking',
  start: 'Starting',
  backfill: 'Backfilling',
  redeploy: 'Redeploying',
} as const satisfies Record<ActionKind, string>;

/** "a, b, c and 4 more" */
export function listOf(names: string[], total: number, shown = 5): string {
  const said = names.slice(0, shown);
  const more = total - said.length;
  return more > 0 ? `${said.join(', ')} and ${more} more` : said.join(', ');
}
