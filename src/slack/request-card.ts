import type { Button, KnownBlock, Overflow } from '@slack/types';
import type { Notice } from '../domain/notice';
import { type HowSolved, type Request, type RequestTask, standIns } from '../domain/request';
import { buttons, rates } from './buttons';
import { limits } from './limits';
import { actions, context, header, type Message, section, sentences } from './message';
import { asked, code, cut, date, link, mention, plain, sayDate, shortened, words, wordsOfLines } from './mrkdwn';
import { type NameOf, who } from './people';
import { contextBlocks, type RequestContext, sayContext } from './request-context';
import { requestMenu } from './request-menu';

/** All that the messages of a request show, as it is now. Names are those of the people's rows; nobody where one was erased. */
export interface RequestView extends Request {
  requesterSlackId?: string;
  requesterName?: string;
  assigneeName?: string;
  /** Where it lives, once that is known. */
  threadUrl?: string;
  timeZone: string;
  /** Name of the team that answers. */
  team?: string;
  targetMinutes: number;
  /** For the team. */
  known?: RequestContext;
  tasks?: RequestTask[];
  /** Why it goes on in a direct message where it was not asked in one. */
  lost?: 'deleted' | 'archived';
  /** Number of the request in which it goes on. */
  into?: number;
  /** Others than those who answer it read where its card stands: nothing that somebody wrote is shown there. */
  isSealed?: boolean;
  /** The answer that is pinned from it. */
  pinnedId?: string;
}

export const priorityWords = { urgent: '🔥 Urgent', high: '⬆️ High', normal: 'Normal', low: '⬇️ Low' } as const;

/** Emoji and word of where it stands. */
export function sayRequestState(request: Pick<Request, 'state' | 'assignee' | 'waitsFor' | 'howSolved'>): string {
  switch (request.state) {
    case 'open':
      return request.assignee ? '👀 Taken' : '🆕 Open';
    case 'waiting':
      return '💬 Waiting for an answer';
    case 'snoozed':
      return '💤 Snoozed';
    case 'solved':
      return endWords[request.howSolved ?? 'team'] ?? '✅ Solved';
  }
}

const endWords: Partial<Record<HowSolved, string>> = { merged: '🔗 Merged', withdrawn: '🗑️ Withdrawn' };

const asker = ({ requesterName }: RequestView): string => words(`@${requesterName ?? 'someone who left'}`, 60);
const owner = ({ assignee, assigneeName }: RequestView): string =>
  assignee ? words(`@${assigneeName ?? 'someone who left'}`, 60) : 'nobody yet';
const about = ({ pipeline, run }: RequestView): string | undefined =>
  pipeline && `About ${words(pipeline, 120)}${run ? `, run ${words(run, 80)}` : ''}`;

/** Where somebody asked: what became of it, for them. Where nobody's message heads the thread, it says the question too. */
export function renderRequest(view: RequestView): Message {
  const state = sayRequestState(view);
  const lead = `Request #${view.number}: ${state}`;
  const isWithdrawn = view.howSolved === 'withdrawn';
  const said = sentences([view.lost && !isWithdrawn ? sayLost[view.lost] : undefined, sayCourse(view), about(view)]);
  const isHeaded = view.threadTs !== undefined || isWithdrawn;
  const question = isHeaded ? [] : [section(`*${asker(view)} asks:* ${asked(view.question, 2_000)}`)];
  const row = requesterRow(view);
  return {
    text: cut(
      sentences([lead, ...(isHeaded ? [] : [`${asker(view)} asks: ${asked(view.question, 600)}`]), said]),
      limits.message.textAdvised,
    ),
    blocks: [
      ...question,
      section(`*${lead}*\n${said}`),
      ...(view.resolution && view.state === 'solved' ? [section(`*Solution:* ${words(view.resolution, 2_000)}`)] : []),
      ...(row.length > 0 ? [actions(row)] : []),
    ],
  };
}

const sayLost = {
  deleted: 'The thread in which you asked was deleted, so it goes on here',
  archived: 'The channel in which you asked was archived, so it goes on here',
} as const;

