import type { BulkAnswer } from './action-list';
import type { FeedbackAnswer } from './feedback';
import type { DigestAnswer } from './figures/digest-plan';
import type { OwnersTold } from './impact';
import type { MaintenanceAnswer } from './maintenance-wish';
import type { MuteAnswer } from './mute';
import type { ParkedAnswer } from './parked';
import type { RequestAnswer } from './request-wish';
import type { SubscriptionAnswer } from './subscription';

/** What a person pressed or typed to change something, as it is stored before it is acked. */
export interface Press {
  /** Post + action + attempt for a button; the trigger id for a command. The same key is the same wish. */
  key: string;
  /** Id of the button (`retry-run.v1`) or `command:<sub-command>`. */
  name: string;
  /** What the button carries, already read by its own schema. */
  value: Record<string, unknown>;
  slackId: string;
  channel?: string;
  /** The message that held the button. */
  messageTs?: string;
  responseUrl?: string;
  triggerId?: string;
  receivedAt: Date;
}

/** Presses on an alert about who hears of it. */
export const alertPresses = [
  'acknowledge.v1',
  'unacknowledge.v1',
  'alert-more.v1',
  'undo-close.v1',
  'mute.v1',
  'unmute.v1',
] as const;

/** Those that a replay repeats: what came of the rest is in the history. What they carry is kept; of others it is forgotten once they are done. */
export const replayedPresses: readonly string[] = [
  ...alertPresses,
  'command:subscribe',
  'command:unsubscribe',
  'command:follow',
  'command:unfollow',
  'command:mute',
  'command:unmute',
  'command:maintenance',
];

/** Why a press did not do what was wished; told to the person alone. */
export type PressAnswer =
  | { kind: 'already'; action: string; by: string; at: Date }
  | { kind: 'acknowledged'; by: string; at: Date }
  | { kind: 'denied'; why: string; whoMay: string; freeze?: { action: string } }
  | { kind: 'cannot'; say: string }
  /** Taken, and waiting for a second person. `by` is a sentence. */
  | { kind: 'waits'; by: string; until: Date }
  /** Taken, by a command: nothing where the person is shows it. */
  | { kind: 'taken' }
  | { kind: 'over' }
  | { kind: 'gone' }
  | { kind: 'fault'; id: string }
  /** What somebody thinks was noted. */
  | { kind: 'feedback'; said: FeedbackAnswer }
  /** What came of a wish about a request for help. */
  | { kind: 'request'; said: RequestAnswer }
  /** What came of a press on the list of posts that were set aside. */
  | { kind: 'parked'; said: ParkedAnswer }
  /** What came of a choice about the digest of a channel. */
  | { kind: 'digest'; said: DigestAnswer }
  | { kind: 'mute'; said: MuteAnswer }
  | { kind: 'maintenance'; said: MaintenanceAnswer }
  | { kind: 'owners'; said: OwnersTold }
  /** What came of a word on the switch for all bulk work. */
  | { kind: 'bulk'; said: BulkAnswer }
  /** What came of a command about subscriptions. */
  | { kind: 'subscription'; said: SubscriptionAnswer };

/** Nothing came of it: the same wish by somebody who may, or later, is a new one. */
export function isRefusal(answer: PressAnswer): boolean {
  switch (answer.kind) {
    case 'denied':
    case 'cannot':
      return true;
    case 'request':
      return answer.said.kind === 'refused' || answer.said.kind === 'no-such';
    case 'feedback':
      return answer.said.kind === 'not-team';
    default:
      return false;
  }
}
