/**
 * Owns requests for help: takes questions in from wherever they were asked, decides what people wish of them, keeps what happened.
 * In: a person with words or a wish. Out: rows and events, and on the outbox the messages that show them, in one transaction.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import type { Notice } from '../domain/notice';
import type { Happened, Request } from '../domain/request';
import { clocksOf, dueNext } from '../domain/request-clock';
import { apply } from '../domain/request-state';
import { answersIt, type By, decide, isSealed } from '../domain/request-wish';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as erasureRows from '../store/erasure-rows';
import * as personRows from '../store/person-rows';
import * as postRows from '../store/post-rows';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import * as taskRows from '../store/task-rows';
import * as wordRows from '../store/word-rows';
import { likelyAnswers } from './answers';
import {
  type AskAnswer,
  type Asking,
  type News,
  originOf,
  type RequestNotice,
  type WishAnswer,
  type Wishing,
} from './asking';
import { createThread } from './thread';
import { createTimetable } from './timetable';

export type { AskAnswer, Asking, News, WishAnswer } from './asking';
export { originOf } from './asking';

export interface RequestDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Secrets are taken out before anything is stored. */
  redact(text: string): string;
  channelName(channelId: string): Promise<string | undefined>;
}

export type Requests = ReturnType<typeof createRequests>;

const questionMax = 3_000;
/** So long before a promise is broken the team hears of it. */
const warnBeforeMs = 15 * 60_000;
const sweptAtOnce = 50;

