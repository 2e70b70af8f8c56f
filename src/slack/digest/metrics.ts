import { type Definition, definitions, type FigureId, figureIds } from '../../domain/figures/definitions';
import type { WeekFigures } from '../../domain/figures/week-figures';
import { changeOf, sayInterval, sayValue } from '../../domain/figures/wording';
import { limits } from '../limits';
import { context, header, type Message, sectionsOf, sentence, sentences } from '../message';
import { code, cut, words } from '../mrkdwn';

type Answer =
  | { kind: 'weeks'; weeks: WeekFigures[]; how: boolean }
  | { kind: 'file'; weeks: number }
  | { kind: 'unknown-team'; name: string; known: string[] };

/** Over several weeks these are shown; the file has all. */
const overWeeks: FigureId[] = ['weekly-active', 'run-success', 'recovery', 'noise', 'retry-effect', 'paved'];

/** Figures for the one who asks. Never throws. */
export function renderMetrics(answer: Answer, { command }: { command: string }): Message {
  switch (answer.kind) {
    case 'unknown-team':
      return sentence(
        `I know no team ${code(answer.name, 60)}.${
          answer.known.length > 0
            ? ` There are ${answer.known
                .slice(0, 20)
                .map((name) => code(name, 60))
                .join(', ')}.`
            : ' pitcrew.yaml names none.'
        }`,
      );
    case 'file':
      return sentence(
        `The figures of ${answer.weeks === 1 ? 'the last week' : `${answer.weeks} weeks`} are in a file, in your direct messages with me.`,
      );
    case 'weeks':
      return answer.weeks.length > 1 ? several(answer.weeks, command) : single(answer, command);
  }
}

function single({ weeks: [week], how }: { weeks: WeekFigures[]; how: boolean }, command: string): Message {
  if (!week) return sentence('There is no week to show.');
  const headline = `${scopeOf(week)}, ${week.label}`;
  const lines = figureIds.flatMap((id) => {
    const value = week.figures[id];
    if (!value) return [];
    const { title, formula, from }: Definition = definitions[id];
    const change = changeOf(id, week);
    const interval = how ? sayInterval(value) : undefined;
    const said = [`${title}: *${sayValue(value)}*`, change?.say, interval].filter(Boolean).join(' · ');
    return [how ? `${said}\n>${formula} Read from ${code(from)}.` : said];
  });
  const team = week.scope === 'all' ? '' : ` ${week.scope.replace(/^team:/, '')}`;
  const foot = how
    ? `Left out: ${week.excluded.people} people (bots, guests, gone, exclusion list), ${week.excluded.unknownUsers} unknown names.`
    : `How is this computed? ${code(`${command} metrics${team} how`, 100)}. More: ${code(`${command} metrics${team} last 8 weeks`, 100)}, and ${code('csv', 20)} or ${code('json', 20)} behind it for a file.`;
  return {
    text: cut(
      sentences([headline, ...lines.map((line) => line.replaceAll('*', '').replaceAll('\n>', '. '))]),
      limits.message.textAdvised,
    ),
    blocks: [header(headline), ...sectionsOf(lines), context(foot)],
  };
}

function several(weeks: WeekFigures[], command: string): Message {
  const [last] = weeks;
  const headline = `${last ? scopeOf(last) : ''}, ${weeks.length} weeks up to ${last?.week ?? ''}`;
  const lines = overWeeks.flatMap((id) => {
    const known = weeks.filter(({ figures }) => figures[id] !== undefined);
    if (known.length === 0) return [];
    return [
      [
        `*${definitions[id].title}*`,
        ...known.map(({ week, figures }) => `${week.replace(/^\d{4}-/, '')}: ${sayValue(figures[id])}`),
      ].join('\n'),
    ];
  });
  return {
    text: cut(
      sentences([headline, ...lines.map((line) => line.replaceAll('*', '').replaceAll('\n', ', '))]),
      limits.message.textAdvised,
    ),
    blocks: [
      header(headline),
      ...sectionsOf(lines, '\n\n'),
      context(`All of them: ${code(`${command} metrics last ${weeks.length} weeks csv`, 100)}.`),
    ],
  };
}

const scopeOf = ({ scope }: WeekFigures): string =>
  scope === 'all' ? 'The organisation' : words(scope.replace(/^team:/, 'Team '), 80);
