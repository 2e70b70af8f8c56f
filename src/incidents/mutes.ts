/**
 * Owns mutes of one pipeline in one channel, such as for planned work: it has no new alert there until then, and those that stand fall quiet.
 * In: what people typed, stored as presses, and the clock. Out: rows that the next decision reads, and a word on what was hidden.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { pipelineNode } from '../domain/edge';
import { type MuteAnswer, readMute } from '../domain/mute';
import { nameOf, type Pipeline } from '../domain/pipeline';
import { catalogueFacts, type Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as incidentRows from '../store/incident-rows';
import * as muteRows from '../store/mute-rows';
import * as postRows from '../store/post-rows';
import type { Quiet } from './quiet';

export interface MutesDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Those that are meant by a name, or names that may have been meant. */
  lookUp(name: string): Promise<{ found: Pipeline[]; didYouMean: string[] }>;
  /** Without `#`; `undefined` where the bot cannot see the channel. */
  channelName(channelId: string): Promise<string | undefined>;
  quiet: Pick<Quiet, 'mute' | 'unmute'>;
}

interface Wish {
  actor: Pick<Actor, 'personId' | 'slackId' | 'timeZone'>;
  channel: string;
  text: string;
}

const atOnce = 100;

export function createMutes({ db, clock, settings, lookUp, channelName, quiet }: MutesDeps) {
  /** The one pipeline that is meant, or an answer that asks which. @param rest what was typed after the name */
  async function meant(
    command: 'mute' | 'unmute',
    name: string,
    rest: string,
  ): Promise<{ pipeline: Pipeline } | { answer: MuteAnswer }> {
    const { found, didYouMean } = await lookUp(name);
    const [pipeline, another] = found;
    if (!pipeline) return { answer: { kind: 'unknown-pipeline', command, asked: name, rest, didYouMean } };
    if (!another) return { pipeline };
    const names = found.map((each) => `${each.connection}/${each.key}`);
    return { answer: { kind: 'several', command, rest, names } };
  }

  /** @returns whether there is anything to tell */
  async function tellMissed(tx: Tx, mute: muteRows.Mute, by: string | undefined): Promise<boolean> {
    const { alerts, failures, lastAt } = await muteRows.missed(tx, mute);
    if (alerts === 0 && mute.hid === 0) return false;
    const { connection, pipeline } = mute;
    const name = nameOf({ key: pipeline, facts: catalogueFacts({ connection, key: pipeline }, settings()) });
    const at = clock.now();
    const notice = {
      kind: 'mute-ended' as const,
      at,
      pipeline: name,
      mutedBy: mute.by,
      ...(by === undefined ? {} : { by }),
      alerts,
      failures,
      hid: mute.hid,
      ...(lastAt ? { lastAt } : {}),
    };
    await postRows.addNote(tx, { channel: mute.channel, notice }, at);
    return true;
  }

  return {
    async mute(tx: Tx, { actor, channel, text }: Wish): Promise<MuteAnswer> {
      const name = channel.startsWith('D') ? undefined : ((await channelName(channel)) ?? '');
      if (name === undefined) return { kind: 'no-channel' };
      const now = clock.now();
      const { timeZone, workingHours } = settings().workspace;
      const wish = readMute(text, { now, timeZone: actor.timeZone ?? timeZone, morning: workingHours.from });
      if ('flaw' in wish) return { kind: 'unclear', command: 'mute', flaw: wish };
      const which = await meant('mute', wish.name, text.slice(text.indexOf(wish.name) + wish.name.length).trim());
      if ('answer' in which) return which.answer;
      const { pipeline } = which;
      const { until } = wish;
      const of = { channel, channelName: name, connection: pipeline.connection, pipeline: pipeline.key };
      // The decider holds the same lock: either it sees the mute, or we see its alert.
      await incidentRows.lockKeys(tx, [pipelineNode(pipeline)]);
      const [before] = (await muteRows.ofPipelines(tx, [pipeline], now)).filter((each) => each.channel === channel);
      const { personId, slackId: by } = actor;
      await muteRows.start(tx, { id: randomUUID(), ...of, by, personId, createdAt: now, until });
      const open = await muteRows.openAlerts(tx, of);
      for (const alert of open) await quiet.mute(tx, { ...alert, by, until });
      return {
        kind: 'muted',
        name: nameOf(pipeline),
        key: pipeline.key,
        until,
        alerts: open.length,
        ...(before ? { before: { by: before.by, until: before.until } } : {}),
      };
    },

    async unmute(tx: Tx, { actor, channel, text }: Wish): Promise<MuteAnswer> {
      if (channel.startsWith('D')) return { kind: 'no-channel' };
      const name = text.trim();
      if (name === '') return { kind: 'unclear', command: 'unmute', flaw: { flaw: 'no-name', word: '' } };
      const which = await meant('unmute', name, '');
      if ('answer' in which) return which.answer;
      const { pipeline } = which;
      const now = clock.now();
      await incidentRows.lockKeys(tx, [pipelineNode(pipeline)]);
      const inForce = await muteRows.inChannel(tx, channel, now);
      const mute = inForce.find((each) => each.connection === pipeline.connection && each.pipeline === pipeline.key);
      const of = {
        channel,
        channelName: mute?.channelName ?? (await channelName(channel)) ?? '',
        connection: pipeline.connection,
        pipeline: pipeline.key,
      };
      const quieted = (await muteRows.openAlerts(tx, of)).filter(({ isMuted }) => isMuted);
      if (!mute && quieted.length === 0) {
        return { kind: 'not-muted', asked: nameOf(pipeline), have: inForce.map((each) => each.pipeline) };
      }
      if (mute) {
        await tellMissed(tx, mute, actor.slackId);
        await muteRows.end(tx, mute.id, now);
      }
      for (const alert of quieted) await quiet.unmute(tx, { ...alert, by: actor.slackId });
      return { kind: 'unmuted', name: nameOf(pipeline), key: pipeline.key };
    },

    isDue: (): Condition => muteRows.isAnyOver(clock.now()),

    /** Those that are over by the clock. What still fails then gets its alert by the end of its own mute. @returns how many */
    async sweep(): Promise<number> {
      return db.transaction(async (tx) => {
        const now = clock.now();
        const over = await muteRows.takeOver(tx, now, atOnce);
        for (const mute of over) {
          await tellMissed(tx, mute, undefined);
          await muteRows.end(tx, mute.id, now);
        }
        return over.length;
      });
    },
  };
}

export type Mutes = ReturnType<typeof createMutes>;