function sayCourse(view: RequestView): string {
  const team = view.team ? `${words(view.team, 60)} team` : 'team';
  switch (view.state) {
    case 'open':
      return view.assignee
        ? `${owner(view)} of the ${team} has it. Write in this thread to add something`
        : `The ${team} has been told, and means to answer within ${sayMinutes(view.targetMinutes)} of working time. Write in this thread to add something`;
    case 'waiting':
      return view.waitsFor === 'verdict'
        ? 'What it is about has recovered. Does that solve it?'
        : 'There is a question for you in this thread; it goes on with your answer';
    case 'snoozed':
      return `It goes on ${view.snoozedUntil ? sayDate(view.snoozedUntil, view.timeZone) : 'later'}, or with your next word here`;
    case 'solved':
      return view.howSolved === 'merged'
        ? `It goes on in ${sayInto(view)}, about the same`
        : view.howSolved === 'withdrawn'
          ? sayWithdrawn
          : sentences([sayRating(view), 'A new message in this thread opens it again; a thanks does not']);
  }
}

const sayWithdrawn =
  'The question was deleted before anybody had it, so this has ended. Nothing is to be done; should you need help after all, write in this thread';

/** Once its words are erased there is nobody any more to be asked. */
const isErased = ({ question }: RequestView): boolean => question === '';

function sayRating(view: RequestView): string | undefined {
  if (isErased(view)) return undefined;
  return view.score === undefined
    ? 'How well were you helped, from 1 (badly) to 5 (very well)?'
    : 'Your rating is noted, and another number changes it';
}

function requesterRow(view: RequestView): Button[] {
  const { id, number, state, howSolved, score, scoreWords: explained } = view;
  const name = `request ${number}`;
  if (state === 'solved') {
    if (howSolved === 'merged' || isErased(view)) return [];
    const stars = howSolved === 'withdrawn' ? [] : rates.map((rate) => rate.element({ id }, { about: name }));
    const why = score === undefined || explained ? undefined : buttons.explainRating.element({ id }, { about: name });
    return [...stars, why, buttons.reopenRequest.element({ id }, { about: name })].filter((each) => each !== undefined);
  }
  return [buttons.requestSolved.element({ id }, { about: name })].filter((each) => each !== undefined);
}

/** For the team: who asks what, since when, how soon an answer is due, and what to press. */
export function renderTriage(request: RequestView, nameOf?: NameOf): Message {
  const view = request.isSealed && !isErased(request) ? sealed(request) : { ...request, isSealed: false };
  const state = sayRequestState(view);
  const lead = `${state}: request #${view.number} of ${asker(view)}`;
  const due = sayDue(view, date);
  const isMerged = view.howSolved === 'merged';
  const facts = [
    ...(isMerged ? [`Goes on in ${sayInto(view)}`] : [`Taken by: ${owner(view)}`]),
    `Priority: ${priorityWords[view.priority]}`,
    ...(view.category ? [`Category: ${words(view.category, 60)}`] : []),
    ...(view.state === 'solved' ? [] : [due ?? 'No clock runs']),
    ...(view.state === 'solved' && view.howSolved ? (sayEnd[view.howSolved] ?? []) : []),
    ...(view.score ? [`Rated ${view.score} of 5`] : []),
  ];
  const row = teamRow(view);
  const solution = view.state === 'solved' && view.resolution ? words(view.resolution, 900) : undefined;
  const known = view.known ?? { similar: [] };
  const edited = view.editedAt
    ? [`Question ${view.question === standIns.deleted ? 'deleted' : 'changed'} ${date(view.editedAt, view.timeZone)}`]
    : [];
  const plainDue = sayDue(view, sayDate);
  return {
    text: cut(
      sentences([
        lead,
        asked(view.question, 600),
        view.isSealed ? 'Those who answer it read it with its button' : undefined,
        ...sayContext(view, known, nameOf),
        isMerged ? `Goes on in ${sayInto(view)}` : `Taken by ${owner(view)}`,
        view.priority === 'normal' ? undefined : `Priority: ${priorityWords[view.priority]}`,
        view.category && `Category: ${words(view.category, 60)}`,
        ...(view.howSolved ? (sayEnd[view.howSolved] ?? []) : []),
        view.state === 'solved' ? solution && `Solution: ${solution}` : plainDue,
      ]),
      limits.message.textAdvised,
    ),
    blocks: [
      header(`${state}: #${view.number} ${shortened(plain(view.question || '(words erased)'), headlineMax)}`),
      { ...section(askedLines(view)), ...reading(view) },
      ...(solution ? [section(`*Solution:* ${solution}`)] : []),
      ...contextBlocks(view, known, nameOf),
      context([...facts, `Asked ${date(view.askedAt, view.timeZone)}`, ...edited].join(' · ')),
      ...taskBlocks(view),
      ...(row.length > 0 ? [actions(row)] : []),
    ] satisfies KnownBlock[],
  };
}

