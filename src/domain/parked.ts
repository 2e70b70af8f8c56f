import { z } from 'zod';
import type { Post } from './post';

/** One post that was set aside; the replies that waited for it are counted with it. */
export interface ParkedPost {
  id: string;
  role: Post['role'];
  /** `#name` where that is known, else as it stands in the settings; of a direct message the person's id. */
  channel: string;
  /** A pipeline that it is about; none for the card of a storm. */
  pipeline?: string;
  /** As Slack or the outbox worded it. */
  reason: string;
  since: Date;
  replies: number;
}

export interface ParkedList {
  /** Of this page, the oldest first. */
  posts: ParkedPost[];
  /** Over all pages. */
  causes: { cause: ParkedCause; count: number }[];
  total: number;
  /** Counted from 1. */
  page: number;
  pages: number;
}

/** What came of a wish about parked posts. */
export type ParkedAnswer =
  | { kind: 'resent'; count: number }
  | { kind: 'dropped'; count: number }
  /** Somebody was faster. */
  | { kind: 'not-parked' };

export const ParkedCause = z.enum(['doubtful', 'unseen', 'archived', 'forbidden', 'gone', 'content', 'empty', 'other']);
export type ParkedCause = z.infer<typeof ParkedCause>;

/** Why a post is set aside, in words, and what a person can do about it. */
export const parkedCauses = {
  doubtful: {
    say: 'It may be there already: Slack’s answer was lost, and the channel cannot be read',
    todo: 'Look into the channel. Is it there: drop it. Is it not: invite Pitcrew and send it again',
  },
  unseen: {
    say: 'Pitcrew does not see this channel',
    todo: 'Invite Pitcrew there and send it again. Is the name in pitcrew.yaml wrong: correct it and drop this',
  },
  archived: {
    say: 'The channel is archived',
    todo: 'Choose another channel in pitcrew.yaml and drop this; or take it out of the archive and send it again',
  },
  forbidden: {
    say: 'Only some people may post in this channel',
    todo: 'Have an admin of the workspace let Pitcrew post there, then send it again',
  },
  gone: {
    say: 'The message, thread or person that it belongs to is not there any more',
    todo: 'Drop it',
  },
  content: {
    say: 'Slack refuses what it says, even as plain text',
    todo: 'Send it again after an upgrade of Pitcrew, or drop it; the log has the words under post.parked',
  },
  empty: { say: 'There was nothing left to show', todo: 'Drop it' },
  other: {
    say: 'It failed too often for another reason',
    todo: 'Look into the log under post.parked, then send it again or drop it',
  },
} as const satisfies Record<ParkedCause, { say: string; todo: string }>;

const patterns: [ParkedCause, RegExp][] = [
  ['doubtful', /^may have been posted/],
  ['empty', /^nothing to show/],
  ['unseen', /^(channel_not_found|not_in_channel)/],
  ['archived', /^is_archived/],
  ['forbidden', /^restricted_action/],
  ['gone', /^(message_not_found|thread_not_found|cant_update_message|edit_window_closed|user_not_found)/],
  ['content', /^(invalid_|msg_|no_text|metadata_too_large|only_one_table_allowed)/],
];

export function parkedCause(reason: string): ParkedCause {
  return patterns.find(([, pattern]) => pattern.test(reason))?.[0] ?? 'other';
}
