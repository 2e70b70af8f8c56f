import { randomUUID } from 'node:crypto';
import type { Services } from '../../handlers';
import { Failure } from '../../src/domain/failure';
import type { Press } from '../../src/domain/press';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createManualNudges } from '../../src/jobs/manual-nudges';
import { createLogger } from '../../src/lib/logger';
import { createMetrics } from '../../src/lib/metrics';
import { assemble } from '../../src/main/assemble';
import type { Budgets } from '../../src/outbox/budgets';
import type { SlackClient } from '../../src/slack/client';
import { parseTyped } from '../../src/slack/commands';
import type { Db } from '../../src/store/db';
import { whichHold } from '../../src/store/due';
import { emptyTables } from './database';
import { createSetClock, type SetClock } from './set-clock';

/** One message as Slack would have it, and when it came. */
export interface Told {
  /** ms after the start. */
  atMs: number;
  how: 'post' | 'reply' | 'edit';
  channel: string;
  text: string;
}

/** A moment after the start: `1.2 s`, `30 min`, `2 h 5 s`. */
type When = string;

/** Something is done, or exactly these new messages come between two moments, both included. */
export type Line =
  | { at: When; does: () => Promise<unknown> | unknown }
  | { from: When; to: When; posts: (string | RegExp)[] };

export interface TimeStage {
  clock: SetClock;
  db: Db;
  told: Told[];
  /** What single persons were answered to a press or a command. */
  answers: string[];
  /** The settings in force; may be changed while it plays. */
  settings: Settings;
  /** A run event at the machines' door. One with the `id` of another is the same one again. */
  push(
    type: string,
    pipeline: string,
    data?: Record<string, unknown>,
    more?: { id?: string; time?: Date },
  ): Promise<void>;
  /** A press on the alert of the newest incident of this pipeline, in the pipeline's own channel unless another is said. */
  press(
    name: string,
    pipeline: string,
    more?: { by?: string; channel?: string; value?: Record<string, unknown>; key?: string },
  ): Promise<void>;
  /** A press or a command as it is. */
  store(press: Press): Promise<void>;
  /** A command of this person in this channel that is stored, as `mute orders_daily 2h`. What they are answered is in `answers`. */
  type(words: string, more?: { by?: string; channel?: string }): Promise<void>;
  /** The use cases that listeners are given. */
  services: Services;
  /** The text of the alert of this pipeline as it stands, in this channel where one is said. */
  alertOf(pipeline: string, channel?: string): string | undefined;
  /**
   * Plays the lines by the clock. Between them it goes in long steps, near them in steps of 100 ms; a wide window has 20 of them.
   * @throws when a message comes that no line expects, or an expected one does not, or the product logs a fault of its own
   */
  play(lines: Line[]): Promise<void>;
  /** Does what is to be done at its time and goes on until then, in steps of half a minute unless others are said, whatever comes. */
  goThrough(deeds: { at: When; does: () => Promise<unknown> | unknown }[], until: When, stepMs?: number): Promise<void>;
}

const token = 'time-stage-token';
/** Far from any line nothing is expected, so a message that comes there is wrong whatever its second. */
const longStepMs = 30 * 60_000;
const shortStepMs = 100;
/** What is done may have consequences for this long that are looked at closely. */
const closelyMs = 3_000;

