import type { FigureId } from '../../domain/figures/definitions';
import { type FigureValue, isQuiet, type PipelineLine, type WeekFigures } from '../../domain/figures/week-figures';
import { isFirst, sayAtAGlance, sayBriefly, sayChangeBriefly, verdict } from '../../domain/figures/wording';
import { buttons } from '../buttons';
import { limits } from '../limits';
import { actions, context, header, type Message, section, sentences } from '../message';
import { cut, link, words } from '../mrkdwn';

export interface DigestContext {
  /** By surrogate id; who was erased has none. */
  nameOf(personId: string): string | undefined;
}

interface Wording {
  say: string;
  glance: string;
}

/** Those that everybody reads, in their order, how each is said, and how to who only glances at it; `one`: of a single one. */
const candidates: { id: FigureId; words: Wording; one?: Wording }[] = [
  {
    id: 'weekly-active',
    words: { say: 'people used Pitcrew', glance: 'people used Pitcrew' },
    one: { say: 'person used Pitcrew', glance: 'person used Pitcrew' },
  },
  { id: 'run-success', words: { say: 'of runs ended well', glance: 'of runs succeeded' } },
  { id: 'recovery', words: { say: 'to recover', glance: 'median recovery' } },
  {
    id: 'requests-opened',
    words: { say: 'requests for help', glance: 'requests' },
    one: { say: 'request for help', glance: 'request' },
  },
  { id: 'retry-effect', words: { say: 'of retry presses mended it', glance: 'of retries worked' } },
  { id: 'paved', words: { say: 'of pipelines are on the paved path', glance: 'of pipelines on the paved path' } },
];
/** All else is in the thread. */
const numbersShown = 4;

/** The figures of the message itself. */
export function shownFigures(week: WeekFigures): { id: FigureId; words: Wording; value: FigureValue }[] {
  return candidates
    .flatMap(({ id, words, one }) => {
      const value = week.figures[id];
      const isKnown = value && (value.kind === 'count' || value.kind === 'total' || value.n > 0);
      const isSaid = isKnown && !(id === 'requests-opened' && hadNoRequests(week));
      const isOne = value?.kind === 'count' && value.count === 1;
      return isSaid ? [{ id, words: (isOne && one) || words, value }] : [];
    })
    .slice(0, numbersShown);
}

/** Neither now nor in the week before, and none is open: that nobody of a team asks is no news. */
function hadNoRequests({ figures, before }: WeekFigures): boolean {
  const all = [figures['requests-opened'], figures.backlog, before['requests-opened']];
  return all.every((value) => value?.kind !== 'count' || value.count === 0);
}

export interface ShownNumber {
  said: string;
  rest: string;
  change?: string;
}

/** "60", "people used Pitcrew", "55 last week, within noise": plain text; in whole words, and at a glance. */
export function shownNumbers(week: WeekFigures): { whole: ShownNumber; glance: ShownNumber }[] {
  return shownFigures(week).map(({ id, words: { say, glance }, value }) => {
    const flow = id === 'requests-opened' ? sayFlow(week) : '';
    const change = isFirst(week) ? undefined : sayChangeBriefly(id, week);
    const one = (as: { value: string; n?: string }, what: string, changed: string | undefined) => ({
      said: as.value,
      // "98% of runs", but "2 of 3 runs".
      rest: `${value.kind === 'share' && !as.n ? what.replace(/^of /, '') : what}${as.n ? ` (${as.n})` : ''}${flow}`,
      ...(changed ? { change: changed } : {}),
    });
    return {
      whole: one(sayBriefly(value), say, change?.say),
      glance: one(sayAtAGlance(value), glance, change?.glance),
    };
  });
}

const scopeTitle = (scope: string): string => (scope === 'all' ? 'the organisation' : scope.replace(/^team:/, ''));

