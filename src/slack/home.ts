import type { Button, HomeView, KnownBlock, Overflow } from '@slack/types';
import type { FeedbackItem } from '../domain/feedback';
import { buttons } from './buttons';
import { sayItem } from './feedback-inbox';
import { limits } from './limits';
import { actions, context, header, section } from './message';
import { asked, code, cut, date, link, plain, words } from './mrkdwn';
import { priorityWords, sayRequestState } from './request-card';
import type { RequestLine, RequestList } from './request-list';
import { requestMenu } from './request-menu';

/** What a person's Home tab shows. Whose team it is not sees no queue. */
export interface Home {
  mine: { requests: HomeLine[]; total: number; tasks?: RequestList['tasks'] };
  queue?: {
    requests: HomeLine[];
    total: number;
    late: number;
    free: number;
    waiting: number;
    snoozed: number;
    /** Who has how many of it, most first; nameless where somebody left. */
    held: { name?: string; total: number }[];
  };
  /** What people said and waits, for the team. */
  feedback?: { items: FeedbackItem[]; total: number; fresh: number };
  /** `/support` */
  command: string;
  timeZone: string;
  now: Date;
}

/** With where it lives, once that is known. */
export type HomeLine = RequestLine & { threadUrl?: string };

const shown = 10;

/** What needs this person first, then what waits for their team, then how to ask. Never throws. */
export function renderHome(home: Home, personId: string): HomeView {
  const { mine, queue, command, timeZone, now } = home;
  const isFor = (request: RequestLine) =>
    request.state === 'waiting'
      ? request.requester === personId
      : request.assignee === personId && request.state === 'open';
  const needed = mine.requests.filter(isFor);
  const others = mine.requests.filter((request) => !isFor(request));
  const ask = buttons.askHelp.element({ from: 'home' }, { about: 'the data team', style: 'primary' });
  const give = buttons.giveFeedback.element({ from: 'home' }, { about: 'the data team' });
  const refresh = buttons.refreshHome.element({ from: 'home' }, { about: 'Home' });
  const blocks: KnownBlock[] = [
    ...rowOf([ask, give, refresh]),
    context(`As of ${date(now, timeZone, '{date_short_pretty} at {time_secs}')}`),
    header('What needs you'),
    ...(needed.length > 0
      ? needed.slice(0, shown).flatMap((request) => lineOf(request, home, request.assignee === personId))
      : [section('Nothing right now. 🎉')]),
    ...followUps(mine.tasks ?? []),
    header('Your requests'),
    ...(others.length > 0
      ? others.slice(0, shown).flatMap((request) => lineOf(request, home, false))
      : [
          section(
            `None${needed.length > 0 ? ' besides' : ' yet'}. Ask with the button above, with ${code(`${command} my table is late`)}, or with *Ask for help* in the menu of any message.`,
          ),
        ]),
    ...more(mine.total - needed.slice(0, shown).length - others.slice(0, shown).length),
    ...(queue
      ? board(queue, home, new Set([...needed.slice(0, shown), ...others.slice(0, shown)].map(({ id }) => id)))
      : []),
    ...(home.feedback ? inbox(home.feedback, home) : []),
  ];
  return { type: 'home', blocks: blocks.slice(0, limits.view.blocks) };
}

/** What this person has still to do besides. */
function followUps(tasks: NonNullable<RequestList['tasks']>): KnownBlock[] {
  if (tasks.length === 0) return [];
  return [
    header(`Your follow-ups (${tasks.length})`),
    ...tasks.slice(0, shown).map(({ id: task, requestId: id, number, words: said }) => {
      const about = `“${cut(plain(said), 40)}” of request ${number}`;
      const done = buttons.finishTask.element({ id, task }, { about });
      return { ...section(`☐ ${words(said, 250)} · of request *#${number}*`), ...(done ? { accessory: done } : {}) };
    }),
    ...more(tasks.length - shown),
  ];
}

