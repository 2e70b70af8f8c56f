/**
 * Owns how an alert falls quiet and speaks up again: mutes, acknowledgements that run out, reminders.
 * In: presses and the clock. Out: the marks of the place, its parent's state, and what is told in its thread.
 */
import { isLive } from '../domain/incident';
import { type Planned, type Window, windowAt } from '../domain/maintenance';
import type { Story } from '../domain/notice';
import { mergeFacts, type PipelineFacts } from '../domain/pipeline';
import type { Urgency } from '../domain/post';
import { reminderDueAt, reminderGapMs } from '../domain/reminder';
import { catalogueFacts, type Settings, teamOf } from '../domain/settings';
import { nextWorkingMoment } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as incidentRows from '../store/incident-rows';
import * as maintenanceRows from '../store/maintenance-rows';
import * as quietRows from '../store/quiet-rows';
import * as runRows from '../store/run-rows';

export interface QuietDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  refresh(tx: Tx, incidentId: string, channels: string[] | undefined, urgency: Urgency): Promise<void>;
  tell(tx: Tx, stories: Story[]): Promise<void>;
}

interface Place {
  incidentId: string;
  channel: string;
}

/** What one sweep takes up at once; the rest waits for the next one. */
const atOnce = 100;
/** Of one alert, to find out whether all of it is planned. */
const membersLookedAt = 20;

