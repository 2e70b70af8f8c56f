import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { z } from 'zod';
import type { Actor } from '../actor';
import { isTimeZone, weekdays } from '../settings';
import { atWallTime } from '../working-time';

/** A weekday and wall time in a zone. */
const Schedule = z.object({
  weekday: z.enum(weekdays),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  timeZone: z.string().refine(isTimeZone),
});
export type Schedule = z.infer<typeof Schedule>;

/** What people choose for a channel; `file` = as pitcrew.yaml says. */
export const DigestChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file') }),
  z.object({ kind: z.literal('none') }),
  /** `scope`: `all`, or `team:` and its name. */
  z.object({ kind: z.literal('plan'), scope: z.string().min(1) }).extend(Schedule.shape),
]);
export type DigestChoice = z.infer<typeof DigestChoice>;

/** Which digest a channel gets, and when. `since`: a time before that is none of this plan. */
export interface DigestPlan extends Schedule {
  /** Slack's id. */
  channel: string;
  scope: string;
  since?: Date;
}

/** A choice that holds for a channel, and since when. */
export interface ChosenDigest {
  channel: string;
  choice: DigestChoice;
  at: Date;
  /** Name of who chose, while we know it. */
  by?: string;
}

/** How a channel stands. */
export interface ChannelDigest {
  channel: string;
  /** Without `#`. */
  channelName: string;
  /** What pitcrew.yaml gives it. */
  file?: DigestPlan;
  chosen?: ChosenDigest;
  inForce?: DigestPlan;
  /** What can be chosen: `all`, then the teams. */
  scopes: string[];
  /** For a channel that has none yet. */
  usual: Schedule;
}

/** Whom to ask, where somebody may not choose. */
export interface DigestKeepers {
  /** The team that answers requests. */
  crew?: string;
  /** Teams whose channel it is. */
  teams: string[];
  operators: string;
}

/** Why a channel cannot be asked about, or what came of a choice. */
export type DigestRefusal =
  | { kind: 'no-channel' }
  | { kind: 'not-invited' }
  | ({ kind: 'not-allowed' } & DigestKeepers)
  | { kind: 'unknown-team'; scope: string };
export type DigestAnswer =
  | DigestRefusal
  | { kind: 'set'; plan: DigestPlan; next: Date }
  | { kind: 'off' }
  | { kind: 'as-file'; plan?: DigestPlan; next?: Date };

/** What holds of both, one plan a channel: a choice wins over pitcrew.yaml for its channel, whole. */
export function plansInForce(
  file: readonly DigestPlan[],
  chosen: readonly ChosenDigest[],
  scopes: readonly string[],
): DigestPlan[] {
  const byChannel = new Map(file.map((plan) => [plan.channel, plan]));
  for (const { channel, choice, at: since } of chosen) {
    const own = byChannel.get(channel);
    if (choice.kind === 'file') {
      if (own) byChannel.set(channel, { ...own, since });
    } else if (choice.kind === 'plan' && scopes.includes(choice.scope)) {
      const { kind: _kind, ...plan } = choice;
      byChannel.set(channel, { ...plan, channel, since });
    } else byChannel.delete(channel);
  }
  return [...byChannel.values()];
}

/**
 * Operators and the team that answers requests choose for every channel; the members of a team for its channel; and everybody but
 * guests for a channel that is no team's and not that of `digest.channel`.
 */
export function mayChooseDigest(
  actor: Actor,
  of: { operates: boolean; crew?: string; teams: readonly string[]; isMain: boolean },
): boolean {
  if (actor.isGuest || actor.isBot || actor.isDeactivated) return false;
  const isIn = (team: string) => actor.teams.some((own) => own.toLowerCase() === team.toLowerCase());
  if (of.operates || (of.crew !== undefined && isIn(of.crew)) || of.teams.some(isIn)) return true;
  return of.teams.length === 0 && !of.isMain;
}

/** When it was last, at or before now. */
export function lastTime({ weekday, time, timeZone }: Schedule, now: Date): Date {
  return timeNear({ weekday, time, timeZone }, now, -1, (at) => at <= now);
}

/** When it is next, after now. */
export function nextTime({ weekday, time, timeZone }: Schedule, now: Date): Date {
  return timeNear({ weekday, time, timeZone }, now, 1, (at) => at > now);
}

function timeNear({ weekday, time, timeZone }: Schedule, now: Date, step: 1 | -1, fits: (at: Date) => boolean): Date {
  const today = new TZDate(now, timeZone);
  for (let days = 0; days < 8; days += 1) {
    const day = addDays(today, days * step);
    if (weekdays[(day.getDay() + 6) % 7] !== weekday) continue;
    const at = atWallTime(day, time);
    if (fits(at)) return new Date(at.getTime());
  }
  return now;
}
