/** The post of the day in the team's channel: when it falls due, and how the queue stands then. In: the clock. Out: one post a day. */
import { randomUUID } from 'node:crypto';
import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { TriageDay } from '../domain/notice';
import type { Settings } from '../domain/settings';
import { atWallTime, isWorkingDay } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db, Queryable } from '../store/db';
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

export function createDaily({ db, clock, log, settings, channelId, messageUrl }: DailyDeps) {
  /** Where most of the team live; they read it at their own hour. */
  async function zone(): Promise<string> {
    const { support, teams, workspace } = settings();
    const group = teams.find(({ name }) => name === support.team)?.members?.usergroup;
    const members = group ? (await findGroups(db, [group])).flatMap((found) => found.members) : [];
    return (await figureRows.zonesOf(db, members))[0] ?? workspace.timeZone;
  }

  async function read(tx: Queryable, since: Date, now: Date): Promise<TriageDay> {
    const counts = await triageRows.counts(tx, since, now);
    const { requests } = await requestRows.queue(tx, { isHome: true, teams: [], limit: pressingShown });
    const oldestId = await triageRows.oldestOpen(tx);
    const oldest = oldestId ? await requestRows.find(tx, oldestId) : undefined;
    const shown = [...requests, ...(oldest ? [oldest] : [])];
    const cards = await triageRows.cardsOf(
      tx,
      shown.map(({ id }) => id),
    );
    const line = (request: StoredRequest): TriageDay['pressing'][number] => {
      const card = cards.get(request.id);
      const { number, question, askedAt, dueAt, assigneeName } = request;
      return {
        number,
        question: question.slice(0, questionMax),
        askedAt,
        ...(dueAt ? { dueAt } : {}),
        ...(request.assignee ? { name: assigneeName ?? 'someone who left' } : {}),
        ...(card ? { url: messageUrl(card.channelId, card.ts) } : {}),
      };
    };
    return {
      kind: 'triage-day',
      at: now,
      since,
      ...counts,
      pressing: requests.filter(({ state }) => state === 'open').map(line),
      ...(oldest ? { oldest: line(oldest) } : {}),
    };
  }

  return {
    /** @returns how many posts are new */
    async sweep(): Promise<number> {
      const { support, workspace } = settings();
      const { daily, triageChannel } = support;
      if (!daily || !triageChannel) return 0;
      const now = clock.now();
      const timeZone = await zone();
      const today = new TZDate(now, timeZone);
      const due = atWallTime(today, daily.at);
      if (now < due || now.getTime() - due.getTime() > staleMs) return 0;
      if (!isWorkingDay(now, { ...workspace, timeZone })) return 0;
      const of = { channel: await channelId(triageChannel), day: format(today, 'yyyy-MM-dd') };
      if (await triageRows.isClaimed(db, of)) return 0;
      return db.transaction(async (tx) => {
        if (!(await triageRows.claimDay(tx, of, now))) return 0;
        const since = (await triageRows.lastDay(tx, of)) ?? new Date(now.getTime() - dayMs);
        const notice = await read(tx, since, now);
        const isQuiet = notice.open === 0 && notice.fresh === 0;
        if (isQuiet && !daily.whenNothing) return 0;
        await postRows.addThread(tx, { channel: of.channel, postId: randomUUID(), notices: [notice] }, now);
        log.info({ ...of, open: notice.open }, 'triage-day.queued');
        return 1;
      });
    },
  };
}

export type Daily = ReturnType<typeof createDaily>;
