import { type Definition, definitions, figureIds } from '../../domain/figures/definitions';
import type { FigureValue, WeekFigures } from '../../domain/figures/week-figures';
import { changeOf, duration, sayAlreadyPaved, sayShare, sayValue } from '../../domain/figures/wording';
import type { Notice } from '../../domain/notice';
import { buttons } from '../buttons';
import { limits } from '../limits';
import { header, type Message, sectionsOf, sentences } from '../message';
import { code, cut, words } from '../mrkdwn';
import { type DigestContext, renderDigest, shownFigures } from './summary';

type Part = Extract<Notice, { kind: 'digest' }>['part'];

/** `command`: what people type to ask for figures. */
export function renderDigestPart(part: Part, week: WeekFigures, of: DigestContext & { command: string }): Message {
  switch (part) {
    case 'summary':
      return renderDigest(week, of);
    case 'adoption':
      return lined('Who uses what', [
        ...linesOf('adoption', week),
        '',
        ...(week.tools.length > 0 ? ['*Tools*', ...week.tools.map(sayTool)] : []),
        '',
        ...(week.features.length > 0 ? ['*What of Pitcrew*'] : []),
        ...week.features
          .slice(0, featuresShown)
          .map(({ feature, users }) => `${words(featureName(feature), 60)}: used by ${sayShare(users)}`),
      ]);
    case 'reliability':
      return lined('How the pipelines and the support did', [
        ...(Object.entries(groups) as [Definition['group'], string][]).flatMap(([group, title]) => {
          const lines = linesOf(group, week);
          return lines.length > 0 ? [`*${title}*`, ...lines, ''] : [];
        }),
        ...week.longest.map(
          ({ name, partition, ms }) =>
            `Longest to recover: ${words(`${name}${partition ? ` ${partition}` : ''}`, 80)}, ${duration(ms)}`,
        ),
        ...(week.tied.longest ? [`+${week.tied.longest} as long as the last of these`] : []),
        ...week.causes.map(
          ({ cause, problems }) =>
            `Cause: ${words(cause.replaceAll('_', ' '), 60)}, ${problems} ${problems === 1 ? 'problem' : 'problems'}`,
        ),
        ...(week.tied.causes ? [`+${week.tied.causes} more causes with as many as the last of these`] : []),
        ...week.retries.map(
          ({ cause, worked, notOver }) =>
            `Retry, ${words(cause.replaceAll('_', ' '), 60)}: ${sayShare(worked)}${notOver > 0 ? `, ${notOver} not over` : ''}`,
        ),
        ...week.askedAbout.map(
          ({ name, requests }) => `Asked about more than once: ${words(name, 60)}, ${requests} requests`,
        ),
        ...(week.tied.askedAbout ? [`+${week.tied.askedAbout} asked about as often as the last of these`] : []),
        ...week.thumbs
          .slice(0, 10)
          .map(({ about, up }) => `Found right, ${words(about.replaceAll('_', ' '), 60)}: ${sayShare(up)}`),
        ...week.repositories
          .slice(0, 10)
          .map(({ team, repositories }) => `Managed repositories, ${words(team, 60)}: ${repositories}`),
        ...(week.alreadyPaved ? [sayAlreadyPaved(week.alreadyPaved)] : []),
        ...(week.ambiguousChanges > 0
          ? [`${week.ambiguousChanges} of the changes that broke something are ambiguous: another one came as close`]
          : []),
        ...(week.openChanges > 0 ? [`${week.openChanges} changes are not judged: their 24 h were not over`] : []),
      ]);
    case 'definitions':
      return lined('How is this computed?', [
        ...shownFigures(week).map(({ id }) => {
          const { title, formula, from }: Definition = definitions[id];
          return `*${title}*: ${formula} Read from ${code(from)}.`;
        }),
        '',
        `Left out: ${week.excluded.people} people who are bots, guests, gone or on the exclusion list; ${week.excluded.unknownUsers} names of users that no person here has.`,
        `Weeks are ISO weeks in ${words(week.timeZone, 60)}. Frozen at ${week.frozenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC; later facts change no printed week.`,
        `Every other figure, with its interval: ${code(`${of.command} metrics${teamOf(week)} how`, 120)}`,
      ]);
  }
}

const teamOf = ({ scope }: WeekFigures): string => (scope === 'all' ? '' : ` ${scope.replace(/^team:/, '')}`);

/** Of the second table, in its order. */
const groups: Record<Exclude<Definition['group'], 'adoption'>, string> = {
  reliability: 'Runs',
  alerts: 'Alerts',
  support: 'Support',
  'paved path': 'Paved path',
};
const featuresShown = 8;

/** Without those for which nothing was counted. */
function linesOf(wanted: Definition['group'], week: WeekFigures): string[] {
  return figureIds.flatMap((id) => {
    const value = week.figures[id];
    const { group, title }: Definition = definitions[id];
    if (!value || group !== wanted || isNothing(value)) return [];
    const change = changeOf(id, week);
    const isTold = change && change.direction !== 'not comparable';
    return [`${title}: *${sayValue(value)}*${isTold ? ` · ${change.say}` : ''}`];
  });
}

const isNothing = (value: FigureValue): boolean =>
  value.kind === 'count' ? value.count === 0 : value.kind !== 'total' && value.n === 0;

const buttonLabels = new Map(Object.values(buttons).map(({ id, label }) => [id, label.replace(/…$/, '')]));

/** The button by what it says, the form by its name, the command as it is typed. */
function featureName(feature: string): string {
  const label = buttonLabels.get(feature);
  if (label) return `the button “${label}”`;
  const form = /^(.*?)(?:-form)?\.v\d+$/.exec(feature)?.[1];
  return form ? `the form “${form.replaceAll('-', ' ')}”` : `/${feature}`;
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
  const facts = [
    `${monthly} ${monthly === 1 ? 'person' : 'people'} in 28 days${goal === undefined ? '' : ` of ${goal} wanted`}`,
    `${weekly} in the week`,
    `${daily.toLocaleString('en-US', { maximumFractionDigits: 1 })} on a working day`,
    ...(teams > 0 ? [`${teams} ${teams === 1 ? 'team' : 'teams'}`] : []),
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(isCounter ? ['by its own count'] : []),
  ];
  return `${words(title, 60)}: ${facts.join(', ')}`;
}

function lined(title: string, lines: string[]): Message {
  const kept = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
  const text = sentences([title, ...kept.filter(Boolean).map((line) => line.replaceAll('*', ''))]);
  return {
    text: cut(text, limits.message.textAdvised),
    blocks: [header(title), ...sectionsOf(kept.map((line) => line || ' '))],
  };
}

/** A chart as a reply. Its heading is in the picture; what it shows is said to those who cannot see it. */
export function renderChart({ alt, fileId }: Extract<Notice, { kind: 'digest-chart' }>): Message {
  return {
    text: cut(sentences([alt]), limits.message.textAdvised),
    blocks: [{ type: 'image', slack_file: { id: fileId }, alt_text: cut(alt, limits.image.altText) }],
  };
}