/** Without what somebody wrote. */
function sealed(view: RequestView): RequestView {
  const { resolution: _, tasks = [], known, ...rest } = view;
  return {
    ...rest,
    question: '(asked in private)',
    tasks: tasks.map((task, index) => ({ ...task, words: `Follow-up ${index + 1}` })),
    ...(known ? { known: { ...known, similar: [] } } : {}),
  };
}

function reading({ id, number, isSealed }: RequestView): { accessory?: Button } {
  const accessory = isSealed ? buttons.readRequest.element({ id }, { about: `request ${number}` }) : undefined;
  return accessory ? { accessory } : {};
}

/** Where nobody of the team ended it, or said what did. */
const sayEnd: Partial<Record<HowSolved, string[]>> = {
  requester: ['Ended by who asked'],
  deflected: ['The answer that was offered was enough'],
  run: ['Its run has recovered'],
  withdrawn: ['Withdrawn: its question was deleted before anybody had it'],
};

const sayInto = ({ into }: RequestView): string => (into === undefined ? 'another request' : `request #${into}`);

/** When the next promise is due, or it wakes. */
function sayDue(
  { state, snoozedUntil, dueAt, dueFor, timeZone }: RequestView,
  say: (at: Date, timeZone: string) => string,
): string | undefined {
  if (state === 'snoozed' && snoozedUntil) return `Snoozed until ${say(snoozedUntil, timeZone)}`;
  return dueAt && `${dueWords[dueFor ?? 'resolution']} due ${say(dueAt, timeZone)}`;
}

const headlineMax = 80;

/** What does not stand in the headline already, and the links. */
function askedLines(view: RequestView): string {
  // Nobody else can open a direct message; what is written there is told under the card.
  const thread = view.isDirect ? undefined : view.threadUrl;
  const links = [thread && link(thread, 'Open the thread'), view.url && link(view.url, 'Issue')].filter(Boolean);
  const isTold = shortened(plain(view.question), headlineMax) === view.question.trim();
  const asks = view.isDirect ? 'asks in a direct message' : 'asks';
  return isTold
    ? [`*${asker(view)}* ${asks}`, ...links].join(' · ')
    : [`*${asker(view)} ${asks}:* ${asked(view.question, 900)}`, links.join(' · ')].filter(Boolean).join('\n');
}

const dueWords = { 'first-response': 'First answer', 'next-response': 'Next answer', resolution: 'Solution' } as const;

function teamRow({ id, number, state, assignee, howSolved, pinnedId }: RequestView): (Button | Overflow)[] {
  const about = `request ${number}`;
  const row =
    state === 'solved'
      ? howSolved === 'merged'
        ? []
        : [
            buttons.reopenRequest.element({ id }, { about, label: 'Reopen' }),
            howSolved === 'withdrawn'
              ? undefined
              : pinnedId === undefined
                ? buttons.pinAnswer.element({ id }, { about })
                : buttons.unpinAnswer.element({ answer: pinnedId }, { about, label: 'Unpin answer' }),
            requestMenu(id, state),
          ]
      : [
          assignee === undefined
            ? buttons.claimRequest.element({ id }, { about, style: 'primary' })
            : buttons.solveRequest.element({ id }, { about, style: 'primary' }),
          buttons.askBack.element({ id }, { about }),
          requestMenu(id),
        ];
  return row.filter((each) => each !== undefined);
}

const tasksShown = 8;
/** What was ticked by mistake was ticked lately. */
const doneShown = 3;