export function createRequests(deps: RequestDeps) {
  const { db, clock, settings } = deps;
  const timetable = createTimetable(deps);

  /** Without a team everybody but guests counts to it. */
  function isTeam(actor: Actor): boolean {
    if (actor.isGuest || actor.isBot || actor.isDeactivated) return false;
    const { team } = settings().support;
    return team === undefined || actor.teams.some((each) => each.toLowerCase() === team.toLowerCase());
  }

  /** Without secrets, and no longer than is kept. */
  const storable = (words: string): string => deps.redact(words).slice(0, questionMax);

  const byOf = (actor: Actor): By & { person: string } => ({
    person: actor.personId,
    isTeam: isTeam(actor),
    teams: actor.isGuest || actor.isBot || actor.isDeactivated ? [] : actor.teams,
  });

  /** Whose queue this person sees: that of the settings' team, and what was moved to theirs. */
  const queueOf = (actor: Actor): requestRows.QueueOf => {
    const { isTeam: isHome, teams } = byOf(actor);
    return { isHome, teams: teams ?? [] };
  };

  /** One question is one request, however often it arrives. */
  async function ask(tx: Tx, asking: Asking): Promise<AskAnswer> {
    const { requester, source, channel, threadTs, about = {} } = asking;
    const now = clock.now();
    const id = randomUUID();
    const askedAt = asking.askedAt && asking.askedAt < now ? asking.askedAt : now;
    const request: Omit<Request, 'number'> = {
      id,
      state: 'open',
      requester: requester.personId,
      // Nobody waits for an answer to what the team asks itself.
      isStaff: settings().support.team !== undefined && isTeam(requester),
      source,
      priority: 'normal',
      channel,
      ...(threadTs ? { threadTs } : {}),
      isDirect: !/^[CG]/.test(channel),
      ...about,
      askedAt,
      requesterSaidAt: askedAt,
      question: storable(asking.question),
    };
    const isNew = await requestRows.insert(tx, { ...request, origin: asking.origin }, now);
    if (!isNew) return known(tx, asking);
    const { isStaff } = request;
    const opened: Happened = {
      kind: 'opened',
      source,
      isStaff,
      at: askedAt,
      role: 'requester',
      by: requester.personId,
    };
    await requestRows.addEvents(tx, id, [opened]);
    await postRows.showRequest(tx, { id: randomUUID(), requestId: id, role: 'request', channel, threadTs }, now);
    const { triageChannel } = settings().support;
    if (triageChannel)
      await postRows.showRequest(tx, { id: randomUUID(), requestId: id, role: 'triage', channel: triageChannel }, now);
    await renewDue(tx, { ...request, number: 0 });
    await answerFirst(tx, id);
    return { outcome: 'asked', requestId: id, number: (await requestRows.find(tx, id))?.number ?? 0 };
  }

  /** What solved the like before and what the runbooks say, at once; the clock runs on, since only a person's words are an answer. */
  async function answerFirst(tx: Tx, requestId: string): Promise<void> {
    const request = await requestRows.find(tx, requestId);
    const answers = request && (await likelyAnswers(tx, request));
    if (!answers || answers.length === 0) return;
    await wish(tx, {
      requestId,
      by: pitcrew,
      wish: { do: 'answer-first', answers: answers.map(({ id }) => id) },
      tell: (after) => [{ under: 'request', notice: noticeOf(after, 'answers', { requestId, answers }) }],
    });
  }

  /** After its question was changed: what is offered follows where it stands, until somebody has answered. */
  async function answerAnew(tx: Tx, requestId: string): Promise<void> {
    const request = await requestRows.find(tx, requestId);
    if (!request || request.state === 'solved' || request.firstResponseAt) return;
    const answers = await likelyAnswers(tx, request);
    const ids = answers.map(({ id }) => id);
    const before = await requestRows.offeredLast(tx, requestId);
    if (ids.join() === before.join()) return;
    const notice = noticeOf(request, 'answers', { requestId, answers });
    const isShown = await postRows.offerAnew(tx, requestId, notice, clock.now());
    await wish(tx, {
      requestId,
      by: pitcrew,
      wish: { do: 'answer-first', answers: ids },
      ...(isShown ? {} : { tell: () => [{ under: 'request', notice }] }),
    });
  }

  async function known(tx: Tx, { origin }: Asking): Promise<AskAnswer> {
    const [row] = await tx.query<{ id: string; number: number }>(
      `select request_id as id, number from requests where origin = $1`,
      [origin],
    );
    return { outcome: 'known', requestId: row?.id ?? '', number: row?.number ?? 0 };
  }

  /** Decides, keeps what happened, and makes the messages show it. */
  async function wish(tx: Tx, of: Wishing): Promise<WishAnswer> {
    const before = await requestRows.find(tx, of.requestId, true);
    if (!before) return { outcome: 'gone' };
    const at = of.at ?? clock.now();
    const decision = decide(before, of.wish, of.by, at);
    if (!decision.ok) return { outcome: 'refused', refusal: decision.refusal, request: before };
    if (decision.events.length === 0) return { outcome: 'done', request: before };
    await requestRows.addEvents(tx, before.id, decision.events);
    if (of.words)
      await requestRows.addWords(tx, {
        requestId: before.id,
        at,
        personId: of.by.person,
        ...of.words,
        words: storable(of.words.words),
      });
    const after: StoredRequest = {
      ...decision.events.reduce<Request>(apply, before),
      ...(of.resolution ? { resolution: storable(of.resolution) } : {}),
      ...(of.scoreWords ? { scoreWords: storable(of.scoreWords) } : {}),
    };
    await renewDue(tx, after);
    await postRows.wantRequest(tx, before.id, clock.now());
    if (after.state === 'solved' && before.state !== 'solved') await tellMerged(tx, after);
    for (const news of of.tell?.(after, before) ?? []) await tell(tx, after, news);
    return { outcome: 'done', request: after };
  }

  /** What somebody wrote is told to the team only where the team alone reads. */
  async function tell(tx: Tx, request: Request, { under, notice }: News): Promise<void> {
    const isHidden = under === 'triage' && isSealed(request) && notice.kind === 'request' && notice.say !== undefined;
    const told = isHidden ? { ...notice, say: undefined, isSealed: true } : notice;
    await postRows.addRequestStory(tx, { id: randomUUID(), requestId: request.id, under, notice: told }, clock.now());
  }

  /** Those whose request goes on in this one hear of its end where they asked. Words of a direct message stay in it. */
  async function tellMerged(tx: Tx, { id, number, resolution, isDirect }: StoredRequest): Promise<void> {
    const say = resolution && !isDirect ? { say: resolution } : {};
    for (const other of await requestRows.mergedInto(tx, id)) {
      const notice: Notice = {
        kind: 'request',
        at: clock.now(),
        what: 'solved-elsewhere',
        number: other.number,
        into: number,
        ...say,
      };
      await postRows.addRequestStory(
        tx,
        { id: randomUUID(), requestId: other.id, under: 'request', notice },
        clock.now(),
      );
    }
  }

  /** Saves it with the promise that is broken next. A clock that has moved on may be warned of again. */
  async function renewDue(tx: Tx, request: Request): Promise<void> {
    const now = clock.now();
    const clocks = clocksOf(await requestRows.events(tx, request.id));
    const due =
      clocks && dueNext(request, clocks, { timetable: await timetable.read(tx), now, support: settings().support });
    const isSame = due !== undefined && due.for === request.dueFor;
    await requestRows.save(
      tx,
      {
        ...request,
        dueAt: due?.at,
        dueFor: due?.for,
        warnedAt: isSame ? request.warnedAt : undefined,
      },
      now,
    );
  }

  /** To the queue of a team, whose channel shows the card from then on. */
  async function move(
    tx: Tx,
    of: { requestId: string; by: By; bySlackId: string; to: string; channel: string; summary?: string },
  ): Promise<WishAnswer> {
    const isBack = of.to.toLowerCase() === settings().support.team?.toLowerCase();
    const said = await wish(tx, {
      requestId: of.requestId,
      by: of.by,
      wish: { do: 'move', to: of.to, isBack },
      ...(of.summary ? { words: { kind: 'summary', words: of.summary } } : {}),
    });
    if (said.outcome !== 'done') return said;
    await postRows.moveTriage(tx, { id: randomUUID(), requestId: of.requestId, channel: of.channel }, clock.now());
    for (const under of ['request', 'triage'] as const) {
      const say = of.summary && under === 'triage' ? { say: of.summary } : {};
      const notice = noticeOf(said.request, 'moved', { by: of.bySlackId, team: of.to, ...say });
      await tell(tx, said.request, { under, notice });
    }
    return said;
  }

  function noticeOf(request: Request, what: RequestNotice['what'], more: Partial<RequestNotice> = {}): Notice {
    const say = more.say === undefined ? {} : { say: storable(more.say) };
    return { kind: 'request', at: clock.now(), what, number: request.number, ...more, ...say };
  }

  const warnBy = (now: Date): Date => new Date(now.getTime() + warnBeforeMs);

  /** Notes a schedule that has become another one, and forgets words that are old. @returns of how many requests */
  async function upkeep(): Promise<number> {
    await timetable.keep();
    const keptSince = new Date(clock.now().getTime() - settings().support.keepWordsDays * 86_400_000);
    return db.transaction((tx) => erasureRows.forgetWords(tx, keptSince, sweptAtOnce, clock.now()));
  }

  /**
   * What the clock alone brings: snoozed ones that wake, promises that are about to be broken (told to the team alone), and those whose
   * run has recovered (their clock stands, and the requester is asked whether that does it), cards shown before a diagnosis was there, and
   * those whose thread is gone, which go on in a direct message; and messages that show one and were deleted.
   */
  async function sweep(): Promise<number> {
    const now = clock.now();
    return db.transaction(async (tx) => {
      const woken = await requestRows.toWake(tx, now, sweptAtOnce);
      for (const requestId of woken) await wish(tx, { requestId, by: pitcrew, wish: { do: 'wake' } });
      const late = await requestRows.toWarn(tx, warnBy(now), sweptAtOnce);
      for (const requestId of late) {
        const request = await requestRows.find(tx, requestId);
        if (!request?.dueFor) continue;
        const { dueFor: of, dueAt } = request;
        const more = { clock: of, dueAt, ...(request.assigneeSlackId ? { to: request.assigneeSlackId } : {}) };
        await wish(tx, {
          requestId,
          by: pitcrew,
          wish: { do: 'warn', clock: of },
          tell: (after) => [{ under: 'triage', notice: noticeOf(after, 'due-soon', more) }],
        });
      }
      const recovered = await requestRows.toJudge(tx, sweptAtOnce);
      for (const requestId of recovered)
        await wish(tx, {
          requestId,
          by: pitcrew,
          wish: { do: 'await-verdict' },
          tell: (after) => [
            {
              under: 'request',
              notice: noticeOf(after, 'run-recovered', {
                requestId,
                ...(after.requesterSlackId ? { to: after.requesterSlackId } : {}),
              }),
            },
          ],
        });
      const diagnosed = await requestRows.diagnosedSince(tx, sweptAtOnce);
      for (const requestId of diagnosed) await postRows.wantRequest(tx, requestId, now);
      const homeless = await requestRows.homeless(tx, sweptAtOnce);
      for (const { id: requestId, why } of homeless) {
        const said = await wish(tx, { requestId, by: pitcrew, wish: { do: 'lose-thread', why } });
        const to = said.outcome === 'done' ? said.request.requesterSlackId : undefined;
        if (to) await requestRows.bringHome(tx, requestId, to, now);
      }
      const renewed = await requestRows.renewCards(tx, sweptAtOnce, now);
      return woken.length + late.length + recovered.length + diagnosed.length + homeless.length + renewed;
    });
  }

  /** Ends what the person asked, takes out their words, and removes what leads to them. What happened stays, under an id of nobody. */
  async function forget(tx: Tx, actor: Actor): Promise<void> {
    for (const requestId of await requestRows.openOf(tx, actor.personId))
      await wish(tx, { requestId, by: byOf(actor), wish: { do: 'solve', how: 'requester' } });
    await erasureRows.eraseWords(tx, actor.personId, clock.now());
    await personRows.erase(tx, actor.personId);
  }

  return {
    ask,
    wish,
    move,
    ...createThread({ ask, wish, noticeOf, byOf }),
    isDue: (): Condition => requestRows.isAnyDue({ now: clock.now(), warnBy: warnBy(clock.now()) }),
    sweep,
    upkeep,
    forget,
    isTeam,
    byOf,
    noticeOf,
    storable,
    answerAnew,
    /** Have we words of this message of a person? Slack's ids. */
    holds: (channel: string, ts: string) => requestRows.holds(db, { origin: originOf(channel, ts), channel, ts }),
    /** Does a request live in the thread of this message? Slack's ids. */
    livesIn: async (channel: string, threadTs: string) =>
      (await requestRows.idOfThread(db, channel, threadTs)) !== undefined,
    /** Is a post in this channel a request by itself? */
    async takesPosts(channelId: string): Promise<boolean> {
      const { channels } = settings().support;
      if (channels.length === 0) return false;
      const name = await deps.channelName(channelId);
      return channels.some((each) => each === channelId || (name !== undefined && each === `#${name}`));
    },
    find: (id: string) => requestRows.find(db, id),
    /** What was written in it, for those who answer it. */
    words: (id: string) => wordRows.written(db, id),
    idOfNumber: (number: number) => requestRows.idOfNumber(db, number),
    queue: ({ actor, limit, isLate }: { actor: Actor; limit: number; isLate?: boolean }) =>
      requestRows.queue(db, { ...queueOf(actor), limit, now: clock.now(), isLate }),
    /** The queue with how it stands. */
    board: async (actor: Actor, limit: number) => ({
      ...(await requestRows.queue(db, { ...queueOf(actor), limit, now: clock.now() })),
      ...(await requestRows.counts(db, queueOf(actor), clock.now())),
    }),
    /** With what the person has still to do besides. */
    mine: async (question: { actor: Actor; limit: number }) => ({
      ...(await requestRows.mine(db, question.actor.personId, question.limit)),
      tasks: await taskRows.openOf(db, question.actor.personId, question.limit),
    }),
    /** Does this person answer this request? */
    mayAnswer: (actor: Actor, request: Pick<Request, 'team'>) => answersIt(byOf(actor), request),
  };
}

const pitcrew: By = { isTeam: false };
