import { z } from 'zod';
import { onEvent } from '../happenings';

const Reaction = z.object({
  user: z.string().min(1),
  reaction: z.string(),
  item_user: z.string().optional(),
  item: z.object({ type: z.literal('message'), channel: z.string().min(1), ts: z.string().min(1) }),
});

/** The emoji of the settings under a message makes it a request of who wrote it. */
export const reaction = onEvent(
  'reaction_added',
  async (event, { requests }) => {
    const read = Reaction.safeParse(event).data;
    if (!read || read.reaction.split('::')[0] !== requests.emoji()) return undefined;
    const { channel, ts } = read.item;
    const value = { ts, ...(read.item_user ? { author: read.item_user } : {}) };
    return { value, slackId: read.user, channel, messageTs: ts };
  },
  () => true,
);
