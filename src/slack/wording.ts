import type { ActionKind } from '../domain/action';
import { sentences } from './message';
import { cut, escapeText, plain } from './mrkdwn';

/** The kinds of change in the words of messages. */
export const actionNouns = {
  retry: 'Retry',
  stop: 'Stop',
  kill: 'Kill',
  skip: 'Skip',
  unblock: 'Unblock',
  pause: 'Pause',
  resume: 'Resume',
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
  pause: 'Pausing',
  resume: 'Resuming',
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

/** "1 run", "14 runs" */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** "2 large actions were under way", of what the switch for all bulk work holds. */
export function sayHeld(count: number): string {
  if (count === 0) return 'No large action was under way';
  return `${countOf(count, 'large action')} ${count === 1 ? 'was' : 'were'} under way`;
}

/** A sentence of the policy, which marks teams and roles by itself. */
export function policyWords(text: string): string {
  return cut(escapeText(plain(text)), 600);
}

/** Why somebody may not, and whom they can ask for it. */
export function sayDenied({ why, whoMay }: { why: string; whoMay: string }): string {
  if (whoMay === '') return policyWords(why);
  if (whoMay.startsWith('nobody')) return sentences([policyWords(why), 'Please ask whoever runs Pitcrew']);
  return sentences([
    policyWords(why),
    why.includes(whoMay) ? 'You can ask one of them' : `You can ask ${policyWords(whoMay)}`,
  ]);
}
