import type { TriageDay } from '../domain/notice';
import { sayDuration } from './duration';
import { context, type Message, section, sectionsOf } from './message';
import { date, link, words } from './mrkdwn';

/** How the queue of the team stands in the morning; one line where nothing waits. Never throws. */
export function renderTriageDay(day: TriageDay, { timeZone }: { timeZone: string }): Message {
  const { open, fresh } = day;
  if (open === 0) {
    const said = fresh === 0 ? '🌱 Nothing waits' : `🌱 Nothing waits: all ${fresh} new ones are solved`;
    return { text: `${said}.`, blocks: [section(said)] };
  }
  const counts = sayCounts(day);
  const title = `☀️ ${open} ${open === 1 ? 'request waits' : 'requests wait'}`;
  const lines = day.pressing.map((each) => sayPressing(each, day.at, timeZone));
  const oldest = day.oldest && sayOldest(day.oldest, day.at);
  return {
    text: [`${title}: ${counts}.`, oldest && `${plainly(oldest)}.`, ...lines.map((line) => `${plainly(line)}.`)]
      .filter(Boolean)
      .join('\n'),
    blocks: [
      section(`*${title}*\n${counts}`),
      ...(lines.length > 0 ? [section('*Look at these first*'), ...sectionsOf(lines)] : []),
      context([oldest, `New since ${date(day.since, timeZone)}`].filter(Boolean).join(' · ')),
    ],
  };
}

function sayCounts({ fresh, unanswered, overdue, waiting, snoozed }: TriageDay): string {
  return [
    `${fresh} new`,
    `${unanswered} without an answer`,
    overdue > 0 ? `⚠️ ${overdue} overdue` : 'none overdue',
    `${waiting} waiting for who asked`,
    ...(snoozed > 0 ? [`${snoozed} snoozed`] : []),
  ].join(' · ');
}

type Line = TriageDay['pressing'][number];

function sayPressing({ number, question, dueAt, name, url }: Line, at: Date, timeZone: string): string {
  const due = dueAt ? ` · ${dueAt <= at ? '⚠️ was due' : 'due'} ${date(dueAt, timeZone)}` : '';
  const owner = name ? words(`@${name}`, 60) : 'nobody yet';
  return `${url ? link(url, `#${number}`) : `#${number}`} ${words(question, 120)} · with ${owner}${due}`;
}

const sayOldest = ({ number, askedAt, url }: Line, at: Date): string =>
  `The oldest, ${url ? link(url, `#${number}`) : `#${number}`}, waits for ${sayDuration(at.getTime() - askedAt.getTime())}`;

/** For those who hear it: dates in words, names of links alone. */
function plainly(line: string): string {
  return line.replace(/<!date\^[^|]*\|([^>]*)>/g, '$1').replace(/<https?:[^|>]*\|([^>]*)>/g, '$1');
}
