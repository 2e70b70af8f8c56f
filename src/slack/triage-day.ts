import type { TriageDay } from '../domain/notice';
import { sayDuration } from './duration';
import { context, type Message, section, sectionsOf } from './message';
import { asked, date, link, sayDate, words } from './mrkdwn';
import { sayRequestState } from './request-card';

/** How the queue of the team stands in the morning; one line where nothing waits. Never throws. */
export function renderTriageDay(day: TriageDay, { timeZone }: { timeZone: string }): Message {
  const { open, fresh } = day;
  if (day.isOver) {
    const said = `${waiting(day)} on ${sayDate(day.at, timeZone)}: ${sayCounts(day)}. There is a newer post of the morning below`;
    return { text: `${said}.`, blocks: [context(said)] };
  }
  if (open === 0) {
    const said = fresh === 0 ? '🌱 Nothing waits' : `🌱 Nothing waits: all ${fresh} new ones are solved`;
    return { text: `${said}.`, blocks: [section(said)] };
  }
  const counts = sayCounts(day);
  const title = `☀️ ${open} ${open === 1 ? 'request waits' : 'requests wait'}`;
  const lines = day.pressing.map((each) => sayPressing(each, day.at, timeZone));
  const isSettled = day.pressing.length > 0 && day.pressing.every(({ state }) => state === 'solved');
  const first = isSettled ? '🎉 All of these are solved' : 'Look at these first';
  const oldest = day.oldest && sayOldest(day.oldest, day.at);
  return {
    text: [`${title}: ${counts}.`, oldest && `${plainly(oldest)}.`, ...lines.map((line) => `${plainly(line)}.`)]
      .filter(Boolean)
      .join('\n'),
    blocks: [
      section(`*${title}*\n${counts}`),
      ...(lines.length > 0 ? [section(`*${first}*`), ...sectionsOf(lines)] : []),
      context(
        [`As of ${date(day.at, timeZone)}`, oldest, `New since ${date(day.since, timeZone)}`]
          .filter(Boolean)
          .join(' · '),
      ),
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

const waiting = ({ open }: TriageDay): string => (open === 1 ? '1 request waited' : `${open} requests waited`);

/** What has changed since the morning stands before it, in an emoji and a word. */
function sayPressing({ number, question, dueAt, name, url, state }: Line, at: Date, timeZone: string): string {
  const mark = state === undefined ? '' : `${sayRequestState({ state, assignee: name })} `;
  if (state === 'solved') return `${mark}${url ? link(url, `#${number}`) : `#${number}`} ${asked(question, 120)}`;
  const due = dueAt ? ` · ${dueAt <= at ? '⚠️ was due' : 'due'} ${date(dueAt, timeZone)}` : '';
  const owner = name ? words(`@${name}`, 60) : 'nobody yet';
  return `${mark}${url ? link(url, `#${number}`) : `#${number}`} ${asked(question, 120)} · with ${owner}${due}`;
}

const sayOldest = ({ number, askedAt, url }: Line, at: Date): string =>
  `The oldest, ${url ? link(url, `#${number}`) : `#${number}`}, waits for ${sayDuration(at.getTime() - askedAt.getTime())}`;

/** For those who hear it: dates in words, names of links alone. */
function plainly(line: string): string {
  return line.replace(/<!date\^[^|]*\|([^>]*)>/g, '$1').replace(/<https?:[^|>]*\|([^>]*)>/g, '$1');
}
