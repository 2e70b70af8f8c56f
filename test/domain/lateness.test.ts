import { runsOnDay } from '../../src/domain/cron-days';
import { type GoodRun, judgeLateness, type Watched } from '../../src/domain/lateness';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A success on each of the days before 25 Nov 2026 (a Wednesday), started at 07:20 Berlin time, taking 20 minutes and a bit. */
function days(count: number, differs: (daysAgo: number) => Partial<GoodRun> | undefined = () => ({})): GoodRun[] {
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((daysAgo) => {
    const startedAt = new Date(Date.parse('2026-11-25T06:20:00Z') - daysAgo * dayMs);
    const endedAt = new Date(startedAt.getTime() + (20 + (daysAgo % 13)) * minuteMs);
    const other = differs(daysAgo);
    return other ? [{ startedAt, endedAt, partition: '', ...other }] : [];
  });
}
const watched = (differs: Partial<Watched> = {}): Watched => ({
  timeZone: 'Europe/Berlin',
  good: days(21),
  watchedSince: new Date('2026-10-01T00:00:00Z'),
  knownUntil: new Date('2027-01-01T00:00:00Z'),
  ...differs,
});
const at = (time: string, day = '2026-11-25') => new Date(`${day}T${time}:00+01:00`);
const today = (start: string, end: string, partition = ''): GoodRun => ({
  startedAt: at(start),
  endedAt: at(end),
  partition,
});
const isoDay = (daysAgo: number) =>
  new Date(Date.parse('2026-11-25T12:00:00Z') - daysAgo * dayMs).toISOString().slice(0, 10);
const weekend = (daysAgo: number) =>
  ['Sat', 'Sun'].includes(new Date(Date.parse('2026-11-25') - daysAgo * dayMs).toUTCString().slice(0, 3));

describe('a pipeline with a deadline', () => {
  it('is late from the deadline on, with when it is usually ready', () => {
    expect(judgeLateness(watched({ deadline: '08:00' }), at('08:00')).late).toEqual({
      day: '2026-11-25',
      say: 'not finished by 08:00; usually ready 07:45 (p95 07:51, n 21); not running now, takes about 25 min. Times in Europe/Berlin',
    });
  });

  it.each<{ title: string; differs?: Partial<Watched>; now?: Date; late: boolean }>([
    { title: 'before the deadline', now: at('07:59'), late: false },
    { title: 'all day long after it', now: at('23:59'), late: true },
    { title: 'on the next day before its deadline', now: at('00:01', '2026-11-26'), late: false },
    {
      title: 'with a success since the last one',
      differs: { good: [...days(21), today('07:30', '07:50')] },
      late: false,
    },
    { title: 'with a success that came late', differs: { good: [...days(21), today('08:30', '08:50')] }, late: false },
    { title: 'that was done before the last deadline only', differs: { good: days(21) }, late: true },
    { title: 'that has no history', differs: { good: [] }, late: true },
    { title: 'that we do not know for a whole day', differs: { watchedSince: at('08:01', '2026-11-24') }, late: false },
    { title: 'of which the news stop before the deadline', differs: { knownUntil: at('07:59') }, late: false },
    { title: 'on a day without a run by its schedule', differs: { schedule: '0 7 * * 1' }, late: false },
    { title: 'on a day with a run by its schedule', differs: { schedule: '0 7 * * mon-fri' }, late: true },
    {
      title: 'on Sunday, when it runs on weekdays',
      differs: { good: days(21, (ago) => (weekend(ago) ? undefined : {})) },
      now: at('09:00', '2026-11-22'),
      late: false,
    },
    { title: 'in its own zone', differs: { timeZone: 'America/New_York' }, late: false },
  ])('$title: late $late', ({ differs, now, late }) => {
    const judged = judgeLateness(watched({ deadline: '08:00', ...differs }), now ?? at('08:30'));
    expect(judged.late !== undefined).toBe(late);
  });

  it('is looked at again when it falls due next', () => {
    const done = watched({ deadline: '08:00', good: [...days(21), today('07:30', '07:50')] });
    expect(judgeLateness(done, at('07:55')).nextAt).toEqual(at('08:00'));
    expect(judgeLateness(done, at('08:01')).nextAt).toEqual(at('08:00', '2026-11-26'));
  });

  it('is looked at again soon while news of the time before it are awaited', () => {
    const waiting = watched({ deadline: '08:00', knownUntil: at('07:59') });
    expect(judgeLateness(waiting, at('08:00'))).toEqual({ nextAt: new Date('2026-11-25T08:00:10+01:00') });
  });

  it('keeps to the clock on the wall over its change', () => {
    const summer = watched({ deadline: '08:00', good: [] });
    expect(judgeLateness(summer, new Date('2026-10-25T06:59:00Z')).late).toBeUndefined();
    expect(judgeLateness(summer, new Date('2026-10-25T07:00:00Z')).late).toMatchObject({ day: '2026-10-25' });
  });
});

