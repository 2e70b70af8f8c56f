import { type Definition, definitionOf, type FigureId, figureIds } from '../../domain/figures/definitions';
import { queryOf } from '../../domain/figures/queries';
import type { FigureValue, WeekFigures } from '../../domain/figures/week-figures';
import { changeOf, sayInterval, sayValue } from '../../domain/figures/wording';
import { limits } from '../limits';
import { context, header, type Message, sectionsOf, sentence, sentences } from '../message';
import { code, cut, words } from '../mrkdwn';

type Answer =
  | { kind: 'weeks'; weeks: WeekFigures[]; how: boolean; page: number }
  | { kind: 'file'; said: string }
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
      return sentence(`The figures of ${answer.said} are in a file, in your direct messages with me.`);
    case 'weeks':
      return answer.weeks.length > 1 ? several(answer.weeks, command) : single(answer, command);
  }
}

function single(
  { weeks: [week], how, page }: { weeks: WeekFigures[]; how: boolean; page: number },
  command: string,
): Message {
  if (!week) return sentence('There is no week to show.');
  const headline = `${scopeOf(week)}, ${week.label}`;
  const all = figureIds.flatMap((id) => {
    const value = week.figures[id];
    if (!value) return [];
    const { title, formula, from }: Definition = definitionOf(id, week.unit);
    const change = changeOf(id, week);
    const interval = how ? sayInterval(value) : undefined;
    const said = [`${title}: *${sayValue(value)}*`, change?.say, interval].filter(Boolean).join(' · ');
    if (!how) return [said];
    const query = queryOf(id, week);
    return [`${said}\n>${formula} Read from ${code(from)}.${query ? `\n>${code(query, 1_000)}` : ''}`];
  });
  const pages = pagesOf(all);
  const no = Math.min(page, pages.length);
  const lines = pages[no - 1] ?? [];
  const ofUnit = week.unit === 'week' ? '' : ` last ${week.unit}`;
  const asked = `${command} metrics${teamOf(week)}${ofUnit} how`;
  const next = no < pages.length ? `Page ${no} of ${pages.length}; the next: ${code(`${asked} ${no + 1}`, 100)}. ` : '';
  const foot = how
    ? `${next}Queries are of the whole organisation, over the views for BI tools; they do not know who is left out. Left out: ${week.excluded.people} people (bots, guests, gone, exclusion list), ${week.excluded.unknownUsers} unknown names.`
    : `How is this computed? ${code(asked, 100)}. More: ${code('last 8 weeks', 40)}, ${code('last month', 40)}, ${code('last quarter', 40)} or ${code('this week', 40)} behind it, and ${code('csv', 20)} or ${code('json', 20)} for a file.`;
  return {
    text: cut(
      sentences([headline, ...lines.map((line) => line.replaceAll('*', '').replaceAll('\n>', '. '))]),
      limits.message.textAdvised,
    ),
    blocks: [header(headline), ...sectionsOf(lines), context(foot)],
  };
}

/** As many lines on each as Slack takes in one message. */
function pagesOf(lines: readonly string[]): string[][] {
  const pages: string[][] = [];
  let room = 0;
  for (const line of lines) {
    const size = JSON.stringify(line).length;
    if (size > room) {
      pages.push([]);
      room = limits.message.blocksTotal - spare;
    }
    pages.at(-1)?.push(line);
    room -= size;
  }
  return pages;
}

/** For the headline, the foot and what is around each section. */
const spare = 2_000;

function several(weeks: WeekFigures[], command: string): Message {
  const [last] = weeks;
  const unit = last?.unit ?? 'week';
  const headline = `${last ? scopeOf(last) : ''}, ${weeks.length} ${unit}s up to ${last?.week ?? ''}`;
  const lines = overWeeks.flatMap((id) => {
    const known = weeks.filter(({ figures }) => figures[id] !== undefined);
    if (known.every(({ figures }) => isNone(figures[id]))) return [];
    return [
      [
        `*${definitionOf(id, unit).title}*`,
        ...known.map(
          ({ week, figures }) => `${unit === 'week' ? week.replace(/^\d{4}-/, '') : week}: ${sayValue(figures[id])}`,
        ),
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
      context(
        `All of them: ${code(`${command} metrics${last ? teamOf(last) : ''} last ${weeks.length} ${unit}s csv`, 100)}.`,
      ),
    ],
  };
}

const isNone = (value: FigureValue | undefined): boolean =>
  value === undefined || (value.kind !== 'count' && value.n === 0);

const teamOf = ({ scope }: WeekFigures): string => (scope === 'all' ? '' : ` ${scope.replace(/^team:/, '')}`);

const scopeOf = ({ scope }: WeekFigures): string =>
  scope === 'all' ? 'The organisation' : words(scope.replace(/^team:/, 'Team '), 80);
