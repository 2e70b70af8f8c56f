import { TZDate } from '@date-fns/tz';
import { addDays } from 'date-fns/addDays';
import { format } from 'date-fns/format';
import { type GoodRun, isExpectedOn, lagOfPartitions } from '../lateness';
import { atWallTime } from '../working-time';
import { type Share, share } from './share';

/** A pipeline with a deadline, and its good runs from 15 days before the week on. */
export interface Promised {
  timeZone: string;
  /** `HH:mm` in its zone. */
  deadline: string;
  schedule?: string;
  good: GoodRun[];
}

/**
 * Days of datasets that were ready by their deadline / days on which they were due. Days by the schedule, else by the weekdays on which
 * it ran lately. Where partitions follow no rule, what is missing cannot be told, and the dataset is in neither.
 */
export function freshness(datasets: readonly Promised[], week: { from: Date; to: Date }): Share {
  let due = 0;
  let ready = 0;
  for (const { timeZone, deadline, schedule, good } of datasets) {
    const lag = lagOfPartitions(good, timeZone);
    if (lag === 'unknown') continue;
    const first = new TZDate(week.from, timeZone);
    // The week of the organisation begins and ends within days of the dataset's own zone.
    for (let ahead = -1; ahead <= 8; ahead += 1) {
      const day = addDays(first, ahead);
      const at = atWallTime(day, deadline);
      const before = good.filter(({ endedAt }) => endedAt < atWallTime(day, '00:00'));
      if (at < week.from || at >= week.to || !isExpectedOn(day, { schedule, good: before, timeZone })) continue;
      due += 1;
      const since = atWallTime(addDays(day, -1), deadline);
      const wanted = lag === undefined ? undefined : format(addDays(day, -lag), 'yyyy-MM-dd');
      const isReady = good.some(
        ({ endedAt, partition }) => endedAt <= at && (wanted === undefined ? endedAt > since : partition === wanted),
      );
      if (isReady) ready += 1;
    }
  }
  return share(ready, due);
}
