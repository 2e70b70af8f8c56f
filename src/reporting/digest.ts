/**
 * The weekly digest: when it falls due in which channel, the week as it is printed, and its posts, once a channel and week. In: which
 * channel gets which one, figures. Out: printed weeks and posts.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure';
import { type DigestPlan, lastTime } from '../domain/figures/digest-plan';
import { dayOf, type Week, weekAfter, weekOf } from '../domain/figures/week';
import { isQuiet, type WeekFigures } from '../domain/figures/week-figures';
import { digestParts, type Notice } from '../domain/notice';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db } from '../store/db';
import * as figureRows from '../store/figure-rows';
import { addThread } from '../store/post-rows';
import type { Presence } from '../store/presence';
import type { Figures } from './figures';
import type { Rollups } from './rollups';

/** A chart as it is uploaded. */
export interface DrawnChart {
  name: string;
  title: string;
  alt: string;
  png: Buffer;
}

export interface DigestDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  figures: Figures;
  rollups: Pick<Rollups, 'roll'>;
  /** Which channel gets which one, and when. */
  plans(): Promise<DigestPlan[]>;
  draw(week: WeekFigures): Promise<DrawnChart[]>;
  /** Uploads it without showing it anywhere. @throws Failure */
  uploadFile(file: { name: string; title: string; content: Buffer; alt: string }): Promise<{ fileId: string }>;
  /** That this process lives; left out = only the time that drawing may take tells. */
  presence?: Pick<Presence, 'name'>;
  /** While Slack wants us to slow down. */
  wait?(ms: number): Promise<unknown>;
}

/** Facts of a week are waited for so long after its end. */
const latenessMs = 2 * 3_600_000;
/** A digest that could not be made in time is still worth reading so long; then the next one comes. */
const staleMs = 3 * 86_400_000;
/** While one draws, others leave it alone, unless it is gone; then it is tried again. */
const drawWithinMs = 5 * 60_000;
/** The longest that one picture waits for its turn, and how often. */
const uploadWaitMs = 15_000;
const uploadTries = 5;
/** After Slack did not take a picture. */
const drawAgainMs = 60_000;
const drawTriesMs = 86_400_000;
const noteEveryMs = 3_600_000;
/** Slack needs a moment to make a picture ready before a message can show it. */
const pictureReadyMs = 10_000;

