import type { Rest } from '../../src/domain/incident';
import { createMembership, keyTextOf } from '../../src/incidents/membership';
import type { StoredMember } from '../../src/store/incident-rows';

const nine = new Date('2026-11-25T09:00:00Z');
const at = (minutes: number): Date => new Date(nine.getTime() + minutes * 60_000);

function member(pipeline: string, facts: Partial<StoredMember> = {}): StoredMember {
  return {
    connection: 'prod',
    pipeline,
    partition: '',
    trouble: 'failed',
    state: 'failed',
    via: 'first',
    run: 'r1',
    attempt: 1,
    firstFailedAt: nine,
    lastFailedAt: nine,
    troubles: [nine],
    failures: 1,
    ...facts,
  };
}
const over = (pipeline: string, minutes: number, state: 'recovered' | 'skipped' = 'recovered') =>
  member(pipeline, { state, endedAt: at(minutes) });
const key = (pipeline: string) => keyTextOf({ connection: 'prod', pipeline });

describe('the members of an incident, of which an event is about one', () => {
  const members = [
    member('orders'),
    member('stock', { state: 'running' }),
    over('refunds', 5),
    over('returns', 3, 'skipped'),
  ];
  const unread: Rest = { count: 10, live: 4, recovered: 2, lastEndedAt: at(4) };

  it.each<{ title: string; rest?: Rest; but: string; counts: Rest }>([
    { title: 'counts the others', but: 'orders', counts: { count: 3, live: 1, recovered: 1, lastEndedAt: at(5) } },
    {
      title: 'counts those that were not read',
      rest: unread,
      but: 'orders',
      counts: { count: 13, live: 5, recovered: 3, lastEndedAt: at(5) },
    },
    {
      title: 'counts all for one that is no member yet',
      but: 'forecast',
      counts: { count: 4, live: 2, recovered: 1, lastEndedAt: at(5) },
    },
    {
      title: 'tells when another one ended, of the one that ended last',
      but: 'refunds',
      counts: { count: 3, live: 2, recovered: 0, lastEndedAt: at(3) },
    },
    {
      title: 'looks among those that were not read for the last end too',
      rest: unread,
      but: 'refunds',
      counts: { count: 13, live: 6, recovered: 2, lastEndedAt: at(4) },
    },
  ])('$title', ({ rest, but, counts }) => {
    expect(createMembership(members, rest).butFor(key(but))).toEqual(counts);
  });

  it('keeps count as members come, end and fail again', () => {
    const membership = createMembership([member('orders')], undefined);
    membership.put(over('stock', 8));
    membership.put(over('orders', 9));
    expect(membership.butFor(key('stock'))).toEqual({ count: 1, live: 0, recovered: 1, lastEndedAt: at(9) });
    membership.put(member('orders'));
    expect(membership.butFor(key('forecast'))).toEqual({ count: 2, live: 1, recovered: 1, lastEndedAt: at(8) });
    expect(membership.of(key('orders'))?.state).toBe('failed');
  });

  it('knows an incident without members', () => {
    expect(createMembership([], undefined).butFor(key('orders'))).toEqual({ count: 0, live: 0, recovered: 0 });
  });
});
