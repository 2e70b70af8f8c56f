import type { ActionKind } from '../domain/action';

/** The kinds of change in the words of messages. */
export const actionNouns = {
  retry: 'Retry',
  stop: 'Stop',
  backfill: 'Backfill',
  redeploy: 'Redeploy',
  skip: 'Skip',
} as const satisfies Record<ActionKind, string>;

export const actionsGoingOn = {
  retry: 'Retrying',
  stop: 'Stopping',
  backfill: 'Backfilling',
  redeploy: 'Redeploying',
  skip: 'Skipping',
} as const satisfies Record<ActionKind, string>;

/** "a, b, c and 4 more" */
export function listOf(names: string[], total: number, shown = 5): string {
  const said = names.slice(0, shown);
  const more = total - said.length;
  return more > 0 ? `${said.join(', ')} and ${more} more` : said.join(', ');
}
