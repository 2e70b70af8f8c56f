import type { FigureId } from '../../domain/figures/definitions';
import { type FigureValue, isQuiet, type PipelineLine, type WeekFigures } from '../../domain/figures/week-figures';
import { sayBriefly, sayChangeBriefly, verdict } from '../../domain/figures/wording';
import { buttons } from '../buttons';
import { limits } from '../limits';
import { actions, context, header, type Message, section, sentences } from '../message';
import { cut, link, words } from '../mrkdwn';

export interface DigestContext {
  /** By surrogate id; who was erased has none. */
  nameOf(personId: string): string | undefined;
}

/** Those that everybody reads, in their order, and how each is said. */
const candidates: [id: FigureId, say: string][] = [
  ['weekly-active', 'people used Pitcrew'],
  ['run-success', 'of runs ended well'],
  ['recovery', 'to recover'],
  ['requests-opened', 'requests for help'],
  ['retry-effect', 'of retry presses mended it'],
  ['paved', 'of pipelines are on the paved path'],
];
const numbersShown = 5;

/** The figures of the message itself. */
export function shownFigures(week: WeekFigures): { id: FigureId; say: string; value: FigureValue }[] {
  return candidates
    .flatMap(([id, say]) => {
      const value = week.figures[id];
      return value && (value.kind === 'count' || value.kind === 'total' || value.n > 0) ? [{ id, say, value }] : [];
    })
    .slice(0, numbersShown);
}

/** "60", "people used Pitcrew", "55 last week, within noise": plain text. */
export function shownNumbers(week: WeekFigures): { said: string; rest: string; change?: string; glance?: string }[] {
  return shownFigures(week).map(({ id, say, value }) => {
    const { value: said, n } = sayBriefly(value);
    const flow = id === 'requests-opened' ? sayFlow(week) : '';
    const change = sayChangeBriefly(id, week);
    return {
      said,
      rest: `${say}${n ? ` (${n})` : ''}${flow}`,
      ...(change ? { change: change.say, glance: change.glance } : {}),
    };
  });
}

const scopeTitle = (scope: string): string => (scope === 'all' ? 'the organisation' : scope.replace(/^team:/, ''));