function inbox({ items, total, fresh }: NonNullable<Home['feedback']>, { timeZone, command }: Home): KnownBlock[] {
  return [
    header('Feedback'),
    section(
      total === 0
        ? 'Nothing waits.'
        : `*${fresh}* new · *${total - fresh}* planned. ${code(`${command} inbox`)} lists all, to sort and to answer.`,
    ),
    ...items.map((item) => {
      const sort = buttons.sortFeedback.element({ id: item.id }, { about: `feedback ${item.number}` });
      return { ...section(sayItem(item, timeZone)), ...(sort ? { accessory: sort } : {}) };
    }),
  ];
}

/** @param above those that stand further up: each stands once */
function board(queue: NonNullable<Home['queue']>, home: Home, above: ReadonlySet<string>): KnownBlock[] {
  const { requests, total } = queue;
  const rest = requests.filter(({ id }) => !above.has(id));
  const listed = rest.slice(0, shown);
  const isAbove = requests.length - rest.length;
  return [
    header('The queue of your team'),
    section([boardLine(queue), heldLine(queue)].filter(Boolean).join('\n')),
    ...(total === 0 ? [section('Nothing waits. 🎉')] : listed.flatMap((request) => lineOf(request, home, true))),
    ...(isAbove > 0 ? [context(`${isAbove} of it ${isAbove === 1 ? 'stands' : 'stand'} above`)] : []),
    ...more(total - isAbove - listed.length),
  ];
}

function boardLine({ total, free, waiting, snoozed, late }: NonNullable<Home['queue']>): string {
  return [
    `*${total}* open`,
    `🆕 *${free}* taken by nobody`,
    ...(waiting > 0 ? [`💬 *${waiting}* waiting for an answer`] : []),
    ...(snoozed > 0 ? [`💤 *${snoozed}* snoozed`] : []),
    late > 0 ? `⚠️ *${late}* late` : 'none late',
  ].join(' · ');
}

const holdersShown = 8;

function heldLine({ held }: NonNullable<Home['queue']>): string {
  if (held.length === 0) return '';
  const names = held
    .slice(0, holdersShown)
    .map(({ name, total }) => `${words(`@${name ?? 'someone who left'}`, 60)} ${total}`);
  const others = held.slice(holdersShown).reduce((sum, { total }) => sum + total, 0);
  return `👀 ${[...names, ...(others > 0 ? [`others ${others}`] : [])].join(' · ')}`;
}

function lineOf(request: HomeLine, { timeZone, now }: Home, isForTeam: boolean): KnownBlock[] {
  const { dueAt } = request;
  const isLate = dueAt !== undefined && dueAt <= now;
  const pressing = [
    ...(isLate ? ['⚠️ late'] : []),
    ...(request.priority === 'normal' ? [] : [priorityWords[request.priority]]),
    ...(isForTeam && dueAt && !isLate ? [`due ${date(dueAt, timeZone)}`] : []),
  ];
  const owner = request.assignee ? words(`@${request.assigneeName ?? 'someone who left'}`, 60) : 'nobody yet';
  const thread = request.threadUrl ? ` · ${link(request.threadUrl, 'Open')}` : '';
  const said = `${sayRequestState(request)} *#${request.number}* ${asked(request.question, 160)}\n${[...pressing, `with ${owner}`].join(' · ')} · asked ${date(request.askedAt, timeZone)}${thread}`;
  return [section(said), ...(isForTeam && request.state !== 'solved' ? teamRow(request) : [])];
}

/** What the team does next with it, without looking for its card. */
function teamRow({ id, number, assignee }: HomeLine): KnownBlock[] {
  const about = `request ${number}`;
  const next = assignee === undefined ? buttons.claimRequest : buttons.solveRequest;
  return rowOf([next.element({ id }, { about }), buttons.askBack.element({ id }, { about }), requestMenu(id)]);
}

const more = (count: number): KnownBlock[] => (count > 0 ? [context(`… and ${count} more`)] : []);

function rowOf(elements: (Button | Overflow | undefined)[]): KnownBlock[] {
  const row = elements.filter((element) => element !== undefined);
  return row.length > 0 ? [actions(row)] : [];
}
