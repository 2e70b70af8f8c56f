import { z } from 'zod';
import { type Settings, weekdays } from '../domain/settings';
import { inForceFrom, type Schedule, type Timetable } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Db, Queryable } from '../store/db';
import * as requestRows from '../store/request-rows';

const Stored = z.object({
  timeZone: z.string(),
  workingHours: z.object({ days: z.array(z.enum(weekdays)), from: z.string(), to: z.string() }),
  holidays: z.array(
    z.union([z.string(), z.object({ day: z.string(), from: z.string().optional(), to: z.string().optional() })]),
  ),
});

/** Working hours as they were and are: what is measured over a change of them is measured by those of each day. */
export function createTimetable({ db, clock, settings }: { db: Db; clock: Clock; settings(): Settings }) {
  const present = (): Schedule => {
    const { timeZone, workingHours, holidays } = settings().workspace;
    return { timeZone, workingHours, holidays };
  };

  async function read(from: Queryable): Promise<Timetable> {
    const [first, ...others] = (await requestRows.schedules(from)).flatMap(({ since, schedule }) => {
      const known = Stored.safeParse(schedule).data;
      return known ? [{ since, schedule: known }] : [];
    });
    return first ? [first, ...others] : [{ since: new Date(0), schedule: present() }];
  }

  return {
    read,
    /** Notes a schedule that has become another one; it counts from the next day on. */
    async keep(): Promise<void> {
      const now = present();
      const kept = await requestRows.schedules(db);
      const last = kept.at(-1);
      if (!last) return requestRows.addSchedule(db, new Date(0), now);
      const known = Stored.safeParse(last.schedule).data;
      if (JSON.stringify(known) === JSON.stringify(Stored.parse(now))) return;
      await requestRows.addSchedule(db, inForceFrom(clock.now(), now), now);
    },
  };
}