export function createDigest(deps: DigestDeps) {
  const { db, clock, log, settings, figures, wait = sleep } = deps;

  /** The week that is due by this plan now, if any. */
  function dueWeek(plan: DigestPlan, now: Date): Week | undefined {
    const at = lastTime(plan, now);
    if (plan.since && at < plan.since) return undefined;
    const week = weekAfter(weekOf(at, settings().workspace.timeZone), -1);
    const isFrozen = now.getTime() >= week.to.getTime() + latenessMs;
    return isFrozen && now.getTime() - at.getTime() <= staleMs ? week : undefined;
  }

  let notedAt = Number.NEGATIVE_INFINITY;
  /** What nobody can tell afterwards: who could at the end of a week, and what is on the paved path since when. */
  async function note(now: Date): Promise<void> {
    if (now.getTime() - notedAt < noteEveryMs) return;
    notedAt = now.getTime();
    await figures.keepEligible(weekAfter(weekOf(now, settings().workspace.timeZone), -1));
    await figures.notePaved();
  }

  async function post(plan: DigestPlan, week: Week): Promise<boolean> {
    const { channel, scope } = plan;
    if (await figureRows.isQueued(db, channel, week.name)) return false;
    const printed = await print(week, scope);
    if (!printed) return false;
    const now = clock.now();
    const hasCharts = !isQuiet(printed);
    return db.transaction(async (tx) => {
      const postId = randomUUID();
      const claimed = await figureRows.claimWeek(
        tx,
        { channel, week: week.name, scope, postId, ...(hasCharts ? { chartsAt: now } : {}) },
        now,
      );
      if (!claimed) return false;
      const parts = hasCharts ? digestParts : (['summary'] as const);
      const notices = parts.map((part) => ({ kind: 'digest' as const, at: now, week: week.name, scope, part }));
      await addThread(tx, { channel, postId, notices }, now);
      log.info({ channel, week: week.name, scope }, 'digest.queued');
      return true;
    });
  }

  /** The week as it is printed: what was kept, else as it is known now. `undefined` = there was nothing before its end. */
  async function print(week: Week, scope: string): Promise<WeekFigures | undefined> {
    const kept = await figureRows.printed(db, week.name, scope);
    if (kept) return kept;
    await deps.rollups.roll();
    if (!(await figureRows.isAnythingBefore(db, dayOf(week.to, week.timeZone)))) return undefined;
    await figures.keepEligible(week);
    await figureRows.keepPrinted(db, await figures.compute(week, scope));
    // Another replica may have been faster: what it kept is what is printed.
    return figureRows.printed(db, week.name, scope);
  }

  /** Draws and uploads the charts of what was queued; only the replies that show them are seen by anybody. @returns how many replies are new */
  async function drawAll(): Promise<number> {
    let fresh = 0;
    for (;;) {
      const now = clock.now();
      const until = new Date(now.getTime() + drawWithinMs);
      const taken = await figureRows.takeToDraw(db, now, { until, holder: await deps.presence?.name() });
      if (!taken) return fresh;
      const drawn = await drawOne(taken);
      // What Slack does not take of one, it would hardly take of the next.
      if (drawn === undefined) return fresh;
      fresh += drawn;
    }
  }

  /** A few pictures at once are more than is let through at once: what must wait a moment waits, and none is drawn anew for it. */
  async function upload(file: Parameters<DigestDeps['uploadFile']>[0]): Promise<{ fileId: string }> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await deps.uploadFile(file);
      } catch (error) {
        const waitMs = error instanceof Failure && error.kind === 'rate-limited' ? error.retryAfterMs : undefined;
        if (waitMs === undefined || waitMs > uploadWaitMs || tries >= uploadTries) throw error;
        await wait(waitMs);
      }
    }
  }

  /** @returns how many replies are new; `undefined` = it is tried again later */
  async function drawOne(taken: figureRows.ToDraw): Promise<number | undefined> {
    const { week, scope, channel, postId, queuedAt } = taken;
    const printed = await figureRows.printed(db, week, scope);
    const notices: Extract<Notice, { kind: 'digest-chart' }>[] = [];
    try {
      for (const { name, title, alt, png } of printed ? await deps.draw(printed) : []) {
        const { fileId } = await upload({ name, title, content: png, alt });
        notices.push({ kind: 'digest-chart', at: clock.now(), title, alt, fileId });
      }
    } catch (error) {
      if (!(error instanceof Failure)) log.error({ err: error }, 'digest.chart-fault');
      else log.warn({ err: error }, 'digest.chart-not-taken');
      const now = clock.now().getTime();
      if (now - queuedAt.getTime() < drawTriesMs) {
        const waitMs = Math.max(drawAgainMs, (error instanceof Failure && error.retryAfterMs) || 0);
        await figureRows.putOffDrawing(db, taken, new Date(now + waitMs));
        return undefined;
      }
    }
    return db.transaction(async (tx) => {
      if (!(await figureRows.drawn(tx, taken))) return 0;
      const at = clock.now();
      await addThread(tx, { channel, rootId: postId, notices, readyAt: new Date(at.getTime() + pictureReadyMs) }, at);
      return notices.length;
    });
  }

  return {
    /** @returns how many posts are new */
    async sweep(): Promise<number> {
      const now = clock.now();
      await note(now);
      let fresh = 0;
      for (const plan of await deps.plans()) {
        const week = dueWeek(plan, now);
        if (week && (await post(plan, week))) fresh += 1;
      }
      return fresh + (await drawAll());
    },

    /** As printed, where it was; else as it would be printed now. Nothing is kept or posted. */
    async preview(week: Week, scope: string): Promise<WeekFigures> {
      const kept = await figureRows.printed(db, week.name, scope);
      if (kept) return kept;
      await deps.rollups.roll();
      return figures.compute(week, scope);
    },
  };
}

export type Digest = ReturnType<typeof createDigest>;
