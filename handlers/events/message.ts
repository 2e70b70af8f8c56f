import { z } from 'zod';
import { onEvent } from '../happenings';

/** What people write; what apps post, and news about messages (edits, joins), is left out. */
const Written = z.object({
  subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
  bot_id: z.undefined().optional(),
  user: z.string().min(1),
  text: z.string().default(''),
  channel: z.string().min(1),
  channel_type: z.string().default(''),
  ts: z.string().min(1),
  thread_ts: z.string().optional(),
});

/** In the thread of a request; on its own where posts are requests; or directly to us. All else is not kept. */
export const message = onEvent(
  'message',
  async (event, { requests }) => {
    const written = Written.safeParse(event).data;
    if (!written) return undefined;
    const { user, text, channel, ts } = written;
    const threadTs = written.thread_ts === ts ? undefined : written.thread_ts;
    const isDirect = written.channel_type === 'im';
    const isOurs = threadTs
      ? await requests.livesIn(channel, threadTs)
      : isDirect || (await requests.takesPosts(channel));
    if (!isOurs) return undefined;
    const value = { text, ts, isDirect, ...(threadTs ? { threadTs } : {}) };
    return { value, slackId: user, channel, messageTs: ts };
  },
  // In a channel it is written to people.
  ({ value }) => value.isDirect === true,
);