/** The whole product on a clock that stands until it is moved, with a Slack that takes everything and keeps what it was told. */
export async function openTimeStage(
  db: Db,
  options: {
    start?: string;
    settings?: Record<string, unknown>;
    catalogue?: Settings['catalogue'];
    orchestrators?: Settings['orchestrators'];
    /** Those that the bot can see. */
    channels?: { id: string; name: string }[];
    /** Slack's word for a post that it does not take; nothing = it takes it. */
    refuses?(message: { channel: string; text: string; blocks: unknown[] }): string | undefined;
    /** Between two posts in one channel, in ms; 0 = Slack takes them as they come. */
    paceMs?: number;
  } = {},
): Promise<TimeStage> {
  await emptyTables(
    db,
    `inbox, runs, pipelines, edges, incidents, incident_members, incident_places, posts, mutes, maintenances, subscriptions, follows, actions, presses, audit, interactions, polls, late_watches, heard, people, channels, user_groups`,
  );
  const clock = createSetClock(options.start ?? '2026-11-25T09:00:00.000Z');
  const startMs = clock.now().getTime();
  const settings: Settings = {
    ...SettingsFile.parse({
      defaultChannel: 'C0ALERTS',
      ingest: { sources: [{ name: 'test', token }] },
      ...options.settings,
    }),
    orchestrators: options.orchestrators ?? [],
    catalogue: options.catalogue ?? [],
  };
  const told: Told[] = [];
  const answers: string[] = [];
  const faults: unknown[] = [];
  const log = createLogger('silent');
  log.error = (...said: unknown[]) => void faults.push(...said);
  // Figures are counted anew each minute, which here is nearly every step; they have tests of their own.
  const nudges = createManualNudges(clock, {
    leftOut: ['figures'],
    whichHold: (asked) => whichHold(db, asked),
  });
  const pitcrew = assemble({
    db,
    clock,
    log,
    settings: { current: () => settings },
    slack: keepingSlack({
      channels: options.channels ?? [],
      refuses: options.refuses ?? (() => undefined),
      keep: (message) => told.push({ atMs: clock.now().getTime() - startMs, ...message }),
      answer: (text) => answers.push(text),
    }),
    nudges,
    budgets: pacedBy(clock, options.paceMs ?? 0),
    metrics: createMetrics(),
  });
  pitcrew.registerJobs();
  await nudges.start();

  let events = 0;
  async function store(press: Press): Promise<void> {
    await pitcrew.services.presses.storeOnce(press, AbortSignal.timeout(5_000));
    await nudges.nudge('press');
  }
  const sinceStart = () => clock.now().getTime() - startMs;

  async function goTo(ms: number): Promise<void> {
    if (ms > sinceStart()) clock.pass(ms - sinceStart());
    await nudges.runDue();
  }

  return {
    clock,
    db,
    told,
    answers,
    settings,

    async push(type, pipeline, data = {}, { id, time = clock.now() } = {}) {
      events += 1;
      const event = {
        specversion: '1.0',
        id: id ?? `e${events}`,
        source: '/stage',
        type: `io.pitcrew.run.${type}.v1`,
        time: time.toISOString(),
        data: { pipeline, run: `r${events}`, ...data },
      };
      const body = Buffer.from(JSON.stringify(event));
      const headers = { 'content-type': 'application/cloudevents+json', authorization: `Bearer ${token}` };
      await pitcrew.door.takeCloudEvents({ headers, body, rawBody: body });
    },

    async press(name, pipeline, { by = 'U0DANA', channel: wanted, value = {}, key = randomUUID() } = {}) {
      const [alert] = await db.query<{
        incidentId: string;
        connection: string;
        run: string;
        attempt: number;
        ts: string;
        channel: string;
      }>(
        `select m.incident_id as "incidentId", m.connection, m.run, m.attempt, p.ts, p.channel from incident_members m
         join posts p on p.incident_id = m.incident_id and p.role = 'parent' and p.channel = coalesce($2, m.channel)
         where m.pipeline = $1 order by m.seq desc limit 1`,
        [pipeline, wanted ?? null],
      );
      if (!alert) throw new Error(`${pipeline} has no alert`);
      const { ts, channel, ...run } = alert;
      const press = {
        key,
        name,
        value:
          name === 'mute.v1' || name === 'alert-more.v1'
            ? { incidentId: run.incidentId, ...value }
            : { ...run, pipeline, turn: 0, ...value },
        slackId: by,
        channel,
        messageTs: ts,
        receivedAt: clock.now(),
      };
      await store(press);
    },

    store,
    services: pitcrew.services,

    async type(words, { by = 'U0DANA', channel = 'C0ALERTS' } = {}) {
      const typed = parseTyped(words);
      if (typed.name === 'empty' || typed.name === 'unknown') throw new Error(`"${words}" is no command`);
      await store({
        key: randomUUID(),
        name: `command:${typed.name}`,
        value: { text: typed.rest },
        slackId: by,
        channel,
        receivedAt: clock.now(),
      });
    },

    alertOf: (pipeline, wanted) =>
      told
        .filter(
          ({ channel, how, text }) =>
            how !== 'reply' && text.includes(`: ${pipeline}`) && channel === (wanted ?? channel),
        )
        .at(-1)?.text,

    async goThrough(deeds, until, stepMs = 30_000) {
      const stops = [...deeds, { at: until, does: () => undefined }].map(({ at, does }) => ({ atMs: msOf(at), does }));
      for (const { atMs, does } of stops.sort((a, b) => a.atMs - b.atMs)) {
        while (sinceStart() < atMs) await goTo(Math.min(atMs, sinceStart() + stepMs));
        await does();
        await goTo(sinceStart());
      }
      if (faults.length > 0) throw new Error('something broke', { cause: faults[0] });
    },

    async play(lines) {
      const windows = lines.flatMap((line) =>
        'posts' in line ? [{ fromMs: msOf(line.from), toMs: msOf(line.to), posts: line.posts }] : [],
      );
      const deeds = lines
        .flatMap((line) => ('does' in line ? [{ atMs: msOf(line.at), does: line.does }] : []))
        .sort((a, b) => a.atMs - b.atMs);
      const close = [
        // Where nothing is expected, whatever comes is wrong whatever its second.
        ...windows
          .filter(({ posts }) => posts.length > 0)
          .map(({ fromMs, toMs }) => ({ fromMs: fromMs - shortStepMs, toMs, stepMs: stepOf(toMs - fromMs) })),
        ...deeds.map(({ atMs }) => ({ fromMs: atMs, toMs: atMs + closelyMs, stepMs: shortStepMs })),
      ];
      const endMs = Math.max(...close.map(({ toMs }) => toMs), ...windows.map(({ toMs }) => toMs));
      const before = told.length;
      while (sinceStart() <= endMs) {
        while (deeds[0] && deeds[0].atMs <= sinceStart()) await deeds.shift()?.does();
        await goTo(sinceStart());
        await goTo(nextStop(sinceStart(), close, deeds[0]?.atMs));
      }
      if (faults.length > 0) throw new Error('something broke', { cause: faults[0] });
      const fresh = told.slice(before).filter(({ how }) => how !== 'edit');
      const isIn = ({ atMs }: Told, { fromMs, toMs }: { fromMs: number; toMs: number }) =>
        atMs >= fromMs && atMs <= toMs;
      const said = (some: Told[]) => some.map(({ atMs, how, text }) => `${atMs / 1_000} s ${how}: ${text}`);
      const stray = fresh.filter((each) => !windows.some((window) => isIn(each, window)));
      if (stray.length > 0) throw new Error(`nobody expected\n${said(stray).join('\n')}`);
      for (const window of windows) {
        const came = fresh.filter((each) => isIn(each, window));
        if (!fits(came, window.posts)) {
          throw new Error(
            `between ${window.fromMs / 1_000} s and ${window.toMs / 1_000} s expected\n${window.posts.join('\n')}\nbut came\n${said(came).join('\n') || 'nothing'}`,
          );
        }
      }
    },
  };
}

