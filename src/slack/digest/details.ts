import { type Definition, definitions, figureIds } from '../../domain/figures/definitions';
import type { WeekFigures } from '../../domain/figures/week-figures';
import { changeOf, duration, sayShare, sayValue } from '../../domain/figures/wording';
import type { Notice } from '../../domain/notice';
import { limits } from '../limits';
import { header, type Message, section, sectionsOf, sentences } from '../message';
import { cut, words } from '../mrkdwn';
import { type DigestContext, renderDigest } from './summary';

type Part = Extract<Notice, { kind: 'digest' }>['part'];

export function renderDigestPart(part: Part, week: WeekFigures, context: DigestContext): Message {
  switch (part) {
    case 'summary':
      return renderDigest(week, context);
    case 'adoption':
      return lined('Who uses what', [
        ...linesOf(['adoption'], week),
        '',
        ...week.tools.map(sayTool),
        '',
        ...week.features.slice(0, 10).map(({ feature, users }) => `${words(feature, 60)}: used by ${sayShare(users)}`),
      ]);
    case 'reliability':
      return lined('How the pipelines and the support did', [
        ...linesOf(['reliability', 'alerts', 'paved path', 'support'], week),
        '',
        ...week.longest.map(
          ({ name, partition, ms }) =>
            `Longest to recover: ${words(`${name}${partition ? ` ${partition}` : ''}`, 80)}, ${duration(ms)}`,
        ),
        ...week.causes.map(
          ({ cause, problems }) =>
            `Cause: ${words(cause.replaceAll('_', ' '), 60)}, ${problems} ${problems === 1 ? 'problem' : 'problems'}`,
        ),
        ...week.retries.map(
          ({ cause, worked, notOver }) =>
            `Retry, ${words(cause.replaceAll('_', ' '), 60)}: ${sayShare(worked)}${notOver > 0 ? `, ${notOver} not over` : ''}`,
        ),
        ...week.thumbs
          .slice(0, 10)
          .map(({ about, up }) => `Found right, ${words(about.replaceAll('_', ' '), 60)}: ${sayShare(up)}`),
        ...(week.ambiguousChanges > 0
          ? [`${week.ambiguousChanges} of the changes that broke something are ambiguous: another one came as close`]
          : []),
        ...(week.openChanges > 0 ? [`${week.openChanges} changes are not judged: their 24 h were not over`] : []),
      ]);
    case 'definitions':
      return lined('How this is computed', [
        ...figureIds
          .filter((id) => id in week.figures)
          .map((id) => `*${definitions[id].title}*: ${definitions[id].formula}`),
        '',
        `Left out: ${week.excluded.people} people who are bots, guests, gone or on the exclusion list; ${week.excluded.unknownUsers} names of users that no person here has.`,
        `Weeks are ISO weeks in ${words(week.timeZone, 60)}. Frozen at ${week.frozenAt.toISOString().slice(0, 16)} UTC; later facts change no printed week.`,
      ]);
  }
}

function linesOf(groups: readonly Definition['group'][], week: WeekFigures): string[] {
  return figureIds.flatMap((id) => {
    const value = week.figures[id];
    const { group, title }: Definition = definitions[id];
    if (!value || !groups.includes(group)) return [];
    const change = changeOf(id, week);
    return [`${title}: *${sayValue(value)}*${change ? ` · ${change.say}` : ''}`];
  });
}

function sayTool({
  title,
  monthly,
  weekly,
  daily,
  teams,
  fresh,
  goal,
  isCounter,
}: WeekFigures['tools'][number]): string {
  const counted = isCounter ? ', by its own count' : '';
  const goalSaid = goal === undefined ? '' : `, goal ${goal} in 28 days`;
  return `*${words(title, 60)}*: ${monthly} people in 28 days, ${weekly} in the week, ${daily.toLocaleString('en-US', { maximumFractionDigits: 1 })} on a working day, ${teams} teams, ${fresh} new${goalSaid}${counted}`;
}

function lined(title: string, lines: string[]): Message {
  const kept = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
  const text = sentences([title, ...kept.filter(Boolean).map((line) => line.replaceAll('*', ''))]);
  return {
    text: cut(text, limits.message.textAdvised),
    blocks: [header(title), ...sectionsOf(kept.map((line) => line || ' '))],
  };
}

/** A chart as a reply, with what it shows in words. */
export function renderChart({ title, alt, fileId }: Extract<Notice, { kind: 'digest-chart' }>): Message {
  return {
    text: sentences([title, alt]),
    blocks: [
      section(`*${words(title, 100)}*: ${words(alt, 600)}`),
      {
        type: 'image',
        slack_file: { id: fileId },
        alt_text: cut(alt, limits.image.altText),
        title: { type: 'plain_text', text: cut(title, limits.image.title) },
      },
    ],
  };
}