/** What is to be done besides, each with its button; then what is done, which can be taken back. */
function taskBlocks({ id, number, tasks = [] }: RequestView): KnownBlock[] {
  const open = tasks.filter(({ isDone }) => !isDone);
  const over = tasks.filter(({ isDone }) => isDone);
  const more = open.length - tasksShown;
  const line = (task: RequestTask, said: string, button: typeof buttons.finishTask) => {
    const about = `“${cut(plain(task.words), 40)}” of request ${number}`;
    const element = button.element({ id, task: task.id }, { about });
    return { ...section(said), ...(element ? { accessory: element } : {}) };
  };
  const last = over.slice(-doneShown);
  return [
    ...open.slice(0, tasksShown).map((task) => line(task, `☐ ${words(task.words, 250)}`, buttons.finishTask)),
    ...(more > 0 ? [context(`… and ${more} more follow-ups`)] : []),
    ...last.map((task) => line(task, `☑ ~${words(task.words, 250)}~`, buttons.reopenTask)),
    ...(over.length > last.length ? [context(`… and ${over.length - last.length} more that are done`)] : []),
  ];
}

/** What stands where the card of a team was which the request has left. */
export function renderMoved(view: RequestView): Message {
  const said = `➡️ Moved to ${words(view.team ?? 'another team', 60)}: request #${view.number} of ${asker(view)}`;
  const thread = view.threadUrl && !view.isDirect ? link(view.threadUrl, 'Open the thread') : '';
  return { text: `${said}.`, blocks: [section([said, thread].filter(Boolean).join('\n'))] };
}

/** 60 → an hour. */
function sayMinutes(minutes: number): string {
  if (minutes % 60 !== 0 || minutes < 60) return `${minutes} minutes`;
  return minutes === 60 ? 'an hour' : `${minutes / 60} hours`;
}

/** The same with what to press, where there is something to say to it. */
export function renderRequestReply(
  notice: Extract<Notice, { kind: 'request' }>,
  story: { timeZone: string; nameOf?: NameOf },
): Message {
  const said = renderRequestNotice(notice, story);
  const text = cut(sentences([said]), limits.message.textAdvised);
  const { requestId: id } = notice;
  if (!id || (notice.what !== 'answers' && notice.what !== 'run-recovered'))
    return { text, blocks: [section(sentences([said]))] };
  const still = buttons.needHelpStill.element({ id }, { about: `request ${notice.number}` });
  if (notice.what === 'run-recovered') {
    const solved = buttons.requestSolved.element({ id }, { about: `request ${notice.number}`, style: 'primary' });
    return { text, blocks: [section(sentences([said])), ...rowOf([solved, still])] };
  }
  if (!notice.answers?.length) return { text, blocks: [section(sentences([said])), ...rowOf([still])] };
  const answers = notice.answers
    .slice(0, 3)
    .flatMap((answer) => [
      section(
        answer.pinned
          ? `📌 *${words(answer.question, 200)}*\n${wordsOfLines(answer.resolution, 1_200)}\n_Pinned by the team_`
          : answer.runbook === undefined
            ? `*#${answer.number}* ${words(answer.question, 200)}\n💡 ${words(answer.resolution, 1_200)}`
            : `📖 *${words(answer.question, 200)}*\n${wordsOfLines(answer.resolution, 1_200)}\n_From the runbook_ ${code(answer.runbook, 200)}`,
      ),
      ...rowOf([
        buttons.answerSolved.element({ id, answer: answer.id }, { about: cut(`answer of ${sourceOf(answer)}`, 75) }),
      ]),
    ]);
  return {
    text,
    blocks: [
      section(
        notice.answers.some(({ runbook, pinned }) => runbook !== undefined || pinned)
          ? '*This may help at once.* The team has your question all the same.'
          : '*The like was solved before.* The team has your question all the same.',
      ),
      ...answers,
      ...rowOf([still]),
    ],
  };
}

type ShownAnswer = NonNullable<Extract<Notice, { kind: 'request' }>['answers']>[number];

const sourceOf = ({ runbook, number, pinned }: ShownAnswer): string =>
  pinned ? 'pinned answer' : runbook === undefined ? `request ${number ?? ''}` : `runbook ${plain(runbook)}`;

const capital = (said: string): string => said.charAt(0).toUpperCase() + said.slice(1);

function rowOf(elements: (Button | undefined)[]): KnownBlock[] {
  const row = elements.filter((element) => element !== undefined);
  return row.length > 0 ? [actions(row)] : [];
}

/** Why this person. */
function sayTurn({ turn }: Extract<Notice, { kind: 'request' }>, timeZone: string): string {
  if (!turn) return '';
  const { atWork, since } = turn;
  const last = since ? `was given none since ${sayDate(since, timeZone)}` : 'was given none in three months';
  return atWork === 1
    ? ': in turn, the only one at work now'
    : `: in turn, as of the ${atWork} at work now they are the one who ${last}`;
}