/** One post in so many ms in each channel; edits go as they come. */
function pacedBy(clock: SetClock, paceMs: number): Budgets {
  const freeAt = new Map<string, number>();
  return {
    async takePost(channel) {
      const now = clock.now().getTime();
      const waitMs = (freeAt.get(channel) ?? now) - now;
      if (waitMs > 0) return { isTaken: false, hold: { waitMs, isForAll: false } };
      freeAt.set(channel, now + paceMs);
      return { isTaken: true, hold: paceMs > 0 ? { waitMs: paceMs, isForAll: false } : undefined };
    },
    takeEdit: async () => 0,
    takeFile: async () => 0,
    takeView: async () => 0,
    close: async () => undefined,
  };
}

/**
 * Is what came what was wanted, each once, in the order wanted? Channels do not wait for each other, so of what came at one moment in
 * different channels either may be first.
 */
function fits(came: readonly Told[], wanted: readonly (string | RegExp)[]): boolean {
  const [next, ...others] = wanted;
  if (next === undefined) return came.length === 0;
  return came.some((each, index) => {
    const mayBeFirst = came.slice(0, index).every((one) => one.atMs === each.atMs && one.channel !== each.channel);
    return mayBeFirst && matches(each.text, next) && fits([...came.slice(0, index), ...came.slice(index + 1)], others);
  });
}

