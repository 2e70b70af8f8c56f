import { readMute } from '../../src/domain/mute';

/** Wednesday, 10:00 in Berlin. */
const asker = { now: new Date('2026-11-25T09:00:00Z'), timeZone: 'Europe/Berlin', morning: '09:00' };

describe('what is typed after mute', () => {
  it.each([
    ['orders_daily', 'orders_daily', '2026-11-25T12:00'],
    ['orders_daily 2h', 'orders_daily', '2026-11-25T12:00'],
    ['orders_daily for 90 minutes', 'orders_daily', '2026-11-25T11:30'],
    ['orders_daily 45m', 'orders_daily', '2026-11-25T10:45'],
    ['orders_daily 3 days', 'orders_daily', '2026-11-28T10:00'],
    ['orders_daily until 18:00', 'orders_daily', '2026-11-25T18:00'],
    ['orders_daily till 6pm', 'orders_daily', '2026-11-25T18:00'],
    ['orders_daily until 18', 'orders_daily', '2026-11-25T18:00'],
    ['orders_daily until today 18:00', 'orders_daily', '2026-11-25T18:00'],
    ['orders_daily until 12 am', 'orders_daily', '2026-11-26T00:00'],
    ['orders_daily until 09:30', 'orders_daily', '2026-11-26T09:30'],
    ['orders_daily tomorrow', 'orders_daily', '2026-11-26T09:00'],
    ['orders_daily until tomorrow at 12:15', 'orders_daily', '2026-11-26T12:15'],
    ['orders_daily until mon', 'orders_daily', '2026-11-30T09:00'],
    ['orders_daily until Wednesday 08:00', 'orders_daily', '2026-12-02T08:00'],
    ['orders_daily until 2026-11-27 12:00', 'orders_daily', '2026-11-27T12:00'],
    ['Daily orders until 18:00', 'Daily orders', '2026-11-25T18:00'],
    ['“Daily orders” 1h', 'Daily orders', '2026-11-25T11:00'],
  ])('"%s" is %s until %s in Berlin', (typed, name, until) => {
    expect(readMute(typed, asker)).toEqual({ name, until: new Date(`${until}:00+01:00`) });
  });

  it.each([
    ['', 'no-name', ''],
    ['2h', 'no-name', '2h'],
    ['until 18:00', 'no-name', 'until 18:00'],
    ['orders_daily until', 'no-time', 'until'],
    ['orders_daily until noon', 'no-time', 'until noon'],
    ['orders_daily until 25:00', 'no-time', 'until 25:00'],
    ['orders_daily until 2026-02-30', 'no-time', 'until 2026-02-30'],
    ['orders_daily until 2026-11-01', 'past', 'until 2026-11-01'],
    ['orders_daily 0h', 'past', '0h'],
    ['orders_daily 8 days', 'too-long', '8 days'],
    ['orders_daily until 2027-11-01', 'too-long', 'until 2027-11-01'],
  ])('"%s" is refused: %s', (typed, flaw, word) => {
    expect(readMute(typed, asker)).toEqual({ flaw, word });
  });

  it('means the wall clock of the person, and UTC where their zone is unknown', () => {
    const until = (timeZone: string) => {
      const wish = readMute('orders_daily until 18:00', { ...asker, timeZone });
      return 'until' in wish && wish.until.toISOString();
    };
    expect(until('America/New_York')).toBe('2026-11-25T23:00:00.000Z');
    expect(until('Mars/Olympus')).toBe('2026-11-25T18:00:00.000Z');
  });

  it('keeps to the wall clock over a change of the clock', () => {
    const spring = { ...asker, now: new Date('2026-03-28T09:00:00Z') };
    expect(readMute('orders_daily tomorrow', spring)).toMatchObject({ until: new Date('2026-03-29T07:00:00Z') });
  });
});