const sealedWords = 'asked in private, so those who answer it read this with *Read it…* on the card';

/** One thing that became of it, as a reply. Calls whom it is for: the requester when asked, who has it when something is due. */
function renderRequestNotice(
  notice: Extract<Notice, { kind: 'request' }>,
  { timeZone, nameOf }: { timeZone: string; nameOf?: NameOf },
): string {
  const by = notice.by ? who(notice.by, nameOf) : 'Pitcrew';
  const say = notice.isSealed ? sealedWords : notice.say ? words(notice.say, 2_000) : '';
  const said = say || '(words erased)';
  const calling = notice.to ? `${mention(notice.to)} ` : '';
  // Before another name.
  const named = notice.to ? `${mention(notice.to)}, ` : '';
  switch (notice.what) {
    case 'claimed':
      return `👀 ${by} has taken this`;
    case 'assigned': {
      const to = notice.to ? (notice.calls ? mention(notice.to) : who(notice.to, nameOf)) : 'Somebody';
      const from = notice.by && notice.by !== notice.to ? `, from ${by}` : '';
      return `👀 ${to} has this now${from}${sayTurn(notice, timeZone)}${say ? `. They need to know: ${say}` : ''}`;
    }
    case 'released':
      return notice.by
        ? `↩️ Back in the queue, by ${by}${say ? `. The next one needs to know: ${say}` : ''}`
        : '↩️ Back in the queue: who had it is not here any more';
    case 'prioritised':
      return `${priorityWords[notice.priority ?? 'normal']} priority now, by ${by}: ${said}`;
    case 'noted':
      return `📝 ${by} notes: ${said}`;
    case 'moved':
      return `➡️ With ${words(notice.team ?? 'another team', 60)} now, by ${by}${say ? `. They need to know: ${say}` : ''}`;
    case 'took-over':
      return `🔗 Request #${notice.into ?? ''} goes on here, by ${by}${say ? `: ${say}` : ''}`;
    case 'solved-elsewhere':
      return `✅ Solved in request #${notice.into ?? ''}${say ? `: ${say}` : ''}`;
    case 'task-done':
      return `☑ ${by} has done: ${said}`;
    case 'task-reopened':
      return `☐ ${by} says this is not done after all: ${said}`;
    case 'asked-back':
      return `💬 ${named}${by} asks: ${said}`;
    case 'answered':
      return `💬 ${named}${by} answers: ${said}`;
    case 'wrote':
      return `💬 ${named}${by} writes${notice.from ? ` in the thread of #${notice.from}` : ''}: ${said}`;
    case 'solved':
      return `✅ Solved by ${by}${say ? `: ${say}` : ''}`;
    case 'merged':
      return `🔗 Goes on in request #${notice.into ?? ''}`;
    case 'reopened':
      return `🔁 ${calling}Opened again by ${by}${say ? `: ${say}` : ''}`;
    case 'needs-help-still':
      return `🙋 ${by} still needs help`;
    case 'answers':
      if (!notice.answers?.length) return 'What was offered here as an answer does not stand any more';
      return `This may help at once. ${sentences(notice.answers.map((answer) => `${capital(words(sourceOf(answer), 100))}: ${words(answer.resolution, 200)}`))}`;
    case 'run-recovered':
      return `🟢 ${calling}What this is about has recovered. Does that solve it? The clock stands until you say`;
    case 'rating-explained':
      return `💬 Who asked rated this ${notice.score ?? '?'} of 5, and ${say ? `says: ${say}` : 'their words are erased'}`;
    case 'question-deleted':
      return '🗑️ The question was deleted in Slack, so its words are gone here too. Ask back what you need to know, or solve it';
    case 'added':
      return `📎 Added to request #${notice.number}, which is open. For something else, press *Ask for help* on my Home tab`;
    case 'due-soon':
      return `⏳ ${notice.to ? mention(notice.to) : 'Nobody has taken this'}: ${dueWords[notice.clock ?? 'resolution'].toLowerCase()} due ${notice.dueAt ? sayDate(notice.dueAt, timeZone) : 'soon'}`;
  }
}
