import { type Share, share } from './share';

/** On which local days a person did something of their own will. Who does not count (bots, guests, leavers) is left out before. */
export interface ActiveDay {
  person: string;
  /** `2026-11-16` */
  day: string;
}

export type People = ReadonlySet<string>;

/** Distinct people active on any of the days: of one day DAU, of an ISO week WAU, of 28 days up to the week's end MAU28. */
export function activeOn(activity: readonly ActiveDay[], days: readonly string[]): Set<string> {
  const wanted = new Set(days);
  const people = new Set<string>();
  for (const { person, day } of activity) if (wanted.has(day)) people.add(person);
  return people;
}

/** Mean of DAU over the days. */
export function meanDaily(activity: readonly ActiveDay[], days: readonly string[]): number {
  const byDay = new Map(days.map((day) => [day, new Set<string>()]));
  for (const { person, day } of activity) byDay.get(day)?.add(person);
  return [...byDay.values()].reduce((sum, people) => sum + people.size, 0) / days.length;
}

/**
 * Mean over the week's working days of DAU / WAU.
 * @returns undefined where nobody was active or nobody works that week
 */
export function stickiness(
  activity: readonly ActiveDay[],
  weekDays: readonly string[],
  workingDays: readonly string[],
): number | undefined {
  const weekly = activeOn(activity, weekDays).size;
  if (weekly === 0 || workingDays.length === 0) return undefined;
  return meanDaily(activity, workingDays) / weekly;
}

/** Of those who could, those who did. Leavers are in neither: `eligible` is who belongs at the week's end. */
export function reach(active: People, eligible: People): Share {
  return share(both(active, eligible).size, eligible.size);
}

export interface Firsts {
  firstSeenAt: Date;
  /** First useful thing that went well, at or after that. */
  usefulAt?: Date;
}

const activationMs = 7 * 24 * 3_600_000;

/** Of those first seen in a week whose window is closed (the one before the reported), who got value within 7 × 24 h. */
export function activation(firsts: readonly Firsts[], cohort: { from: Date; to: Date }): Share {
  const newcomers = firsts.filter(({ firstSeenAt: at }) => at >= cohort.from && at < cohort.to);
  const activated = newcomers.filter(
    ({ firstSeenAt, usefulAt }) =>
      usefulAt !== undefined &&
      usefulAt.getTime() >= firstSeenAt.getTime() &&
      usefulAt.getTime() - firstSeenAt.getTime() < activationMs,
  );
  return share(activated.length, newcomers.length);
}

/** Of those active in one week, who are in another. */
export function retention(before: People, now: People): Share {
  return share(both(before, now).size, before.size);
}

/** Who was active, week by week, oldest first. */
export interface WeekActives {
  week: string;
  people: People;
}

/** One cohort, by the week of first activity: how many of it were active 0, 1, 2 … weeks later. */
export interface Cohort {
  week: string;
  size: number;
  active: number[];
}

/**
 * The retention triangle. `firstWeek` says since when each person is known, which may be before the weeks shown: then they are in
 * no cohort of it. N-week: active in exactly that week.
 */
export function cohorts(weeks: readonly WeekActives[], firstWeek: ReadonlyMap<string, string>): Cohort[] {
  return weeks.map(({ week, people }, index) => {
    const members = new Set([...people].filter((person) => firstWeek.get(person) === week));
    return {
      week,
      size: members.size,
      active: weeks.slice(index).map((later) => both(members, later.people).size),
    };
  });
}

/**
 * Of those first active in `cohort`, who were active in exactly the week so many weeks later, and who were then or at any time since.
 * @returns undefined where either week is not among `weeks`: that week is still to come, or too long ago
 */
export function newUserRetention(
  weeks: readonly WeekActives[],
  firstWeek: ReadonlyMap<string, string>,
  { cohort, after }: { cohort: string; after: number },
): { exactly: Share; orLater: Share } | undefined {
  const index = weeks.findIndex(({ week }) => week === cohort);
  const then = weeks[index + after];
  if (index < 0 || !then) return undefined;
  const members = new Set([...(weeks[index]?.people ?? [])].filter((person) => firstWeek.get(person) === cohort));
  const since = new Set(weeks.slice(index + after).flatMap(({ people }) => [...people]));
  return { exactly: retention(members, then.people), orLater: retention(members, since) };
}

export interface Lifecycle {
  weekly: number;
  weeklyBefore: number;
  fresh: number;
  returning: number;
  resurrecting: number;
  dormant: number;
  /** Both are 0, or the figures are wrong: new + returning + resurrecting − WAU, and the change of WAU. */
  residuals: [number, number];
}

export function lifecycle(
  now: People,
  before: People,
  firstWeek: ReadonlyMap<string, string>,
  week: string,
): Lifecycle {
  const fresh = [...now].filter((person) => firstWeek.get(person) === week).length;
  const returning = both(now, before).size;
  const resurrecting = [...now].filter((person) => !before.has(person) && firstWeek.get(person) !== week).length;
  const dormant = before.size - returning;
  return {
    weekly: now.size,
    weeklyBefore: before.size,
    fresh,
    returning,
    resurrecting,
    dormant,
    residuals: [fresh + returning + resurrecting - now.size, now.size - before.size - (fresh + resurrecting - dormant)],
  };
}

/** Distinct users of each feature against WAU: one person counts once, however often they pressed. Most used first. */
export function featureAdoption(
  uses: readonly { person: string; feature: string }[],
  weekly: number,
): { feature: string; users: Share }[] {
  const users = new Map<string, Set<string>>();
  for (const { person, feature } of uses) users.set(feature, (users.get(feature) ?? new Set()).add(person));
  return [...users]
    .map(([feature, people]) => ({ feature, users: share(people.size, weekly) }))
    .sort((a, b) => b.users.hits - a.users.hits || (a.feature < b.feature ? -1 : 1));
}

/** ok / (ok + late + the person's mistake + our fault). What somebody may not do is none of these. `late`: good, but nobody waits so long. */
export function commandSuccess(counts: { ok: number; late?: number; userErrors: number; systemErrors: number }): Share {
  return share(counts.ok, counts.ok + (counts.late ?? 0) + counts.userErrors + counts.systemErrors);
}

export interface TouchedFailure {
  at: Date;
  /** A practitioner mended it by an own action in Slack. */
  isSelfServed: boolean;
  /** Any person did anything about it. */
  isTouched: boolean;
  /** A support request about it. */
  requestedAt?: Date;
}

const selfServiceWindowMs = 24 * 3_600_000;

/** Of failures that anybody did something about, those closed by a practitioner without asking for help within 24 h. */
export function selfService(failures: readonly TouchedFailure[]): Share {
  const touched = failures.filter(({ isTouched, isSelfServed }) => isTouched || isSelfServed);
  const served = touched.filter(({ isSelfServed, requestedAt, at }) => {
    const asked = requestedAt !== undefined && requestedAt.getTime() - at.getTime() < selfServiceWindowMs;
    return isSelfServed && !asked;
  });
  return share(served.length, touched.length);
}

function both(a: People, b: People): Set<string> {
  return new Set([...a].filter((each) => b.has(each)));
}
