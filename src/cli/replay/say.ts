import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { Recorded } from '../../store/replay-rows';
import { table } from '../table';
import type { ChannelOutcome, Counts, Outcome } from './outcome';
import type { Played } from './play';

export interface Told extends Outcome {
  from: Date;
  to: Date;
  timeZone: string;
  /** The file whose settings were taken, or the defaults. */
  configuration: string;
  events: number;
  presses: Played['presses'];
  history: Recorded;
}

const headlineWidth = 72;

/** What would have been posted, for a person at a terminal. */
export function sayReplay(told: Told): string {
  const { from, to, timeZone, configuration, channels, replayed, inForce } = told;
  const zoned = (at: Date, form: string) => format(new TZDate(at, timeZone), form);
  const isOneDay = zoned(from, 'yyyy-MM-dd') === zoned(new Date(to.getTime() - 1), 'yyyy-MM-dd');
  const time = isOneDay ? 'HH:mm:ss' : 'd MMM HH:mm:ss';
  const span = `${zoned(from, 'd MMM yyyy, HH:mm')} to ${zoned(to, isOneDay ? 'HH:mm' : 'd MMM yyyy, HH:mm')} (${timeZone})`;
  const lines = [
    `${span}, ${many(told.events, 'event')}, with ${configuration}. Nothing was posted.`,
    ...notes(told, (at) => zoned(at, 'd MMM yyyy, HH:mm')),
    '',
    ...channels.flatMap((channel) => sayChannel(channel, (at) => zoned(at, time))),
  ];
  if (channels.length === 0) lines.push('No channel would have got a message, and none got one.', '');
  else lines.push(saySummary(channels), ...sayDays(channels));
  lines.push(`In force: ${sayCounts(inForce)}. This configuration: ${sayCounts(replayed)}.`);
  return `${lines.join('\n')}\n`;
}

function sayChannel({ channel, messages }: ChannelOutcome, time: (at: Date) => string): string[] {
  if (messages.length === 0) return [];
  const rows = messages.map((message) => [
    time(message.at),
    message.text,
    message.state ?? '',
    String(message.edits),
    String(message.replies),
    message.calls ? 'yes' : '',
    message.becauseOf ?? message.kind,
  ]);
  return [
    channel,
    table(['AT', 'MESSAGE', 'STATE', 'EDITS', 'REPLIES', 'CALLS', 'BECAUSE OF'], rows, headlineWidth).trimEnd(),
    '',
  ];
}

function saySummary(channels: ChannelOutcome[]): string {
  const pair = (of: keyof Counts) => (channel: ChannelOutcome) => `${channel.replayed[of]} (${channel.inForce[of]})`;
  const columns = [pair('posts'), pair('replies'), pair('calls'), pair('stormCards')];
  return table(
    ['CHANNEL', 'POSTS', 'REPLIES', 'CALLS', 'STORM CARDS'],
    channels.map((each) => [each.channel, ...columns.map((column) => column(each))]),
  );
}

function sayDays(channels: ChannelOutcome[]): string[] {
  const days = channels[0]?.days ?? [];
  if (days.length < 2) return [];
  const rows = days.map(({ day }, index) => [
    day,
    ...channels.map(({ days: own }) => `${own[index]?.posts ?? 0} (${own[index]?.inForce ?? 0})`),
  ]);
  return [table(['POSTS A DAY', ...channels.map(({ channel }) => channel)], rows, 24)];
}

function notes({ history, from, waiting, presses }: Told, day: (at: Date) => string): string[] {
  return [
    'In brackets: what was really posted in that time.',
    ...(history.oldest && history.oldest > from ? [`What is recorded begins at ${day(history.oldest)}.`] : []),
    ...(presses.repeated + presses.withoutAlert > 0
      ? [
          `${many(presses.repeated, 'press')} of people repeated (acknowledge, mute, skip, subscribe, follow); ${presses.withoutAlert} had no alert to be pressed on.`,
        ]
      : []),
    ...(waiting > 0 ? [`${many(waiting, 'message')} would still have waited for the channel's pace at the end.`] : []),
  ];
}

const sayCounts = ({ posts, replies, calls }: Counts): string =>
  `${many(posts, 'post')}, ${many(replies, 'reply')}, ${many(calls, 'call')}`;

function many(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}
