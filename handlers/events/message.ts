import { z } from 'zod';
import { type Heard, onEvent } from '../happenings';
import type { Services } from '../services';

const id = z.string().min(1);
/** What apps post is left out. */
const person = { bot_id: z.undefined().optional(), user: id };
const place = { channel: id, channel_type: z.string().default('') };

/** What people write; news about messages (joins, topics) is left out. */
const Written = z.object({
  ...person,
  ...place,
  subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
  text: z.string().default(''),
  ts: id,
  thread_ts: z.string().optional(),
});

/** An edit; a picture of a link that Slack adds is one as well, with the same text. With a thread under it, a deletion is one too. */
const Changed = z.object({
  ...place,
  subtype: z.literal('message_changed'),
  ts: id,
  message: z.object({
    ts: id,
    subtype: z.string().optional(),
    thread_ts: z.string().optional(),
    text: z.string().default(''),
  }),
  previous_message: z.object({ ...person, text: z.string().default('') }),
});

/** What stood for a deleted message goes with the last of its replies: that is no news. */
const Deleted = z.object({
  ...place,
  subtype: z.literal('message_deleted'),
  ts: id,
  deleted_ts: id,
  previous_message: z.object({
    ...person,
    subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
    thread_ts: z.string().optional(),
    text: z.string().default(''),
  }),
});

/** A mention of us that is deleted within this time may not have been heard yet. */
const unheardSeconds = 30;
const callsSomebody = (text: string): boolean => /<@[UW]/.test(text);

/** In the thread of a request; on its own where posts are requests; or directly to us. All else is not kept. */
export const message = onEvent(
  'message',
  async (event, services) => {
    const written = Written.safeParse(event).data;
    if (written) return hearWritten(written, services);
    const changed = Changed.safeParse(event).data ?? Deleted.safeParse(event).data;
    return changed && hearChanged(changed, services);
  },
  // In a channel it is written to people; and a word less or more is no other use.
  ({ value }) => value.isDirect === true && value.change === undefined,
);

async function hearWritten(written: z.infer<typeof Written>, { requests }: Services): Promise<Heard | undefined> {
  const { user, text, channel, ts } = written;
  const threadTs = written.thread_ts === ts ? undefined : written.thread_ts;
  const isDirect = written.channel_type === 'im';
  const isOurs = threadTs
    ? await requests.livesIn(channel, threadTs)
    : isDirect || (await requests.takesPosts(channel));
  if (!isOurs) return undefined;
  const value = { text, ts, isDirect, ...(threadTs ? { threadTs } : {}) };
  return { value, slackId: user, channel, messageTs: ts };
}

/** What became of a message whose words we have, or are about to have. */
async function hearChanged(
  changed: z.infer<typeof Changed> | z.infer<typeof Deleted>,
  { requests }: Services,
): Promise<Heard | undefined> {
  const { channel, ts: changedTs } = changed;
  const slackId = changed.previous_message.user;
  const isEdit = changed.subtype === 'message_changed' && changed.message.subtype !== 'tombstone';
  if (isEdit && changed.message.text === changed.previous_message.text) return undefined;
  const ts = changed.subtype === 'message_changed' ? changed.message.ts : changed.deleted_ts;
  const headTs = changed.subtype === 'message_changed' ? changed.message.thread_ts : changed.previous_message.thread_ts;
  const threadTs = headTs === ts ? undefined : headTs;
  const isOurs =
    changed.channel_type === 'im' ||
    (!isEdit && callsSomebody(changed.previous_message.text) && Number(changedTs) - Number(ts) < unheardSeconds) ||
    (await requests.holds(channel, ts)) ||
    (threadTs ? await requests.livesIn(channel, threadTs) : await requests.takesPosts(channel));
  if (!isOurs) return undefined;
  const text = isEdit && changed.subtype === 'message_changed' ? changed.message.text : '';
  const value = { text, ts, change: isEdit ? 'edited' : 'deleted', changedTs };
  return { value, slackId, channel, messageTs: ts };
}
