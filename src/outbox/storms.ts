/**
 * Looks after channels that would get more alerts than their pace allows: one card stands for all of them, at once; alerts of
 * their own follow as the pace allows.
 */
import { randomUUID } from 'node:crypto';
import { Failure } from '../domain/failure';
import { listFile } from '../domain/pipeline-list';
import type { Settings } from '../domain/settings';
import { type StormPolicy, stormSteps } from '../domain/storm';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db, Tx } from '../store/db';
import type { Lane } from '../store/storm-rows';
import * as stormRows from '../store/storm-rows';

export interface StormDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  settings(): Settings;
  /** Uploads a text file without showing it anywhere. @throws Failure */
  uploadFile(file: { name: string; title: string; content: string }): Promise<{ permalink?: string }>;
}

const watchEveryMs = 500;
/** A storm that has not grown for a while is looked at less often. */
const watchStillEveryMs = 2_000;
const stillAfterMs = 5_000;

export function createStorms({ db, clock, log, settings, uploadFile }: StormDeps) {
  let watchedAt = Number.NEGATIVE_INFINITY;
  let active = false;
  let everyMs = watchEveryMs;

  const policy = (): StormPolicy => ({
    stormAbovePostsPerMinute: settings().noise.stormAbovePostsPerMinute,
    postsPerSecondPerChannel: settings().budgets.postsPerSecondPerChannel,
  });

  /**
   * Does what is to be done about storms; looks at most twice a second, and less often while they stand still.
   * @returns whether there was anything to do
   */
  async function watch(): Promise<boolean> {
    const now = clock.now();
    if (now.getTime() - watchedAt < everyMs) return false;
    watchedAt = now.getTime();
    const seen = await stormRows.lanes(db, now);
    pace(seen, now);
    // Mostly there is nothing, and that needs no lock.
    if (toOpen(seen, now).length === 0 && !seen.some((lane) => asksFor(lane, now))) return false;
    const toFile = await db.transaction(async (tx) => {
      if (!(await stormRows.takeWatch(tx))) return [];
      const lanes = await stormRows.lanes(tx, now);
      await takeIn(tx, lanes, now);
      pace(lanes, now);
      const wantFile: Lane[] = [];
      for (const lane of lanes) if (lane.cardId && (await look(tx, lane, lane.cardId, now))) wantFile.push(lane);
      for (const channel of toOpen(lanes, now)) await open(tx, channel, now);
      if (lanes.some(({ storm, waitingOver }) => storm && waitingOver > 0)) {
        const dropped = await stormRows.dropWhatIsOver(tx);
        if (dropped > 0) log.info({ dropped }, 'storm.told-by-card-alone');
      }
      return wantFile;
    });
    for (const lane of toFile) await file(lane);
    return true;
  }

  function pace(lanes: Lane[], now: Date): void {
    active = lanes.some(({ storm }) => storm?.ended === false);
    const isMoving = lanes.some(({ storm }) => storm && now.getTime() - storm.grewAt.getTime() < stillAfterMs);
    everyMs = active && !isMoving ? watchStillEveryMs : watchEveryMs;
  }

  /** Channels that would get more than their pace allows, and that no card looks after. */
  function toOpen(lanes: Lane[], now: Date): string[] {
    const taken = new Set(lanes.flatMap(({ storm, channel }) => (storm && !storm.ended ? [channel] : [])));
    const isTooMuch = ({ channel, uncovered, sentLastMinute }: Lane) =>
      !taken.has(channel) && stormSteps({ waiting: uncovered, sentLastMinute }, policy(), now).open;
    return [...new Set(lanes.filter(isTooMuch).map(({ channel }) => channel))];
  }

  /** Has its card something to take in? */
  const takesIn = (lane: Lane, now: Date): boolean =>
    lane.uncovered + lane.sentUncovered > 0 && stormSteps(lane, policy(), now).takeIn;

  /** Is there anything to be done about its storm? */
  function asksFor(lane: Lane, now: Date): boolean {
    const { storm, cardSent, seenTotal, waitingOver } = lane;
    if (!storm) return false;
    const { tell, show, file: list, end, settle } = stormSteps(lane, policy(), now);
    const isForIt = show || end || settle || (cardSent && (tell || list));
    return isForIt || storm.total > seenTotal || waitingOver > 0 || takesIn(lane, now);
  }

  async function open(tx: Tx, channel: string, now: Date): Promise<void> {
    const cardId = randomUUID();
    await stormRows.open(tx, { cardId, channel }, now);
    const incidents = (await stormRows.takeIn(tx, [cardId], now)).get(cardId) ?? 0;
    await stormRows.show(tx, { id: cardId, shows: '', isOver: false }, now);
    active = true;
    everyMs = watchEveryMs;
    log.warn({ channel, incidents, cardId }, 'storm.opened');
  }

  /** Whatever waits uncovered, or was sent before it could be taken in; a storm that grows by it, or in itself, is noted as growing. */
  async function takeIn(tx: Tx, lanes: Lane[], now: Date): Promise<void> {
    const taking = lanes.filter((lane) => takesIn(lane, now));
    const taken = await stormRows.takeIn(
      tx,
      taking.flatMap(({ cardId }) => cardId ?? []),
      now,
    );
    const grown: { cardId: string; total: number }[] = [];
    for (const { cardId, storm, seenTotal } of lanes) {
      if (!cardId || !storm) continue;
      if (storm.total > seenTotal) storm.grewAt = now;
      if (storm.total > seenTotal || taken.has(cardId)) grown.push({ cardId, total: storm.total });
    }
    await stormRows.grew(tx, grown, now);
  }

  /** @returns whether its list is to be made */
  async function look(tx: Tx, lane: Lane, cardId: string, now: Date): Promise<boolean> {
    const { storm, channel } = lane;
    if (!storm) return false;
    const steps = stormSteps(lane, policy(), now);
    const isOver = storm.live === 0 && lane.waiting === 0;
    if (steps.show) await stormRows.show(tx, { id: cardId, shows: storm.shows, isOver }, now);
    if (steps.tell && lane.cardSent) {
      const notice = { kind: 'storm-grew' as const, at: now };
      await stormRows.addReply(tx, { id: randomUUID(), cardId, channel, notice }, now);
      await stormRows.told(tx, cardId, storm.total, now);
    }
    if (steps.end) await stormRows.end(tx, cardId, now);
    if (steps.settle) await stormRows.settle(tx, cardId, now);
    return steps.file && lane.cardSent;
  }

  /** The full list as a file, and a reply that leads to it. Where Slack does not take it, it is tried again later. */
  async function file({ cardId, channel, storm }: Lane): Promise<void> {
    if (!cardId || !storm) return;
    const now = clock.now();
    try {
      const rows = await stormRows.pipelinesOf(db, cardId);
      await stormRows.filed(db, cardId, 0, now);
      const { permalink } = await uploadFile(listFile(rows));
      await db.transaction(async (tx) => {
        const notice = { kind: 'storm-listed' as const, at: now, count: rows.length, url: permalink };
        await stormRows.addReply(tx, { id: randomUUID(), cardId, channel, notice }, now);
        await stormRows.filed(tx, cardId, Math.max(rows.length, storm.total), now);
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ err: error, channel }, 'storm.list-not-taken');
    }
  }

  return {
    watch,
    /** Does a storm go on, as far as was seen? Then it must be watched, every `nextMs`. */
    isGoingOn: () => active,
    /** ms until it must look again; `undefined` = no storm goes on, and the sweep is soon enough. */
    nextMs: () => (active ? everyMs : undefined),
  };
}

export type Storms = ReturnType<typeof createStorms>;
