/**
 * Owns planned silence: what people plan from Slack beside the windows of pitcrew.yaml, and the end of both. What came and went in it is
 * told in one line for each channel; what still fails then gets its alert by the end of its own mute.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { mutedByWindow, nameOfPlanned, type Planned, windowOf } from '../domain/maintenance';
import { type MaintenanceAnswer, readMaintenance } from '../domain/maintenance-wish';
import { isNamedOwner } from '../domain/ownership';
import { nameOf, type Pipeline } from '../domain/pipeline';
import { type Settings, teamOf } from '../domain/settings';
import { type Filter, fitsFilter, isPattern, readFilter, sayFilter } from '../domain/subscription';
import type { Clock } from '../lib/clock';
import * as auditRows from '../store/audit-rows';
import type { Db, Tx } from '../store/db';
import type { Condition } from '../store/due';
import * as maintenanceRows from '../store/maintenance-rows';
import * as postRows from '../store/post-rows';
import * as quietRows from '../store/quiet-rows';

export interface MaintenanceDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Every pipeline that is known by name, with its facts. */
  known(): Promise<Pipeline[]>;
  /** Those that are meant by a name, or names that may have been meant. */
  lookUp(name: string): Promise<{ found: Pipeline[]; didYouMean: string[] }>;
  /** May plan silence for pipelines of others. */
  mayOperate(actor: Actor): { may: boolean; whoMay: string };
}

interface Wish {
  actor: Actor;
  text: string;
}

const namesShown = 5;

export function createMaintenance({ db, clock, settings, known, lookUp, mayOperate }: MaintenanceDeps) {
  const isTheirs = (actor: Actor, { facts }: Pipeline): boolean => {
    const team = teamOf(facts, settings());
    return isNamedOwner(actor, facts) || (team !== undefined && actor.teams.includes(team.name));
  };

  /** A name that means one pipeline becomes its key; a pattern stays as it is. */
  async function meant(filter: Filter): Promise<Filter | MaintenanceAnswer> {
    if (isPattern(filter.pattern)) return filter;
    const { found, didYouMean } = await lookUp(filter.pattern);
    const [first] = found;
    return first ? { ...filter, pattern: first.key } : { kind: 'unknown-pipeline', asked: filter.pattern, didYouMean };
  }

  /** Operators may for all; others where every pipeline that fits is their team's or their own. */
  function refusal(actor: Actor, filter: Filter, fitting: Pipeline[]): MaintenanceAnswer | undefined {
    const { may, whoMay } = mayOperate(actor);
    if (may || (fitting.length > 0 && fitting.every((pipeline) => isTheirs(actor, pipeline)))) return undefined;
    return { kind: 'not-allowed', wording: sayFilter(filter), whoMay };
  }

  async function fittingTo(filter: Filter): Promise<Pipeline[]> {
    return (await known()).filter((pipeline) => fitsFilter(pipeline, filter, settings()));
  }

  async function record(tx: Tx, actor: Actor, kind: 'plan-silence' | 'end-silence', planned: Planned): Promise<void> {
    const { wording, until, reason } = planned;
    const detail = { wording, until: until.toISOString(), ...(reason === undefined ? {} : { reason }) };
    await auditRows.append(tx, { at: clock.now(), personId: actor.personId, what: 'succeeded', kind, detail });
  }

  async function end(tx: Tx, actor: Actor, asked: string): Promise<MaintenanceAnswer> {
    const now = clock.now();
    const have = await maintenanceRows.inForce(tx, now);
    const read = readFilter(asked);
    if ('flaw' in read) return { kind: 'unclear', flaw: read };
    const found = have.find(({ wording }) => wording.toLowerCase() === sayFilter(read).toLowerCase());
    if (!found) return { kind: 'not-planned', asked, have: have.map(({ wording }) => wording) };
    const refused = refusal(actor, found.filter, await fittingTo(found.filter));
    if (refused) return refused;
    await maintenanceRows.end(tx, found.id, { personId: actor.personId, at: now });
    const mark = mutedByWindow({ name: nameOfPlanned(found) });
    await maintenanceRows.moveEnd(tx, mark, { mark, until: now });
    await record(tx, actor, 'end-silence', found);
    return { kind: 'ended', wording: found.wording };
  }

  return {
    /** `orders_* for 2h because migration`, or `end orders_*`. */
    async plan(tx: Tx, { actor, text }: Wish): Promise<MaintenanceAnswer> {
      const [, ending] = /^end(?:\s+(.*))?$/i.exec(text.trim()) ?? [];
      if (ending !== undefined || /^end$/i.test(text.trim())) return end(tx, actor, ending ?? '');
      const now = clock.now();
      const { timeZone, workingHours } = settings().workspace;
      const read = readMaintenance(text, { now, timeZone: actor.timeZone ?? timeZone, morning: workingHours.from });
      if ('flaw' in read) return { kind: 'unclear', flaw: read };
      const filter = await meant(read.filter);
      if ('kind' in filter) return filter;
      const fitting = await fittingTo(filter);
      const refused = refusal(actor, filter, fitting);
      if (refused) return refused;
      const { until, reason } = read;
      const wording = sayFilter(filter);
      const before = (await maintenanceRows.inForce(tx, now)).find((each) => each.wording === wording);
      const planned: Planned = { id: randomUUID(), filter, wording, reason, by: actor.slackId, from: now, until };
      await maintenanceRows.start(tx, { ...planned, personId: actor.personId });
      if (before) {
        const mark = mutedByWindow({ name: nameOfPlanned(before) });
        await maintenanceRows.moveEnd(tx, mark, { mark: mutedByWindow({ name: nameOfPlanned(planned) }), until });
      }
      await record(tx, actor, 'plan-silence', planned);
      return {
        kind: 'planned',
        wording,
        ...(reason === undefined ? {} : { reason }),
        until,
        fits: fitting.length,
        names: fitting.slice(0, namesShown).map(nameOf),
        ...(before ? { before: { by: before.by, until: before.until } } : {}),
      };
    },

    /** What people have planned and is in force, the first to end first. */
    list: (): Promise<Planned[]> => maintenanceRows.inForce(db, clock.now()),

    isDue: (): Condition => quietRows.isAnyMaintenanceOver(clock.now()),

    /** @returns how many channels are told */
    sweep: (): Promise<number> =>
      db.transaction(async (tx) => {
        const at = clock.now();
        const over = await quietRows.takeEndedInMaintenance(tx, at);
        for (const { channel, mutedBy, alerts, pipelines } of over) {
          const notice = {
            kind: 'maintenance-ended' as const,
            at,
            name: windowOf(mutedBy) ?? mutedBy,
            alerts,
            pipelines: pipelines.slice(0, namesShown),
            count: pipelines.length,
          };
          await postRows.addNote(tx, { channel, notice }, at);
        }
        return over.length;
      }),
  };
}

export type Maintenance = ReturnType<typeof createMaintenance>;