export function createQuiet({ db, clock, settings, refresh, tell }: QuietDeps) {
  const reminders = () => settings().noise.reminders;

  /** From now on, the wait that stands between two reminders begins anew. */
  async function rest(tx: Tx, place: Place, reminded: number): Promise<void> {
    const at = new Date(clock.now().getTime() + reminderGapMs(reminded, reminders()));
    await quietRows.remindNotBefore(tx, place, { reminded, at });
  }

  const staleBefore = (now: Date): Date =>
    new Date(now.getTime() - settings().noise.acknowledgeExpiresMinutes * 60_000);

  /** @returns how many acknowledgements have run out: those alerts are nobody's again */
  async function endAcknowledges(tx: Tx): Promise<number> {
    const now = clock.now();
    const places = await quietRows.takeStaleAcknowledges(tx, staleBefore(now), atOnce);
    for (const { incidentId, channel, reminded, threads } of places) {
      await quietRows.clearAcknowledge(tx, { incidentId, channel });
      await rest(tx, { incidentId, channel }, reminded);
      await refresh(tx, incidentId, [channel], 'change');
      if (threads) await tell(tx, [{ incidentId, channel, notice: { kind: 'acknowledge-expired', at: now } }]);
    }
    return places.length;
  }

  /** What has recovered meanwhile needs no word any more. */
  async function endMutes(tx: Tx): Promise<number> {
    const now = clock.now();
    const places = await quietRows.takeOverMutes(tx, now, atOnce);
    for (const { incidentId, channel, reminded, threads, hid, isOpen } of places) {
      await quietRows.clearMute(tx, { incidentId, channel });
      if (!isOpen) continue;
      await rest(tx, { incidentId, channel }, reminded);
      await refresh(tx, incidentId, [channel], 'change');
      if (threads) await tell(tx, [{ incidentId, channel, notice: { kind: 'unmuted', at: now, hid } }]);
    }
    return places.length;
  }

  /** What flapped has been as it is for long enough: it is told, and single failures are told again. */
  async function endFlapping(tx: Tx): Promise<number> {
    const now = clock.now();
    const ids = await quietRows.takeCalm(tx, now, atOnce);
    for (const incidentId of ids) {
      const [incident] = await incidentRows.load(tx, [incidentId], true, []);
      await quietRows.clearFlapping(tx, incidentId);
      const [flapper] = incident?.flappers ?? [];
      if (!incident || !flapper) continue;
      const { connection, pipeline, partition, times, since } = flapper;
      const [of] = await incidentRows.load(tx, [incidentId], false, [{ connection, pipeline, partition }]);
      const isUp = !of?.members.some(isLive);
      await refresh(tx, incidentId, undefined, isUp ? 'final' : 'change');
      const notice = { kind: 'calmed' as const, at: now, pipeline, times, since, isUp };
      const places = incident.places.filter(({ threads }) => threads);
      await tell(
        tx,
        places.map(({ channel }) => ({ incidentId, channel, notice })),
      );
    }
    return ids.length;
  }

  /** An alert that stands since then is to be repeated. */
  function sentBefore(now: Date): Date | undefined {
    const [first] = reminders();
    return first === undefined ? undefined : new Date(now.getTime() - first * 60_000);
  }

  async function takeUnattended(tx: Tx, now: Date, limit: number): Promise<quietRows.Unattended[]> {
    const before = sentBefore(now);
    if (!before) return [];
    return quietRows.takeUnattended(tx, { now, sentBefore: before, most: reminders().length, limit });
  }

  async function remind(tx: Tx): Promise<number> {
    const now = clock.now();
    const places = await takeUnattended(tx, now, atOnce);
    if (places.length === 0) return 0;
    const planned = await maintenanceRows.inForce(tx, now);
    for (const place of places) await remindOne(tx, place, planned, now);
    return places.length;
  }

  async function remindOne(tx: Tx, place: quietRows.Unattended, planned: Planned[], now: Date): Promise<void> {
    const { incidentId, channel, reminded, firstSentAt } = place;
    const wait = (at: Date) => quietRows.remindNotBefore(tx, place, { reminded, at });
    const stirredAt = place.stirredAt ?? undefined;
    const dueAt = reminderDueAt(
      { firstSentAt, reminded, notBefore: place.notBefore ?? undefined, stirredAt },
      reminders(),
    );
    if (!dueAt) return;
    if (dueAt > now) return wait(dueAt);
    const members = await incidentRows.heaviestMembers(tx, incidentId, channel, membersLookedAt);
    const failing = members.filter(({ state }) => state === 'failed');
    if (failing.length === 0) return;
    let silence: Window | undefined;
    for (const member of failing) {
      const facts = await factsOf(tx, member);
      const pipeline = { connection: member.connection, key: member.pipeline, facts };
      const window = windowAt(pipeline, now, settings(), planned);
      if (!window) return repeat(tx, place, { lead: member, facts }, now);
      if (!silence || window.until < silence.until) silence = window;
    }
    // All of it is planned.
    if (silence) await wait(silence.until);
  }

  async function repeat(
    tx: Tx,
    place: quietRows.Unattended,
    { lead, facts }: { lead: incidentRows.StoredMember; facts: PipelineFacts },
    now: Date,
  ): Promise<void> {
    const { incidentId, channel, reminded } = place;
    const team = teamOf(facts, settings());
    const workingAt = nextWorkingMoment(now, settings().workspace);
    if (workingAt > now && !isUrgent(facts.tier, team?.onCall !== undefined)) {
      return quietRows.remindNotBefore(tx, place, { reminded, at: workingAt });
    }
    const count = reminded + 1;
    const of = reminders().length;
    const called = count === of ? (team?.onCall ?? team?.members) : undefined;
    await rest(tx, place, count);
    await tell(tx, [
      {
        incidentId,
        channel,
        notice: {
          kind: 'reminder',
          at: now,
          count,
          of,
          ...(lead.trouble === 'late' ? { late: true } : {}),
          ...(called ? { mention: `<!subteam^${called.usergroup}>` } : {}),
        },
      },
    ]);
  }

  async function factsOf(tx: Tx, lead: incidentRows.StoredMember): Promise<PipelineFacts> {
    const ref = { connection: lead.connection, key: lead.pipeline };
    const [known] = await runRows.factsOf(tx, [ref]);
    return mergeFacts(catalogueFacts(ref, settings()), known?.facts, lead.owner ? { owner: lead.owner } : undefined);
  }

  async function openPlace(tx: Tx, { incidentId, channel }: Place): Promise<QuietOutcome> {
    const [incident] = await incidentRows.load(tx, [incidentId], true, []);
    if (!incident?.places.some((place) => place.channel === channel)) return 'not-found';
    return incident.state === 'open' ? 'done' : 'over';
  }

  return {
    /** For everybody in this channel: no reminders and no stories but that of the end, until then. */
    async mute(tx: Tx, input: Place & { by: string; until: Date }): Promise<QuietOutcome> {
      const found = await openPlace(tx, input);
      if (found !== 'done') return found;
      const now = clock.now();
      const { incidentId, channel, by, until } = input;
      await quietRows.saveMute(tx, input, by, until);
      await refresh(tx, incidentId, [channel], 'press');
      await tell(tx, [{ incidentId, channel, notice: { kind: 'muted', at: now, by, until } }]);
      return 'done';
    },

    async unmute(tx: Tx, input: Place & { by: string }): Promise<QuietOutcome> {
      const found = await openPlace(tx, input);
      if (found !== 'done') return found;
      const { incidentId, channel, by } = input;
      const ended = await quietRows.clearMute(tx, input);
      // Somebody was faster, or the time was over: it is as the person wished.
      if (!ended) return 'done';
      await rest(tx, input, ended.reminded);
      await refresh(tx, incidentId, [channel], 'press');
      await tell(tx, [{ incidentId, channel, notice: { kind: 'unmuted', at: clock.now(), by, hid: ended.hid } }]);
      return 'done';
    },

    /** Nobody's again: it is not repeated at once. */
    async handedBack(tx: Tx, place: Place): Promise<void> {
      await rest(tx, place, await quietRows.remindersOf(tx, place));
    },

    isDue(): Condition {
      const now = clock.now();
      const most = reminders().length;
      return quietRows.isAnyDue({ now, staleBefore: staleBefore(now), sentBefore: sentBefore(now), most });
    },

    /** What has come due by the clock. @returns how much of it there was */
    async sweep(): Promise<number> {
      let count = 0;
      for (const work of [endAcknowledges, endMutes, endFlapping, remind]) count += await db.transaction(work);
      return count;
    },
  };
}

export type Quiet = ReturnType<typeof createQuiet>;

export type QuietOutcome = 'done' | 'over' | 'not-found';

/** Tier 1 is worth waking somebody; where the tier is not known, that a team has somebody on call says so. */
function isUrgent(tier: number | undefined, hasOnCall: boolean): boolean {
  return tier === undefined ? hasOnCall : tier <= 1;
}
