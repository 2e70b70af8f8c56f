/** The post of the day in the team's channel: when it falls due, and how the queue stands then. In: the clock. Out: one post a day. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { Notice, type TriageDay } from '../domain/notice';
import type { Settings } from '../domain/settings';
import { atWallTime, isWorkingDay } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db, Queryable, Tx } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { findGroups } from '../store/group-rows';
import * as postRows from '../store/post-rows';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import * as triageRows from '../store/triage-rows';

export interface DailyDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  /** Slack id of `#name`, where it is known by now. */
  channelId(channel: string): Promise<string>;
  messageUrl(channelId: string, ts: string): string;
}

/** What could not be told by then is no news of the morning any more. */
const staleMs = 4 * 3_600_000;
/** Before the first one there is no day to count from. */
const dayMs = 86_400_000;
const pressingShown = 5;
const questionMax = 160;
/** The post follows what it names no oftener than this. */
const followMs = 60_000;
/** What is older than this is history by itself. */
const followedMs = 7 * dayMs;

export function createDaily({ db, clock, log, settings, channelId, messageUrl }: DailyDeps) {
  let followedAt = Number.NEGATIVE_INFINITY;

  /** Where most of the team live; they read it at their own hour. */
  async function zone(): Promise<string> {
    const { support, teams, workspace } = settings();
    const group = teams.find(({ name }) => name === support.team)?.members?.usergroup;
    const members = group ? (await findGroups(db, [group])).flatMap((found) => found.members) : [];
    return (await figureRows.zonesOf(db, members, workspace.timeZone))[0] ?? workspace.timeZone;
  }

  /** Each as it stands now. */
  async function linesOf(from: Queryable, requests: readonly StoredRequest[]): Promise<TriageDay['pressing']> {
    const cards = await triageRows.cardsOf(
      from,
      requests.map(({ id }) => id),
    );
    return requests.map((request) => {
      const card = cards.get(request.id);
      const { id, number, question, askedAt, dueAt, assigneeName, state } = request;
      return {
        id,
        number,
        state,
        question: question.slice(0, questionMax),
        askedAt,
        ...(dueAt ? { dueAt } : {}),
        ...(request.assignee ? { name: assigneeName ?? 'someone who left' } : {}),
        ...(card ? { url: messageUrl(card.channelId, card.ts) } : {}),
      };
    });
  }

  async function read(tx: Queryable, since: Date, now: Date): Promise<TriageDay> {
    const counts = await triageRows.counts(tx, since, now);
    const { requests } = await requestRows.queue(tx, { isHome: true, teams: [], limit: pressingShown, now });
    const oldestId = await triageRows.oldestOpen(tx);
    const oldest = oldestId ? await requestRows.find(tx, oldestId) : undefined;
    const [first] = oldest ? await linesOf(tx, [oldest]) : [];
    const pressing = requests.filter(({ state }) => state === 'open');
    return {
      kind: 'triage-day',
      at: now,
      since,
      ...counts,
      pressing: await linesOf(tx, pressing),
      ...(first ? { oldest: first } : {}),
    };
  }

  /** Of the requests that a post names, what has become of them; those before it are history. */
  async function follow(triageChannel: string, now: Date): Promise<number> {
    if (now.getTime() - followedAt < followMs) return 0;
    followedAt = now.getTime();
    const channel = await channelId(triageChannel);
    const posts = await triageRows.posts(db, { channel, since: new Date(now.getTime() - followedMs) });
    let changed = 0;
    for (const [index, { postId }] of posts.entries())
      if (await db.transaction((tx) => bringUp(tx, { postId, isOver: index > 0 }, now))) changed += 1;
    return changed;
  }

  async function bringUp(tx: Tx, { postId, isOver }: { postId: string; isOver: boolean }, now: Date): Promise<boolean> {
    const before = await postRows.noticeOf(tx, postId);
    if (before?.kind !== 'triage-day' || before.isOver) return false;
    const after: TriageDay = isOver
      ? { ...before, pressing: [], oldest: undefined, isOver }
      : { ...before, pressing: await again(tx, before.pressing) };
    if (isDeepStrictEqual(Notice.parse(after), before)) return false;
    await postRows.changeNote(tx, { id: postId, notice: after, urgency: 'progress' }, now);
    return true;
  }

  /** The same ones in the same order. */
  async function again(from: Queryable, lines: TriageDay['pressing']): Promise<TriageDay['pressing']> {
    const now: TriageDay['pressing'] = [];
    for (const line of lines) {
      const request = line.id ? await requestRows.find(from, line.id) : undefined;
      now.push(...(request ? await linesOf(from, [request]) : [line]));
    }
    return now;
  }

  /** Where it is time for one. */
  async function post(triageChannel: string, now: Date): Promise<number> {
    const { support, workspace } = settings();
    if (!support.daily) return 0;
    const timeZone = await zone();
    const today = new TZDate(now, timeZone);
    const due = atWallTime(today, support.daily.at);
    if (now < due || now.getTime() - due.getTime() > staleMs) return 0;
    if (!isWorkingDay(now, { ...workspace, timeZone })) return 0;
    const channel = await channelId(triageChannel);
    const of = { channel, day: format(today, 'yyyy-MM-dd') };
    if (await triageRows.isClaimed(db, of)) return 0;
    const { whenNothing } = support.daily;
    return db.transaction(async (tx) => {
      if (!(await triageRows.claimDay(tx, of, now))) return 0;
      const since = (await triageRows.lastDay(tx, of)) ?? new Date(now.getTime() - dayMs);
      const notice = await read(tx, since, now);
      const isQuiet = notice.open === 0 && notice.fresh === 0;
      if (isQuiet && !whenNothing) return 0;
      const postId = randomUUID();
      await postRows.addThread(tx, { channel, postId, notices: [notice] }, now);
      await triageRows.keepPost(tx, { ...of, postId });
      followedAt = Number.NEGATIVE_INFINITY;
      log.info({ ...of, open: notice.open }, 'triage-day.queued');
      return 1;
    });
  }

  return {
    /** @returns how many posts are new, or say something else now */
    async sweep(): Promise<number> {
      const { daily, triageChannel } = settings().support;
      if (!daily || !triageChannel) return 0;
      const now = clock.now();
      return (await post(triageChannel, now)) + (await follow(triageChannel, now));
    },
  };
}

export type Daily = ReturnType<typeof createDaily>;
