import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { matchesGlob } from './glob';
import type { Pipeline } from './pipeline';
import { ownConnection } from './pipeline-event';
import { type MaintenanceEntry, type Settings, weekdays } from './settings';
import { type Filter, fitsFilter } from './subscription';
import { atWallTime } from './working-time';

/** Planned silence, as it holds for one pipeline: from `from` until before `until`. */
export interface Window {
  name: string;
  from: Date;
  until: Date;
}

export type MaintenanceSettings = Pick<Settings, 'noise' | 'policies' | 'workspace' | 'teams'>;

/** Silence that a person has planned from Slack, in force from the moment at which it was said. */
export interface Planned {
  id: string;
  filter: Filter;
  /** The one way to write the filter. */
  wording: string;
  reason?: string;
  /** Slack's id of who planned it. */
  by: string;
  from: Date;
  until: Date;
}

/** What it is called in alerts and at its end. */
export const nameOfPlanned = ({ wording, reason }: Pick<Planned, 'wording' | 'reason'>): string =>
  reason === undefined ? wording : `${reason} (${wording})`;

/** More windows than this in a row, each beginning before the last has ended, are not followed to their end. */
const mostInARow = 100;

/**
 * The window in which a pipeline is at a moment; windows that overlap or meet count as one, with the name of the first of those in
 * force that ends last. Freezes are windows too. What Pitcrew watches itself is never in one. Pure; the order of the settings does not matter.
 */
export function windowAt(
  pipeline: Pipeline,
  at: Date,
  settings: MaintenanceSettings,
  planned: readonly Planned[] = [],
): Window | undefined {
  if (pipeline.connection === ownConnection) return undefined;
  const first = longestAt(pipeline, at, settings, planned);
  let until = first?.until;
  for (let row = 0; until && row < mostInARow; row += 1) {
    const next = longestAt(pipeline, until, settings, planned);
    if (!next) break;
    until = next.until;
  }
  return first && until && { ...first, until };
}

/** Of those in force at the moment the one that ends last; of several the first by name. */
function longestAt(
  pipeline: Pipeline,
  at: Date,
  settings: MaintenanceSettings,
  planned: readonly Planned[],
): Window | undefined {
  const { timeZone } = settings.workspace;
  const windows = [
    ...settings.noise.maintenance
      .filter((entry) => fits(pipeline, entry.match))
      .flatMap((entry) => around(entry, at, timeZone)),
    ...settings.policies.freezes
      .filter(({ tags }) => fits(pipeline, { tags }))
      .map((freeze) => ({
        name: freeze.name,
        from: instant(freeze.from, timeZone),
        until: instant(freeze.to, timeZone),
      })),
    ...planned
      .filter(({ filter }) => fitsFilter(pipeline, filter, settings))
      .map((each) => ({ name: nameOfPlanned(each), from: each.from, until: each.until })),
  ];
  return windows
    .filter(({ from, until }) => from <= at && at < until)
    .sort((a, b) => b.until.getTime() - a.until.getTime() || (a.name < b.name ? -1 : 1))[0];
}

/** The one time, or those of a weekly window that can hold the moment: begun today or the day before. */
function around(entry: MaintenanceEntry, at: Date, timeZone: string): Window[] {
  const { name, from, to, every } = entry;
  if (!every) return [{ name, from: instant(from, timeZone), until: instant(to, timeZone) }];
  const today = new TZDate(at, timeZone);
  return [-1, 0].flatMap((ahead) => {
    const day = addDays(today, ahead);
    const weekday = weekdays[(day.getDay() + 6) % 7];
    if (!weekday || !every.includes(weekday)) return [];
    const lastDay = to > from ? day : addDays(day, 1);
    return [{ name, from: atWallTime(day, from), until: atWallTime(lastDay, to) }];
  });
}

function fits({ key, connection, facts }: Pipeline, match: MaintenanceEntry['match']): boolean {
  const pattern = match.pipeline;
  const fitsName = pattern === undefined || matchesGlob(pattern, key) || matchesGlob(pattern, `${connection}/${key}`);
  return fitsName && (match.tags ?? []).every((tag) => facts.tags?.includes(tag));
}

/** `2026-12-20T00:00` on the wall clock of the zone; a time that the clock skips is the one as long after the jump. */
function instant(local: string, timeZone: string): Date {
  const [year = 0, month = 0, day = 0] = local.slice(0, 10).split('-').map(Number);
  return atWallTime(new TZDate(year, month - 1, day, 12, timeZone), local.slice(11));
}

const mark = 'maintenance ';

/** Stands where else the person stands who muted; no Slack id holds a space. */
export const mutedByWindow = ({ name }: Pick<Window, 'name'>): string => `${mark}${name}`;

/** The name of the window, where it was one that muted. */
export function windowOf(mutedBy: string | undefined): string | undefined {
  return mutedBy?.startsWith(mark) ? mutedBy.slice(mark.length) : undefined;
}
