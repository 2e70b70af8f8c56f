/**
 * Owns who hears of incidents besides those to whom they are routed: channels that subscribed, persons who follow one pipeline.
 * In: what people typed, stored as presses. Out: rows that the next decision reads, and an answer to the person.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { pipelineNode } from '../domain/edge';
import { nameOf, type Pipeline } from '../domain/pipeline';
import { routeFor, type Settings } from '../domain/settings';
import {
  type Filter,
  type FilterFlaw,
  fitsFilter,
  isPattern,
  readFilter,
  type SubscriptionAnswer,
  type SubscriptionList,
  sayFilter,
} from '../domain/subscription';
import type { Clock } from '../lib/clock';
import type { Db, Tx } from '../store/db';
import * as followRows from '../store/follow-rows';
import * as incidentRows from '../store/incident-rows';
import * as muteRows from '../store/mute-rows';
import * as subscriptionRows from '../store/subscription-rows';

export interface SubscriptionsDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Every pipeline that is known by name, with its facts. */
  known(): Promise<Pipeline[]>;
  /** Those that are meant by a name, or names that may have been meant. */
  lookUp(name: string): Promise<{ found: Pipeline[]; didYouMean: string[] }>;
  /** Without `#`; `undefined` where the bot cannot see the channel. */
  channelName(channelId: string): Promise<string | undefined>;
}

/** Who typed what, where. */
export interface Wish {
  actor: Pick<Actor, 'personId' | 'slackId'>;
  /** Slack's id. */
  channel: string;
  text: string;
}

const namesShown = 3;

const isDirect = (channel: string): boolean => channel.startsWith('D');

