import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import { isTimeZone } from './settings';
import { atWallTime } from './working-time';

/** A pipeline that is to be quiet in a channel, as it was named, and until when. */
export interface MuteWish {
  name: string;
  until: Date;
}

/** Why what was typed is no such wish. */
export type MuteFlaw = { flaw: 'no-name' | 'no-time' | 'past' | 'too-long'; word: string };

export interface MuteAsker {
  now: Date;
  /** Of the person who types: their wall clock is meant. */
  timeZone: string;
  /** `HH:mm` at which a day begins where only the day was said. */
  morning: string;
  /** Left out = where no time is said the usual one holds. */
  mustSayWhen?: boolean;
}

/** Where no time is given. */
const usualMuteMinutes = 120;
/** Seven days, as the menu beside an alert knows them too. */
const longestMuteMinutes = 10_080;

const unitMinutes: Record<string, number> = { m: 1, h: 60, d: 1_440 };
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const time = String.raw`(?:at )?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?`;
const forLong = /^(?:(.*?) )?(?:for )?(\d{1,5}) ?(m|mins?|minutes?|h|hrs?|hours?|d|days?)$/i;
const untilTomorrow = new RegExp(`^(?:(.*?) )?(?:(?:un)?till? )?tomorrow(?: ${time})?$`, 'i');
const untilTime = new RegExp(`^(?:(.*?) )?(?:un)?till? (?:today )?${time}$`, 'i');
const untilWeekday = new RegExp(
  `^(?:(.*?) )?(?:un)?till? (sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?(?: ${time})?$`,
  'i',
);
const untilDay = new RegExp(String.raw`^(?:(.*?) )?(?:un)?till? (\d{4}-\d{2}-\d{2})(?:[ t]${time})?$`, 'i');
const untilWhatever = /^(?:(.*?) )?((?:un)?till?(?: .*)?)$/i;

/**
 * Reads `orders_daily 2h`, `orders_daily until 18:00`, `… until 6pm`, `… tomorrow`, `… until mon 09:00`, `… until 2026-11-27 12:00`. A time that
 * is over for today is tomorrow's. Never throws.
 */
export function readMute(typed: string, asker: MuteAsker): MuteWish | MuteFlaw {
  const text = typed.trim().replace(/\s+/g, ' ').slice(0, 300);
  const { name = '', until, word } = whenIn(text, { ...asker, timeZone: zoneOf(asker.timeZone) });
  if (name === '') return { flaw: 'no-name', word: text };
  if (!until || (word === '' && asker.mustSayWhen)) return { flaw: 'no-time', word };
  const lastsMs = until.getTime() - asker.now.getTime();
  if (lastsMs <= 0) return { flaw: 'past', word };
  if (lastsMs > longestMuteMinutes * 60_000) return { flaw: 'too-long', word };
  return { name: bare(name), until };
}

function whenIn(text: string, asker: MuteAsker): { name?: string; until?: Date; word: string } {
  const { now, timeZone, morning } = asker;
  const today = new TZDate(now, timeZone);
  const said = (name: string | undefined) => text.slice(name?.length ?? 0).trim();
  const at = (name: string | undefined, day: TZDate, wall: string | undefined) => ({
    name,
    until: wall === undefined ? undefined : atWallTime(day, wall),
    word: said(name),
  });

  const long = forLong.exec(text);
  if (long) {
    const minutes = Number(long[2]) * (unitMinutes[long[3]?.[0]?.toLowerCase() ?? ''] ?? 0);
    return { name: long[1], until: new Date(now.getTime() + minutes * 60_000), word: said(long[1]) };
  }
  const tomorrow = untilTomorrow.exec(text);
  if (tomorrow) return at(tomorrow[1], addDays(today, 1), wallTime(tomorrow.slice(2)) ?? morning);
  const clock = untilTime.exec(text);
  if (clock) {
    const found = at(clock[1], today, wallTime(clock.slice(2)));
    return found.until && found.until <= now ? at(clock[1], addDays(today, 1), wallTime(clock.slice(2))) : found;
  }
  const weekday = untilWeekday.exec(text);
  if (weekday) {
    const wanted = weekdays.indexOf(weekday[2]?.slice(0, 3).toLowerCase() ?? '');
    const ahead = (wanted - today.getDay() + 7) % 7 || 7;
    return at(weekday[1], addDays(today, ahead), wallTime(weekday.slice(3)) ?? morning);
  }
  const day = untilDay.exec(text);
  if (day) {
    const [year = 0, month = 0, date = 0] = day[2]?.split('-').map(Number) ?? [];
    const found = new TZDate(year, month - 1, date, 12, timeZone);
    const isDay = format(found, 'yyyy-MM-dd') === day[2];
    return isDay ? at(day[1], found, wallTime(day.slice(3)) ?? morning) : { name: day[1], word: said(day[1]) };
  }
  const whatever = untilWhatever.exec(text);
  if (whatever) return { name: whatever[1] ?? '', word: whatever[2] ?? '' };
  return { name: text, until: new Date(now.getTime() + usualMuteMinutes * 60_000), word: '' };
}

/** `HH:mm` of hours, minutes, am or pm; nothing where none is said or there is no such time. */
function wallTime([hours, minutes, half]: (string | undefined)[]): string | undefined {
  if (hours === undefined) return undefined;
  const isHalf = half !== undefined;
  const hour = Number(hours);
  if (hour > (isHalf ? 12 : 23) || (isHalf && hour === 0) || Number(minutes ?? 0) > 59) return undefined;
  const of24 = isHalf ? (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : hour;
  return `${String(of24).padStart(2, '0')}:${minutes ?? '00'}`;
}

const zoneOf = (timeZone: string): string => (isTimeZone(timeZone) ? timeZone : 'UTC');

/** Phones put curly quotes round names. */
function bare(name: string): string {
  return name.replace(/^["'“”‘’„`]+|["'“”‘’„`]+$/g, '').trim();
}

/** What came of a wish to mute or to end a mute; told to the person alone. */
export type MuteAnswer =
  | {
      kind: 'muted';
      name: string;
      key: string;
      until: Date;
      /** Open alerts of it in this channel. */
      alerts: number;
      /** It was muted already, until then. */
      before?: { by: string; until: Date };
    }
  | { kind: 'unmuted'; name: string; key: string }
  | { kind: 'not-muted'; asked: string; have: string[] }
  | { kind: 'unclear'; command: 'mute' | 'unmute'; flaw: MuteFlaw }
  | { kind: 'unknown-pipeline'; command: 'mute' | 'unmute'; asked: string; rest: string; didYouMean: string[] }
  | { kind: 'several'; command: 'mute' | 'unmute'; rest: string; names: string[] }
  | { kind: 'no-channel' };