describe('when it will be ready', () => {
  it.each([
    { title: 'a run that is under way', running: '07:50', says: 'running since 07:50, probably ready about 08:15.' },
    { title: 'a run that takes long', running: '07:00', says: 'running since 07:00, longer than usual already.' },
  ])('is told from the median duration of $title', ({ running, says }) => {
    const { late } = judgeLateness(watched({ deadline: '08:00', running: { startedAt: at(running) } }), at('08:00'));
    expect(late?.say).toContain(says);
  });

  it('is left out without a history', () => {
    expect(judgeLateness(watched({ deadline: '08:00', good: [] }), at('08:00')).late?.say).toBe(
      'not finished by 08:00; not running now. Times in Europe/Berlin',
    );
  });
});

describe('a pipeline without a deadline', () => {
  it('is late well after its usual end: p95 and a quarter of an hour', () => {
    expect(judgeLateness(watched(), at('08:05')).late).toBeUndefined();
    expect(judgeLateness(watched(), at('08:05')).nextAt).toEqual(at('08:06'));
    expect(judgeLateness(watched(), at('08:06')).late).toMatchObject({
      day: '2026-11-25',
      say: expect.stringContaining('not finished by 08:06; usually ready 07:45 (p95 07:51, n 21)'),
    });
  });

  it.each<{ title: string; good: GoodRun[]; now?: Date; late: boolean }>([
    { title: 'known for eight days', good: days(8), late: true },
    { title: 'known for seven days', good: days(7), late: false },
    { title: 'that is done', good: [...days(21), today('07:20', '07:45')], late: false },
    {
      title: 'whose starts follow no habit',
      good: days(21, (ago) => ({
        startedAt: new Date(at('00:30').getTime() - ago * dayMs + (ago % 5) * 4 * 3_600_000),
      })),
      late: false,
    },
    {
      title: 'that runs every hour',
      good: Array.from({ length: 40 }, (_, hour) => ({
        startedAt: new Date(at('06:00').getTime() - hour * 3_600_000),
        endedAt: new Date(at('06:10').getTime() - hour * 3_600_000),
        partition: '',
      })),
      late: false,
    },
    {
      title: 'that does not run on Sundays',
      good: days(21, (ago) => (weekend(ago) ? undefined : {})),
      now: at('12:00', '2026-11-22'),
      late: false,
    },
    {
      title: 'whose partition is yesterday’s date',
      good: days(21, (ago) => ({ partition: isoDay(ago + 1) })),
      late: true,
    },
    { title: 'whose partitions are no dates', good: days(21, (ago) => ({ partition: `shard-${ago}` })), late: false },
  ])('$title: late $late', ({ good, now, late }) => {
    expect(judgeLateness(watched({ good }), now ?? at('10:00')).late !== undefined).toBe(late);
  });

  it('misses the partition that is wanting, whatever else has run meanwhile', () => {
    const good = days(21, (ago) => ({ partition: isoDay(ago + 1) }));
    const backfill = today('07:30', '07:50', '2026-01-01');
    expect(judgeLateness(watched({ good: [...good, backfill] }), at('10:00')).late).toMatchObject({
      partition: '2026-11-24',
    });
    const wanted = today('07:30', '07:50', '2026-11-24');
    expect(judgeLateness(watched({ good: [...good, wanted] }), at('10:00')).late).toBeUndefined();
  });

  it('that starts before midnight is late after it', () => {
    const good = days(21, (ago) => {
      const startedAt = new Date(at('23:30', '2026-11-25').getTime() - ago * dayMs);
      return { startedAt, endedAt: new Date(startedAt.getTime() + 40 * minuteMs) };
    });
    const missing = watched({ good: good.slice(1) });
    expect(judgeLateness(missing, at('00:20')).late).toBeUndefined();
    expect(judgeLateness(missing, at('00:25')).late).toMatchObject({ day: '2026-11-24' });
    expect(judgeLateness(watched({ good }), at('00:25')).late).toBeUndefined();
  });
});

describe('the days of a cron schedule', () => {
  // 25 Nov 2026, a Wednesday
  const day = { dayOfMonth: 25, month: 11, weekday: 3 };
  it.each([
    { schedule: '0 6 * * *', runs: true },
    { schedule: '0 6 * * 1-5', runs: true },
    { schedule: '0 6 * * MON,THU', runs: false },
    { schedule: '0 6 1 * *', runs: false },
    { schedule: '0 6 */5 * *', runs: false },
    { schedule: '0 6 5/10 * *', runs: true },
    { schedule: '0 6 1 * wed', runs: true },
    { schedule: '0 6 * dec *', runs: false },
    { schedule: '0 6 ? * *', runs: true },
    { schedule: '0 0 6 * * ?', runs: undefined },
    { schedule: '@daily', runs: undefined },
    { schedule: '0 6 * * often', runs: undefined },
  ])('$schedule runs then: $runs', ({ schedule, runs }) => {
    expect(runsOnDay(schedule, day)).toBe(runs);
  });

  it.each(['0', '7', 'sun', '5-7'])('know Sunday as %s', (name) => {
    expect(runsOnDay(`0 6 * * ${name}`, { dayOfMonth: 29, month: 11, weekday: 0 })).toBe(true);
  });
});