/** A wide window is looked at less closely. */
function stepOf(lengthMs: number): number {
  return Math.max(shortStepMs, Math.round(lengthMs / 20));
}

function nextStop(
  nowMs: number,
  close: { fromMs: number; toMs: number; stepMs: number }[],
  deedAtMs: number | undefined,
): number {
  const steps = close.filter(({ fromMs, toMs }) => nowMs >= fromMs && nowMs <= toMs).map(({ stepMs }) => stepMs);
  const stops = [nowMs + Math.min(longStepMs, ...steps)];
  if (deedAtMs !== undefined) stops.push(deedAtMs);
  stops.push(...close.map(({ fromMs }) => fromMs).filter((ms) => ms > nowMs));
  return Math.min(...stops);
}

const matches = (text: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);

const unitsMs: Record<string, number> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

function msOf(when: When): number {
  const parts = [...when.matchAll(/([\d.]+) (s|min|h|d)\b/g)];
  if (parts.length === 0) throw new Error(`"${when}" is no time`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitsMs[unit ?? ''] ?? 0), 0);
}

function keepingSlack(deps: {
  channels: { id: string; name: string }[];
  refuses(message: { channel: string; text: string; blocks: unknown[] }): string | undefined;
  keep(message: Omit<Told, 'atMs'>): void;
  answer(text: string): void;
}): SlackClient {
  const { channels, keep } = deps;
  let stamps = 0;
  const nothing = async () => undefined;
  return {
    async postMessage({ channel, threadTs, text, blocks }) {
      const refusal = deps.refuses({ channel, text, blocks });
      if (refusal !== undefined) throw new Failure('rejected', 'Slack', { detail: refusal });
      stamps += 1;
      keep({ how: threadTs ? 'reply' : 'post', channel, text });
      return { ts: `1764061200.${String(stamps).padStart(6, '0')}`, channelId: channel };
    },
    async updateMessage({ channel, text }) {
      keep({ how: 'edit', channel, text });
    },
    findPost: nothing,
    postEphemeral: async ({ text }) => deps.answer(text),
    respond: async (_url, { text }) => deps.answer(text),
    async *listChannels() {
      for (const channel of channels) yield { ...channel, isPrivate: false, isArchived: false, isMember: true };
    },
    userByEmail: async () => undefined,
    userInfo: async (slackId) => ({
      name: slackId.slice(2).toLowerCase(),
      isGuest: slackId.endsWith('GUEST'),
      isBot: false,
      isDeactivated: false,
    }),
    listGroupMembers: async (group) => (group === 'S0OPS' ? ['U0OPAL'] : []),
    listGroups: async () => [{ id: 'S0OPS', members: ['U0OPAL'] }],
    permalink: async () => 'https://slack.example/',
    authTest: async () => ({
      teamId: 'T1',
      team: 'Acme',
      enterpriseId: undefined,
      userId: 'U0BOT',
      botId: undefined,
      url: undefined,
      scopes: [],
    }),
    openView: async () => ({ id: 'V1', hash: '1' }),
    updateView: async () => ({ hash: '2' }),
    publishHome: nothing,
    messageAt: nothing,
    openDm: async (slackId) => `D-${slackId}`,
    uploadFile: async () => ({ fileId: 'F0' }),
  };
}
