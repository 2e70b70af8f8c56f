import type { Button, SectionBlock } from '@slack/types';
import type { StormLine, StormView } from '../domain/storm';
import { buttons } from './buttons';
import { limits } from './limits';
import { context, header, type Message, section, sectionsOf, sentences } from './message';
import { code, cut, date, link, sayDate, words } from './mrkdwn';
import { sayIncidentState } from './states';

/** Problems that the card itself names; its thread names all. */
const shownOnCard = 10;
/** Of them, those with a button. */
const offeredOnCard = 3;
/** Characters of a reply's list; the wire form of its blocks stays below what a message may hold. */
const listMax = 9_000;

/** One message that stands for all alerts of a channel that wait for their turn, as things are now. */
export function renderStorm(view: StormView): Message {
  const { lines, timeZone } = view;
  const pipelines = sum(lines, ({ count }) => count);
  const live = sum(lines, (line) => line.live);
  const word = live > 0 ? '🔴 Storm' : sayIncidentState('recovered').replace('Recovered', 'Storm over');
  const headline = `${word}: ${many(pipelines, 'pipeline')} hit, ${many(lines.length, 'problem')}`;
  const shown = lines.slice(0, shownOnCard);
  const more = lines.slice(shownOnCard);
  const rest =
    more.length > 0
      ? `and ${many(more.length, 'more problem')} with ${many(
          sum(more, ({ count }) => count),
          'pipeline',
        )}: see the thread`
      : '';
  const standing = standingOf(lines);
  return {
    text: cut(
      sentences([
        headline,
        `Since ${sayDate(view.openedAt, timeZone)}`,
        standing,
        ...shown.map((line) => said(line, 120)),
        rest,
        followOf(lines),
      ]),
      limits.message.textAdvised,
    ),
    blocks: [
      header(headline),
      ...problems(`Since ${date(view.openedAt, timeZone)}. ${standing}.`, shown, rest),
      context(`${followOf(lines)}. Every problem and pipeline: in the thread.`),
    ],
  };
}

/** The problems in their order, the largest with a button beside them; in as few sections as hold them. */
function problems(lead: string, shown: StormLine[], rest: string): SectionBlock[] {
  const sections: { lines: string[]; accessory?: Button }[] = [{ lines: [lead] }];
  let offered = 0;
  for (const line of shown) {
    const accessory = offered < offeredOnCard ? retryAll(line) : undefined;
    const last = sections.at(-1);
    if (accessory) offered += 1;
    // The sentence above the first one needs no section of its own.
    if (last && !last.accessory && (!accessory || last.lines.length === 1)) {
      last.lines.push(drawn(line, 120));
      if (accessory) last.accessory = accessory;
    } else sections.push({ lines: [drawn(line, 120)], ...(accessory ? { accessory } : {}) });
  }
  const last = sections.at(-1);
  if (rest !== '' && last?.accessory) sections.push({ lines: [rest] });
  else if (rest !== '') last?.lines.push(rest);
  return sections.map(({ lines, accessory }) => ({
    ...section(lines.join('\n')),
    ...(accessory ? { accessory } : {}),
  }));
}

/** Of one cause that has hit many: opens its plan. */
function retryAll({ incidentId, retriable, title, line, lead }: StormLine): Button | undefined {
  if (retriable < 2) return undefined;
  const count = retriable.toLocaleString('en-US');
  const cause = title ?? line ?? lead;
  return buttons.retryAll.element(
    { incidentId },
    { label: `Retry all ${count}: ${cause}`, about: `${count} runs, ${cause}, as in ${lead}` },
  );
}

/** The growth, told as a reply: every problem with its count. */
export function renderStormList(view: StormView): Message {
  const pipelines = sum(view.lines, ({ count }) => count);
  const headline = `Now ${many(pipelines, 'pipeline')} hit, ${many(view.lines.length, 'problem')}. ${standingOf(view.lines)}`;
  const width = view.lines.length > 60 ? 60 : 120;
  const all = view.lines.map((line) => drawn(line, width));
  const kept: string[] = [];
  let size = 0;
  for (const line of all) {
    size += line.length + 1;
    if (size > listMax) break;
    kept.push(line);
  }
  const left = view.lines.slice(kept.length);
  const rest =
    left.length > 0
      ? [
          `and ${many(left.length, 'more problem')} with ${many(
            sum(left, ({ count }) => count),
            'pipeline',
          )}: all are in the file`,
        ]
      : [];
  return {
    text: cut(
      sentences([headline, ...view.lines.slice(0, 20).map((line) => said(line, 80))]),
      limits.message.textAdvised,
    ),
    blocks: [section(`${headline}.`), ...sectionsOf([...kept, ...rest])],
  };
}

/** Where every pipeline is listed. */
export function renderStormFile(file: { count: number; url?: string }): Message {
  const text = `All ${many(file.count, 'pipeline')} of this storm, with run and cause`;
  const linked = link(file.url, 'one file');
  return {
    text: sentences([`${text}: ${file.url ?? 'see the file'}`]),
    blocks: [section(`${text}: ${linked}`)],
  };
}

function standingOf(lines: StormLine[]): string {
  const live = sum(lines, (line) => line.live);
  const over = sum(lines, ({ count }) => count) - live;
  if (live === 0) return 'All of them are over it';
  return over > 0 ? `${live} still failing, ${over} over it` : `${live} failing`;
}

function followOf(lines: StormLine[]): string {
  const open = lines.filter(({ live, posted }) => live > 0 && !posted).length;
  if (open > 0)
    return `${many(open, 'alert')} of their own will follow, about one a second; what recovers first gets none`;
  return 'What still failed at its turn has an alert of its own here';
}

const mark = (line: StormLine): string => (line.live > 0 ? '🔴' : '🟢');

function drawn(line: StormLine, width: number): string {
  const over = line.live > 0 && line.live < line.count ? ` (${line.live} still)` : '';
  return `${mark(line)} ${many(line.count, 'pipeline')}${over}: ${line.line ? code(line.line, width) : words(line.lead, width)}`;
}

function said(line: StormLine, width: number): string {
  const title = line.title ? `${words(line.title, 60)}: ` : '';
  const state = line.live > 0 ? 'failing' : 'recovered';
  return `${many(line.count, 'pipeline')} ${state}: ${title}${words(line.line ?? line.lead, width)}`;
}

const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const sum = (lines: StormLine[], of: (line: StormLine) => number): number =>
  lines.reduce((total, line) => total + of(line), 0);