export function createSubscriptions(deps: SubscriptionsDeps) {
  const { db, clock, settings } = deps;

  /** A name that means one pipeline becomes its key, so that `orders` does not lead to whatever is called so next month. */
  async function meant(filter: Filter): Promise<Filter | SubscriptionAnswer> {
    if (isPattern(filter.pattern)) return filter;
    const { found, didYouMean } = await deps.lookUp(filter.pattern);
    const [first] = found;
    if (!first) return { kind: 'unknown-pipeline', command: 'subscribe', asked: filter.pattern, didYouMean };
    const isExact = found.every((pipeline) => fitsFilter(pipeline, { pattern: filter.pattern }, settings()));
    return isExact ? { ...filter, pattern: filter.pattern.toLowerCase() } : { ...filter, pattern: first.key };
  }

  async function fitting(filter: Filter): Promise<Pipeline[]> {
    return (await deps.known()).filter((pipeline) => fitsFilter(pipeline, filter, settings()));
  }

  return {
    async subscribe(tx: Tx, { actor, channel, text }: Wish): Promise<SubscriptionAnswer> {
      if (isDirect(channel)) return { kind: 'no-channel' };
      const read = readFilter(text);
      if (isFlaw(read)) return { kind: 'unclear', command: 'subscribe', flaw: read };
      const filter = await meant(read);
      if ('kind' in filter) return filter;
      const channelName = await deps.channelName(channel);
      if (channelName === undefined) return { kind: 'not-invited' };
      const wording = sayFilter(filter);
      const isNew = await subscriptionRows.start(tx, {
        id: randomUUID(),
        channel,
        channelName,
        filter,
        wording,
        personId: actor.personId,
        createdAt: clock.now(),
      });
      const before = isNew
        ? undefined
        : (await subscriptionRows.inForce(tx, channel)).find((each) => each.wording === wording);
      const pipelines = await fitting(filter);
      const addresses = [channel, `#${channelName}`];
      return {
        kind: 'subscribed',
        wording,
        already: before && { by: before.by?.slackId, at: before.createdAt },
        fits: pipelines.length,
        names: pipelines.slice(0, namesShown).map(nameOf),
        routedHere: pipelines.filter((each) => addresses.includes(routeFor(each, settings()).channel)).length,
      };
    },

    /** What was typed when it was made, or what the list shows. */
    async unsubscribe(tx: Tx, { actor, channel, text }: Wish): Promise<SubscriptionAnswer> {
      if (isDirect(channel)) return { kind: 'no-channel' };
      const read = readFilter(text);
      if (isFlaw(read)) return { kind: 'unclear', command: 'unsubscribe', flaw: read };
      const inForce = await subscriptionRows.inForce(tx, channel);
      const named = (filter: Filter) => {
        const wording = sayFilter(filter).toLowerCase();
        return inForce.find((each) => each.wording.toLowerCase() === wording);
      };
      const filter = named(read) ? read : await meant(read);
      const found = 'kind' in filter ? undefined : named(filter);
      const isEnded =
        found && (await subscriptionRows.end(tx, found.id, { personId: actor.personId, at: clock.now() }));
      return isEnded
        ? { kind: 'unsubscribed', wording: found.wording }
        : { kind: 'not-subscribed', wording: sayFilter(read), have: inForce.map(({ wording }) => wording) };
    },

    async follow(tx: Tx, { actor, text }: Wish): Promise<SubscriptionAnswer> {
      if (text.trim() === '') return { kind: 'unclear', command: 'follow', flaw: { flaw: 'empty' } };
      const { found, didYouMean } = await deps.lookUp(text);
      const [pipeline, another] = found;
      if (!pipeline) return { kind: 'unknown-pipeline', command: 'follow', asked: text, didYouMean };
      if (another) return { kind: 'several', names: found.map(({ connection, key }) => `${connection}/${key}`) };
      const { connection, key } = pipeline;
      const name = nameOf(pipeline);
      // The decider holds the same lock: either it sees that this is followed, or we see that it is back.
      await incidentRows.lockKeys(tx, [pipelineNode(pipeline)]);
      const since = await followRows.downSince(tx, connection, key);
      if (!since) return { kind: 'nothing-to-follow', name, key };
      const isNew = await followRows.start(tx, {
        id: randomUUID(),
        personId: actor.personId,
        slackId: actor.slackId,
        connection,
        pipeline: key,
        createdAt: clock.now(),
      });
      return { kind: 'followed', name, key, since, already: !isNew };
    },

    async unfollow(tx: Tx, { actor, text }: Wish): Promise<SubscriptionAnswer> {
      if (text.trim() === '') return { kind: 'unclear', command: 'unfollow', flaw: { flaw: 'empty' } };
      const follows = await followRows.ofPerson(tx, actor.slackId);
      const { found } = await deps.lookUp(text);
      const isMeant = ({ connection, pipeline }: followRows.Follow) =>
        pipeline.toLowerCase() === text.trim().toLowerCase() ||
        found.some((each) => each.connection === connection && each.key === pipeline);
      const ended = follows.filter(isMeant);
      const keys = (some: followRows.Follow[]) => [...new Set(some.map(({ pipeline }) => pipeline))];
      if (ended.length === 0) return { kind: 'not-followed', asked: text, have: keys(follows) };
      await followRows.end(
        tx,
        ended.map(({ id }) => id),
        clock.now(),
      );
      return { kind: 'unfollowed', names: keys(ended) };
    },

    /** What this channel has subscribed to and muted, and what the person who asks follows. */
    async list({ channelId, slackId }: { channelId: string; slackId: string }): Promise<SubscriptionList> {
      const follows = (await followRows.ofPerson(db, slackId)).map(({ pipeline, createdAt }) => ({
        key: pipeline,
        at: createdAt,
      }));
      if (isDirect(channelId)) return { follows };
      const [inForce, known, muted] = await Promise.all([
        subscriptionRows.inForce(db, channelId),
        deps.known(),
        muteRows.inChannel(db, channelId, clock.now()),
      ]);
      const mutes = muted.map(({ pipeline, by, until }) => ({ key: pipeline, by, until }));
      const channel = inForce.map(({ wording, filter, by, createdAt }) => ({
        wording,
        by: by?.slackId,
        at: createdAt,
        fits: known.filter((pipeline) => fitsFilter(pipeline, filter, settings())).length,
      }));
      return { channel, mutes, follows };
    },
  };
}

export type Subscriptions = ReturnType<typeof createSubscriptions>;

const isFlaw = (read: Filter | FilterFlaw): read is FilterFlaw => 'flaw' in read;
