import { z } from 'zod';
import { onEvent } from '../happenings';

const Mention = z.object({
  user: z.string().min(1),
  bot_id: z.undefined().optional(),
  text: z.string(),
  channel: z.string().min(1),
  ts: z.string().min(1),
  thread_ts: z.string().optional(),
});

/** Who calls us asks for help; in the thread of a request it is one more message, which comes as such. */
export const mention = onEvent(
  'app_mention',
  async (event, { requests }) => {
    const read = Mention.safeParse(event).data;
    if (!read) return undefined;
    const { user, text, channel, ts } = read;
    const threadTs = read.thread_ts === ts ? undefined : read.thread_ts;
    if (threadTs && (await requests.livesIn(channel, threadTs))) return undefined;
    return { value: { text, ts, ...(threadTs ? { threadTs } : {}) }, slackId: user, channel, messageTs: ts };
  },
  () => true,
);