/** One message, readable in 20 seconds: the verdict in words, four numbers, the worst three, what got better, thanks. */
export function renderDigest(week: WeekFigures, { nameOf }: DigestContext): Message {
  const where = words(scopeTitle(week.scope), 60);
  if (isQuiet(week)) {
    const quiet = `Quiet week for ${where}: ${week.label}. Nothing ran and nobody asked, as far as I was told`;
    return { text: sentences([quiet]), blocks: [section(`💤 ${quiet}.`), ...settingsRow(week)] };
  }
  const headline = `${week.label}: ${verdict(week)}`;
  const numbers = shownNumbers(week);
  const worst = week.worst.top.map((line) => sayPipeline(line, { isFirst: isFirst(week) }));
  const tied = week.worst.tied > 0 ? `+${week.worst.tied} tied` : '';
  const better = week.better.map(({ name, failedBefore, failed }) => ({
    say: `${words(name, 60)} (${failed} failed ${failed === 1 ? 'run' : 'runs'}, was ${failedBefore})`,
    glance: `${words(name, 60)} ${failedBefore}→${failed}`,
  }));
  const lines = (as: 'say' | 'glance') =>
    withTied(
      better.map((each) => each[as]),
      week.tied.better,
    ).join(', ');
  const thanked = week.thanks.flatMap(({ personId, helped }) => {
    const name = nameOf(personId);
    return name === undefined ? [] : [`${words(name, 60)} (${helped})`];
  });
  const thanks = (thanked.length > 0 ? withTied(thanked, week.tied.thanks) : []).join(', ');
  return {
    text: cut(
      sentences([
        `Weekly digest of ${where}, ${headline}`,
        ...numbers.map(({ whole: { said, rest, change } }) => `${said} ${rest}${change ? `; ${change}` : ''}`),
        worst.length > 0
          ? `Most failed runs: ${week.worst.top.map((line) => plainPipeline(line)).join(', ')} ${tied}`.trim()
          : noneFailed(week),
        better.length > 0 ? `Better than last week: ${lines('say')}` : undefined,
        thanks ? `Thank you for taking problems up: ${thanks}` : undefined,
      ]),
      limits.message.textAdvised,
    ),
    blocks: [
      header(`📊 ${week.scope === 'all' ? '' : `${where}, `}${headline}`),
      section(
        numbers
          .map(({ glance: { said, rest, change } }) => `*${said}* ${rest}${change ? ` · _${change}_` : ''}`)
          .join('\n') || 'Nothing to count yet.',
      ),
      section(
        [
          worst.length > 0
            ? `*Most failed runs*\n${[...worst, tied].filter(Boolean).join('\n')}`
            : `${noneFailed(week) === noRunFailed ? '🟢 ' : ''}${noneFailed(week)}.`,
          ...(better.length > 0 ? [`🟢 *Better:* ${lines('glance')}`] : []),
          ...(thanks ? [`🙏 *Thank you:* ${thanks}`] : []),
        ].join('\n'),
      ),
      context('Details in the thread.'),
      ...settingsRow(week),
    ],
  };
}

const noRunFailed = 'No run failed';
/** Where nothing ran, that nothing failed is no good news. */
function noneFailed({ figures }: WeekFigures): string {
  const runs = figures['run-success'];
  return runs?.kind === 'share' && runs.n > 0 ? noRunFailed : 'No run ended';
}

/** No list ends in the middle of a tie in silence. */
const withTied = (lines: readonly string[], tied = 0): string[] => [...lines, ...(tied > 0 ? [`+${tied} tied`] : [])];

/** One button away: another day or hour, another audience, none at all. */
function settingsRow({ label }: WeekFigures) {
  const button = buttons.digestSettings.element({ from: 'digest' }, { about: `the weekly digest ${label}` });
  return button ? [actions([button])] : [];
}

function sayPipeline({ rank, name, url, failed, ended, failedBefore }: PipelineLine, of: { isFirst: boolean }): string {
  return `${rank}. ${link(url, name)} ${failed}/${ended}${of.isFirst ? '' : `, was ${failedBefore}`}`;
}

/** What became of the requests of the week. */
function sayFlow({ figures }: WeekFigures): string {
  const [solved, open] = [figures['requests-solved'], figures.backlog];
  if (solved?.kind !== 'count' || open?.kind !== 'count') return '';
  return `, ${solved.count} solved, ${open.count} open`;
}

const plainPipeline = ({ rank, name, failed, ended }: PipelineLine): string =>
  `${rank}. ${words(name, 60)} with ${failed} of ${ended} runs failed`;