/** One message, readable in 20 seconds: the verdict in words, five numbers, the worst three, what got better, thanks. */
export function renderDigest(week: WeekFigures, { nameOf }: DigestContext): Message {
  const where = words(scopeTitle(week.scope), 60);
  if (isQuiet(week)) {
    const quiet = `Quiet week for ${where}: ${week.label}. Nothing ran and nobody asked, as far as I was told`;
    return { text: sentences([quiet]), blocks: [section(`💤 ${quiet}.`), ...settingsRow(week)] };
  }
  const headline = `${week.label}: ${verdict(week)}`;
  const numbers = shownNumbers(week);
  const worst = week.worst.top.map((line) => sayPipeline(line));
  const tied = week.worst.tied > 0 ? `+${week.worst.tied} tied` : '';
  const better = week.better.map(({ name, failedBefore, failed }) => ({
    say: `${words(name, 60)} (${failedBefore} → ${failed} failed runs)`,
    glance: `🟢 ${words(name, 60)}: ${failedBefore} → ${failed}`,
  }));
  const asked = week.askedAbout.map(({ name, requests }) => ({
    say: `${words(name, 60)} (${requests} requests)`,
    glance: `💬 ${words(name, 60)}: ${requests} requests`,
  }));
  const lines = (list: { say: string; glance: string }[], as: 'say' | 'glance', more = 0) =>
    withTied(
      list.map((each) => each[as]),
      more,
    );
  const thanked = week.thanks.flatMap(({ personId, helped }) => {
    const name = nameOf(personId);
    return name === undefined ? [] : [`${words(name, 60)} (${helped})`];
  });
  const thanks = thanked.length > 0 ? withTied(thanked, week.tied.thanks) : [];
  const goals = week.tools.filter(({ goal, tool }) => goal !== undefined && tool !== 'pitcrew').map(sayGoal);
  const foot = 'Details, charts, definitions: in the thread';
  return {
    text: cut(
      sentences([
        `Weekly digest of ${where}, ${headline}`,
        ...numbers.map(({ said, rest, change }) => `${said} ${rest}${change ? `; ${change}` : ''}`),
        worst.length > 0
          ? `Most failed runs: ${week.worst.top.map((line) => plainPipeline(line)).join(', ')} ${tied}`.trim()
          : 'No run failed',
        better.length > 0 ? `Better than last week: ${lines(better, 'say', week.tied.better).join(', ')}` : undefined,
        asked.length > 0
          ? `Asked about more than once: ${lines(asked, 'say', week.tied.askedAbout).join(', ')}`
          : undefined,
        ...goals.map(({ say }) => say),
        thanks.length > 0 ? `Thank you for taking problems up: ${thanks.join(', ')}` : undefined,
      ]),
      limits.message.textAdvised,
    ),
    blocks: [
      header(`📊 ${week.scope === 'all' ? '' : `${where}, `}${headline}`),
      section(
        numbers.map(({ said, rest, glance }) => `*${said}* ${rest}${glance ? ` · _${glance}_` : ''}`).join('\n') ||
          'Nothing to count yet.',
      ),
      section(
        [
          worst.length > 0 ? `*Most failed runs*\n${[...worst, tied].filter(Boolean).join('\n')}` : '🟢 No run failed.',
          ...(better.length > 0
            ? [`*Better than last week*\n${lines(better, 'glance', week.tied.better).join('\n')}`]
            : []),
          ...(asked.length > 0
            ? [`*Asked about more than once*\n${lines(asked, 'glance', week.tied.askedAbout).join('\n')}`]
            : []),
        ].join('\n'),
      ),
      ...(goals.length > 0 || thanks.length > 0
        ? [
            section(
              [
                ...goals.map(({ glance }) => `🎯 ${glance}`),
                ...(thanks.length > 0 ? [`🙏 Thank you: ${thanks.join(', ')}`] : []),
              ].join('\n'),
            ),
          ]
        : []),
      context(`${foot}.`),
      ...settingsRow(week),
    ],
  };
}

/** No list ends in the middle of a tie in silence. */
const withTied = (lines: readonly string[], tied = 0): string[] => [...lines, ...(tied > 0 ? [`+${tied} tied`] : [])];

/** One button away: another day or hour, another audience, none at all. */
function settingsRow({ label }: WeekFigures) {
  const button = buttons.digestSettings.element({ from: 'digest' }, { about: `the weekly digest ${label}` });
  return button ? [actions([button])] : [];
}

function sayPipeline({ rank, name, url, failed, ended, failedBefore }: PipelineLine): string {
  return `🔴 ${rank}. ${link(url, name)}: ${failed} of ${ended} (was ${failedBefore})`;
}

/** What became of the requests of the week. */
function sayFlow({ figures }: WeekFigures): string {
  const [solved, open] = [figures['requests-solved'], figures.backlog];
  if (solved?.kind !== 'count' || open?.kind !== 'count') return '';
  return `, ${solved.count} solved, ${open.count} open`;
}

const plainPipeline = ({ rank, name, failed, ended }: PipelineLine): string =>
  `${rank}. ${words(name, 60)} with ${failed} of ${ended} runs failed`;

function sayGoal({ title, monthly, goal = 0 }: WeekFigures['tools'][number]): { say: string; glance: string } {
  const reached = monthly >= goal ? 'goal reached' : `${goal - monthly} to go`;
  return {
    say: `${words(title, 60)}: ${monthly} people in 28 days, goal ${goal}: ${reached}`,
    glance: `${words(title, 60)}: ${monthly} of ${goal} people in 28 days${monthly >= goal ? ', goal reached' : ''}`,
  };
}
