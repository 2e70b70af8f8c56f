import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { Queryable } from '../../store/db';
import * as replayRows from '../../store/replay-rows';
import type { Scratch } from '../../store/scratch';
import type { Played } from './play';

/** What a channel got, or would have got, in the time. */
export interface Counts {
  /** Top-level: alerts, storm cards, direct messages, and notes such as of the end of a mute. */
  posts: number;
  stormCards: number;
  replies: number;
  /** Messages that call people. */
  calls: number;
}

export interface ReplayedMessage {
  at: Date;
  kind: 'alert' | 'storm card' | 'direct message' | 'note';
  /** As it came first, and as it stood at the end. */
  text: string;
  finally: string;
  /** Which route, team or subscription brought it there. */
  becauseOf?: string;
  state?: string;
  edits: number;
  replies: number;
  calls: boolean;
}

export interface ChannelOutcome {
  channel: string;
  replayed: Counts;
  inForce: Counts;
  days: { day: string; posts: number; inForce: number }[];
  messages: ReplayedMessage[];
}

export interface Outcome {
  channels: ChannelOutcome[];
  replayed: Counts;
  inForce: Counts;
  /** Alerts that would still have waited for their turn. */
  waiting: number;
}

const kinds = { parent: 'alert', card: 'storm card', direct: 'direct message', note: 'note' } as const;

/** Both sides are counted by the same query, on the rows that the product itself has written. */
export async function readOutcome(
  real: Queryable,
  scratch: Scratch,
  { shownOf }: Played,
  { from, to, timeZone }: { from: Date; to: Date; timeZone: string },
): Promise<Outcome> {
  const { db } = scratch;
  const names = await replayRows.channelNames(db);
  const nameOf = ({ channel }: { channel: string }) => names.get(channel) ?? channel;
  const dayOf = (at: Date) => format(new TZDate(at, timeZone), 'yyyy-MM-dd');
  const within = { from, to };
  const [posts, replies, before, repliesBefore] = await Promise.all([
    replayRows.toldPosts(db, within),
    replayRows.toldReplies(db, within),
    replayRows.toldPosts(real, within, scratch.real),
    replayRows.toldReplies(real, within, scratch.real),
  ]);
  const channels = [...new Set([...posts, ...replies, ...before, ...repliesBefore].map(nameOf))].sort();
  const days = [...new Set([...posts, ...before].map(({ at }) => dayOf(at)))].sort();

  return {
    channels: channels.map((channel) => {
      const isHere = (each: { channel: string }) => nameOf(each) === channel;
      const [own, real] = [posts.filter(isHere), before.filter(isHere)];
      return {
        channel,
        replayed: countsOf(own, replies.filter(isHere)),
        inForce: countsOf(real, repliesBefore.filter(isHere)),
        days: days.map((day) => ({
          day,
          posts: own.filter(({ at }) => dayOf(at) === day).length,
          inForce: real.filter(({ at }) => dayOf(at) === day).length,
        })),
        messages: own.map((post): ReplayedMessage => {
          const shown = shownOf(post.id);
          return {
            at: post.at,
            kind: kinds[post.role],
            text: headline(shown?.first ?? ''),
            finally: headline(shown?.last ?? ''),
            becauseOf: post.role === 'parent' ? (post.routedBy ?? undefined) : undefined,
            state: post.role === 'parent' ? (post.state ?? undefined) : undefined,
            edits: shown?.edits ?? 0,
            replies: post.replies,
            calls: post.calls,
          };
        }),
      };
    }),
    replayed: countsOf(posts, replies),
    inForce: countsOf(before, repliesBefore),
    waiting: await replayRows.stillWaiting(db),
  };
}

function countsOf(posts: replayRows.ToldPost[], replies: replayRows.ToldReplies[]): Counts {
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  return {
    posts: posts.length,
    stormCards: posts.filter(({ role }) => role === 'card').length,
    replies: sum(replies.map((each) => each.replies)),
    calls: posts.filter(({ calls }) => calls).length + sum(replies.map(({ calls }) => calls)),
  };
}

/** The first line of Slack's text, as a reader sees it. */
export function headline(text: string): string {
  const [first = ''] = text.split('\n');
  return first
    .replace(/<!subteam\^(\w+)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<@(\w+)>/g, '@$1')
    .replace(/<[^<>|]*\|([^<>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
