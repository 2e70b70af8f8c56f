/** Which channel gets which digest, and when: what pitcrew.yaml says, and what people chose for a channel from Slack. */
import type { Actor } from '../domain/actor';
import {
  type ChannelDigest,
  type DigestAnswer,
  type DigestChoice,
  type DigestKeepers,
  type DigestPlan,
  type DigestRefusal,
  mayChooseDigest,
  nextTime,
  plansInForce,
  type Schedule,
} from '../domain/figures/digest-plan';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import * as auditRows from '../store/audit-rows';
import type { Db, Tx } from '../store/db';
import * as digestRows from '../store/digest-rows';
import * as figureRows from '../store/figure-rows';
import { findGroups } from '../store/group-rows';
import { teamScope } from './adoption';

export interface DigestPlansDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Slack id of `#name`, where it is known by now. */
  channelId(channel: string): Promise<string>;
  /** Without `#`; `undefined` where the bot is not in the channel. */
  channelName(channelId: string): Promise<string | undefined>;
  mayOperate(actor: Actor): { may: boolean; whoMay: string };
}

interface Place {
  actor: Actor;
  /** Slack's id. */
  channel: string;
}

export function createDigestPlans({ db, clock, settings, channelId, channelName, mayOperate }: DigestPlansDeps) {
  const scopes = (): string[] => ['all', ...settings().teams.map(({ name }) => teamScope(name))];

  function usual(timeZone?: string): Schedule {
    const { digest, workspace } = settings();
    return { weekday: digest.at.day, time: digest.at.time, timeZone: timeZone ?? workspace.timeZone };
  }

  /** Where most of these people live; people there read it at their own hour. */
  async function zoneOf(group: string | undefined): Promise<string | undefined> {
    if (!group) return undefined;
    const members = (await findGroups(db, [group])).flatMap((found) => found.members);
    return (await figureRows.zonesOf(db, members, settings().workspace.timeZone))[0];
  }

  /** Of pitcrew.yaml alone. */
  async function filed(): Promise<DigestPlan[]> {
    const { digest, teams } = settings();
    if (!digest.channel) return [];
    const byChannel = new Map<string, DigestPlan>();
    const main = await channelId(digest.channel);
    byChannel.set(main, { ...usual(), channel: main, scope: 'all' });
    for (const team of digest.teams ? teams : []) {
      if (!team.channel) continue;
      const channel = await channelId(team.channel);
      // The first one wins, so that a channel of a team that is also the digest's own gets one.
      if (byChannel.has(channel)) continue;
      const zone = await zoneOf(team.members?.usergroup);
      byChannel.set(channel, { ...usual(zone), channel, scope: teamScope(team.name) });
    }
    return [...byChannel.values()];
  }

  /** Why this person may not choose here, if so. */
  async function refusalFor({ actor, channel }: Place): Promise<DigestRefusal | undefined> {
    if (channel.startsWith('D')) return { kind: 'no-channel' };
    if ((await channelName(channel)) === undefined) return { kind: 'not-invited' };
    const { digest, support, teams } = settings();
    const own: string[] = [];
    for (const team of teams) if (team.channel && (await channelId(team.channel)) === channel) own.push(team.name);
    const isMain = digest.channel !== undefined && (await channelId(digest.channel)) === channel;
    const { may, whoMay } = mayOperate(actor);
    const crew = support.team;
    if (mayChooseDigest(actor, { operates: may, ...(crew ? { crew } : {}), teams: own, isMain })) return undefined;
    const keepers: DigestKeepers = { ...(crew ? { crew } : {}), teams: own, operators: whoMay };
    return { kind: 'not-allowed', ...keepers };
  }

  async function refusalForChoice({
    choice,
    ...place
  }: Place & { choice: DigestChoice }): Promise<DigestRefusal | undefined> {
    const isKnown = choice.kind !== 'plan' || scopes().includes(choice.scope);
    return (await refusalFor(place)) ?? (isKnown ? undefined : { kind: 'unknown-team', scope: choice.scope });
  }

  async function leadsTo(channel: string, choice: DigestChoice, at: Date): Promise<{ plan?: DigestPlan; next?: Date }> {
    const file = choice.kind === 'file' ? (await filed()).filter((plan) => plan.channel === channel) : [];
    const [plan] = plansInForce(file, [{ channel, choice, at }], scopes());
    return plan ? { plan, next: nextTime(plan, at) } : {};
  }

  return {
    /** Those in force, one a channel. */
    async all(): Promise<DigestPlan[]> {
      return plansInForce(await filed(), await digestRows.chosen(db), scopes());
    },

    /** How a channel stands, for those who may change it. */
    async of(place: Place): Promise<({ kind: 'found' } & ChannelDigest) | DigestRefusal> {
      const refused = await refusalFor(place);
      if (refused) return refused;
      const { actor, channel } = place;
      const file = (await filed()).find((plan) => plan.channel === channel);
      const [chosen] = await digestRows.chosen(db, channel);
      const [inForce] = plansInForce(file ? [file] : [], chosen ? [chosen] : [], scopes());
      return {
        kind: 'found',
        channel,
        channelName: (await channelName(channel)) ?? '',
        ...(file ? { file } : {}),
        ...(chosen ? { chosen } : {}),
        ...(inForce ? { inForce } : {}),
        scopes: scopes(),
        usual: usual(file?.timeZone ?? actor.timeZone),
      };
    },

    /** What a choice would come to. */
    async would({
      actor,
      channel,
      choice,
    }: Place & { choice: DigestChoice }): Promise<
      { kind: 'would'; channelName: string; plan?: DigestPlan; next?: Date } | DigestRefusal
    > {
      const refused = await refusalForChoice({ actor, channel, choice });
      if (refused) return refused;
      const channelOf = (await channelName(channel)) ?? '';
      return { kind: 'would', channelName: channelOf, ...(await leadsTo(channel, choice, clock.now())) };
    },

    /** Takes effect with the next digest of the channel; what was posted stays. */
    async choose(tx: Tx, { actor, channel, choice }: Place & { choice: DigestChoice }): Promise<DigestAnswer> {
      const refused = await refusalForChoice({ actor, channel, choice });
      if (refused) return refused;
      const at = clock.now();
      await digestRows.choose(tx, { channel, choice, personId: actor.personId, at });
      await auditRows.append(tx, {
        at,
        personId: actor.personId,
        what: 'succeeded',
        kind: 'change-digest',
        detail: { channel, name: (await channelName(channel)) ?? '', ...choice },
      });
      const led = await leadsTo(channel, choice, at);
      if (choice.kind === 'file') return { kind: 'as-file', ...led };
      return led.plan && led.next ? { kind: 'set', plan: led.plan, next: led.next } : { kind: 'off' };
    },
  };
}

export type DigestPlans = ReturnType<typeof createDigestPlans>;
