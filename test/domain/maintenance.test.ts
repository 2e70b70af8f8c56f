import { type MaintenanceSettings, windowAt } from '../../src/domain/maintenance';
import type { Pipeline } from '../../src/domain/pipeline';
import { SettingsFile } from '../../src/domain/settings';
import fc, { tries } from '../support/fast-check';

const orders: Pipeline = { connection: 'prod', key: 'orders_daily', facts: { tags: ['tier1'] } };
const crm: Pipeline = { connection: 'prod', key: 'crm_sync', facts: {} };

function settings(
  maintenance: Record<string, unknown>[],
  freezes: Record<string, unknown>[] = [],
  timeZone = 'Europe/Berlin',
): MaintenanceSettings {
  return SettingsFile.parse({ workspace: { timeZone }, noise: { maintenance }, policies: { freezes } });
}

const once = { name: 'move', from: '2026-11-25T10:00', to: '2026-11-25T12:00' };
const saturdays = { name: 'saturday', every: ['sat'], from: '22:00', to: '04:00' };

describe('windowAt', () => {
  it.each([
    { title: 'before it begins', at: '2026-11-25T08:59:59Z', of: [once], until: undefined },
    { title: 'at its first moment', at: '2026-11-25T09:00:00Z', of: [once], until: '2026-11-25T11:00:00.000Z' },
    { title: 'at its end', at: '2026-11-25T11:00:00Z', of: [once], until: undefined },
    {
      title: 'for a pattern that fits',
      at: '2026-11-25T10:00:00Z',
      of: [{ ...once, match: { pipeline: 'orders_*' } }],
      until: '2026-11-25T11:00:00.000Z',
    },
    {
      title: 'for a pattern with the connection',
      at: '2026-11-25T10:00:00Z',
      of: [{ ...once, match: { pipeline: 'prod/*', tags: ['tier1'] } }],
      until: '2026-11-25T11:00:00.000Z',
    },
    { title: 'for another pattern', at: '2026-11-25T10:00:00Z', of: [{ ...once, match: { pipeline: 'crm_*' } }] },
    { title: 'for a tag that is missing', at: '2026-11-25T10:00:00Z', of: [{ ...once, match: { tags: ['x'] } }] },
    { title: 'weekly, in the evening', at: '2026-11-28T21:30:00Z', of: [saturdays], until: '2026-11-29T03:00:00.000Z' },
    { title: 'weekly, after midnight', at: '2026-11-29T02:59:00Z', of: [saturdays], until: '2026-11-29T03:00:00.000Z' },
    { title: 'weekly, on the evening after', at: '2026-11-29T21:30:00Z', of: [saturdays] },
    {
      title: 'in a night in which the clock is put back: an hour longer',
      at: '2026-10-24T20:30:00Z',
      of: [saturdays],
      until: '2026-10-25T03:00:00.000Z',
    },
    {
      title: 'in a night in which the clock is put forward: an hour shorter',
      at: '2026-03-28T21:30:00Z',
      of: [saturdays],
      until: '2026-03-29T02:00:00.000Z',
    },
    {
      title: 'that ends at a time which the clock skips',
      at: '2026-03-29T00:59:00Z',
      of: [{ name: 'night', every: ['sun'], from: '01:00', to: '02:30' }],
      until: '2026-03-29T01:30:00.000Z',
    },
    {
      title: 'that meets the next one: to the end of both',
      at: '2026-11-25T10:00:00Z',
      of: [once, { name: 'more', from: '2026-11-25T12:00', to: '2026-11-25T15:00' }],
      until: '2026-11-25T14:00:00.000Z',
    },
    {
      title: 'every day, all day: it ends some day all the same',
      at: '2026-11-25T10:00:00Z',
      of: [
        { name: 'day', every: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '12:00' },
        { name: 'night', every: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '12:00', to: '00:00' },
      ],
      until: '2027-01-14T11:00:00.000Z',
    },
  ])('tells of a window $title', ({ at, of, until }) => {
    expect(windowAt(orders, new Date(at), settings(of))?.until.toISOString()).toBe(until);
  });

  it('takes a freeze for a window of the pipelines that have its tags', () => {
    const freeze = { name: 'year end', from: '2026-12-20T00:00', to: '2027-01-02T00:00', tags: ['tier1'] };
    const at = new Date('2026-12-24T12:00:00Z');
    expect(windowAt(orders, at, settings([], [freeze]))).toEqual({
      name: 'year end',
      from: new Date('2026-12-19T23:00:00Z'),
      until: new Date('2027-01-01T23:00:00Z'),
    });
    expect(windowAt(crm, at, settings([], [freeze]))).toBeUndefined();
  });

  it('never silences what Pitcrew watches itself', () => {
    const own = { connection: 'pitcrew', key: 'prod (polling)', facts: {} };
    expect(windowAt(own, new Date('2026-11-25T10:00:00Z'), settings([once]))).toBeUndefined();
  });

  it('does not depend on the order of the settings, and always ends later than now', () => {
    const hour = (n: number) =>
      `2026-11-${String(20 + Math.floor(n / 24)).padStart(2, '0')}T${String(n % 24).padStart(2, '0')}:00`;
    const window = fc
      .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 30 }))
      .map(([from, hours]) => ({ from: hour(from), to: hour(from + hours) }));
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 8 }),
        fc.integer({ min: 0, max: 230 }),
        fc.infiniteStream(fc.nat()),
        (some, n, dice) => {
          const named = some.map((each, index) => ({ ...each, name: `w${index}` }));
          const order = new Map(named.map(({ name }) => [name, dice.next().value ?? 0]));
          const shuffled = [...named].sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
          const at = new Date(`${hour(n)}:00Z`);
          const found = windowAt(orders, at, settings(named, [], 'UTC'));
          expect(windowAt(orders, at, settings(shuffled, [], 'UTC'))).toEqual(found);
          const isIn = (moment: Date) =>
            named.some(({ from, to }) => new Date(`${from}:00Z`) <= moment && moment < new Date(`${to}:00Z`));
          expect(found !== undefined).toBe(isIn(at));
          if (found)
            expect({ later: found.until > at, covered: isIn(found.until) }).toEqual({ later: true, covered: false });
        },
      ),
      { numRuns: tries(200) },
    );
  });
});

describe('noise.maintenance', () => {
  it.each([
    { entry: { name: 'x', from: '2026-11-25T10:00', to: '2026-11-25T10:00' }, say: /later than `from`/ },
    { entry: { name: 'x', from: '10:00', to: '12:00' }, say: /local time/ },
    { entry: { name: 'x', every: ['sat'], from: '2026-11-25T10:00', to: '12:00' }, say: /time of day/ },
    { entry: { name: 'x', every: ['sat'], from: '10:00', to: '10:00' }, say: /differ from `from`/ },
    { entry: { name: 'x', every: [], from: '10:00', to: '12:00' }, say: /./ },
  ])('refuses $entry', ({ entry, say }) => {
    const result = SettingsFile.safeParse({ noise: { maintenance: [entry] } });
    expect(result.error?.issues.map(({ message }) => message).join()).toMatch(say);
  });
});
