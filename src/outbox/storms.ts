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

  /** Does what is to be done about storms; at most twice a second, and less often while they stand still. */
  async function watch(): Promise<void> {
    const now = clock.now();
    if (now.getTime() - watchedAt < everyMs) return;
    watchedAt = now.getTime();
    if (!active && !(await stormRows.isAnythingToWatch(db))) return;
    const toFile = await db.transaction(async (tx) => {
      if (!(await stormRows.takeWatch(tx))) return [];
      const lanes = await stormRows.lanes(tx, now);
      active = lanes.some(({ storm }) => storm?.ended === false);
      let isMoving = lanes.some(({ storm }) => storm && now.getTime() - storm.grewAt.getTime() < stillAfterMs);
      await takeIn(tx, lanes, now);
      const wantFile: Lane[] = [];
      for (const lane of lanes) if (lane.cardId && (await look(tx, lane, lane.cardId, now))) wantFile.push(lane);
      const isTaken = new Set(lanes.filter(({ storm }) => storm && !storm.ended).map(({ channel }) => channel));
      for (const lane of lanes) {
        if (isTaken.has(lane.channel)) continue;
        const facts = { waiting: lane.uncovered, sentLastMinute: lane.sentLastMinute };
        if (!stormSteps(facts, policy(), now).open) continue;
        isTaken.add(lane.channel);
        isMoving = true;
        await open(tx, lane.channel, now);
      }
      if (lanes.some(({ storm, waiting }) => storm && waiting > 0)) {
        const dropped = await stormRows.dropWhatIsOver(tx);
        if (dropped > 0) log.info({ dropped }, 'storm.told-by-card-alone');
      }
      everyMs = isTaken.size === 0 || isMoving ? watchEveryMs : watchStillEveryMs;
      return wantFile;
    });
    for (const lane of toFile) await file(lane);
  }

  async function open(tx: Tx, channel: string, now: Date): Promise<void> {
    const cardId = randomUUID();
    await stormRows.open(tx, { cardId, channel }, now);
    const incidents = (await stormRows.takeIn(tx, [cardId], now)).get(cardId) ?? 0;
    await stormRows.show(tx, { id: cardId, shows: '', isOver: false }, now);
    active = true;
    log.warn({ channel, incidents, cardId }, 'storm.opened');
  }

  /** Whatever waits uncovered, or was sent before it could be taken in; a storm that grows by it, or in itself, is noted as growing. */
  async function takeIn(tx: Tx, lanes: Lane[], now: Date): Promise<void> {
    const taking = lanes.filter(
      (lane) => lane.uncovered + lane.sentLastMinute > 0 && stormSteps(lane, policy(), now).takeIn,
    );
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
    /** ms until it must look again; `undefined` = no storm goes on, and the sweep is soon enough. */
    nextMs: () => (active ? everyMs : undefined),
  };
}

export type Storms = ReturnType<typeof createStorms>;
