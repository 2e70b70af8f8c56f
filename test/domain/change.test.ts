import { asOfNow, type Change, changedBefore, changedUpstream, sayVersions } from '../../src/domain/change';

const failedAt = new Date('2026-11-25T09:00:00Z');
const before = (minutes: number) => new Date(failedAt.getTime() - minutes * 60_000);
const change = (minutes: number, differs: Partial<Change> = {}): Change => ({
  pipeline: { connection: 'prod', key: 'orders_daily' },
  kind: 'deployed',
  version: `at-${minutes}`,
  at: before(minutes),
  ...differs,
});
const day = 24 * 60;

interface Case {
  title: string;
  changes: Change[];
  /** Minutes before the failure at which the last good run began. */
  good?: number;
  says?: string;
  more?: number;
}

describe('the way back', () => {
  const found = changedBefore(
    [change(14, { kind: 'activated', version: '12' }), change(90, { kind: 'activated', version: '11' })],
    {
      failedAt,
      lastGoodStartedAt: before(day),
    },
  );
  const since = (version: string, kind: Change['kind'] = 'activated') => [change(-30, { kind, version })];

  it.each<{ title: string; later: Change[]; back: string | undefined }>([
    { title: 'is there while the version is in force', later: [], back: '11' },
    { title: 'is there when the same is put in force again', later: since('12'), back: '11' },
    { title: 'is there when another was pushed only', later: since('13', 'version'), back: '11' },
    { title: 'is gone when it was rolled back', later: since('11'), back: undefined },
    { title: 'is gone when another was deployed', later: since('13', 'deployed'), back: undefined },
  ])('$title', ({ later, back }) => {
    expect(found && asOfNow(found, later).back).toBe(back);
    expect(found && asOfNow(found, later).change.version).toBe('12');
  });
});

describe('what changed upstream', () => {
  it('is the newest of what feeds it, with whose it is, without a way back, and counts the others', () => {
    const of = (key: string, minutes: number) => ({
      change: change(minutes, { pipeline: { connection: 'prod', key } }),
      beforeMs: minutes * 60_000,
      more: 1,
      back: '3',
    });
    expect(changedUpstream([of('raw', 40), of('stage', 20)])).toEqual({
      change: of('stage', 20).change,
      beforeMs: 1_200_000,
      more: 3,
      upstream: 'stage',
    });
    expect(changedUpstream([])).toBeUndefined();
  });
});

describe('what changed before it broke', () => {
  it.each<Case>([
    { title: 'is nothing where nothing changed', changes: [], good: day },
    { title: 'is what changed since the last good run', changes: [change(14)], good: day, says: 'at-14', more: 0 },
    { title: 'is nothing that the last good run had already', changes: [change(day + 1)], good: day },
    { title: 'is not what was put in force when it began', changes: [change(day)], good: day },
    { title: 'is nothing that came after the failure', changes: [change(-1)], good: day },
    { title: 'may have come at the moment of the failure', changes: [change(0)], good: day, says: 'at-0', more: 0 },
    {
      title: 'is the newest of several, whatever their order',
      changes: [change(50), change(14), change(30)],
      good: day,
      says: 'at-14',
      more: 2,
    },
    { title: 'goes back a day where no good run is known', changes: [change(day - 1)], says: `at-${day - 1}`, more: 0 },
    { title: 'goes back no further then', changes: [change(day + 1)] },
    { title: 'goes back a week at most', changes: [change(7 * day)], good: 30 * day },
    {
      title: 'counts a push and its activation once',
      changes: [
        change(20, { kind: 'version', version: '12' }),
        change(14, { kind: 'activated', version: '12' }),
        change(90, { kind: 'version', version: '11' }),
      ],
      good: day,
      says: '12',
      more: 1,
    },
    {
      title: 'is a change of settings too',
      changes: [change(5, { kind: 'settings', version: undefined, note: 'more memory' })],
      good: day,
      says: 'more memory',
      more: 0,
    },
  ])('$title', ({ changes, good, says, more }) => {
    const found = changedBefore(changes, {
      failedAt,
      lastGoodStartedAt: good === undefined ? undefined : before(good),
    });
    expect(found && (found.change.version ?? found.change.note)).toBe(says);
    expect(found?.more).toBe(more);
  });
});

describe('the way back from what changed before it broke', () => {
  const pushed = (minutes: number, version: string) => change(minutes, { kind: 'version', version });
  const activated = (minutes: number, version: string) => change(minutes, { kind: 'activated', version });
  it.each<{ title: string; changes: Change[]; back?: string }>([
    {
      title: 'leads to the version that was in force before, not to one that was only pushed',
      changes: [activated(9 * day, '10'), pushed(8 * day, '11'), pushed(20, '12'), activated(14, '12')],
      back: '10',
    },
    {
      title: 'leads to the one pushed before, where nothing older was seen to be put in force',
      changes: [pushed(2 * day, '11'), pushed(20, '12'), activated(14, '12')],
      back: '11',
    },
    { title: 'is not known of a first version', changes: [pushed(20, '12'), activated(14, '12')] },
    { title: 'is not offered for a push that is not in force', changes: [activated(2 * day, '11'), pushed(20, '12')] },
    {
      title: 'is not offered for settings',
      changes: [activated(2 * day, '11'), change(5, { kind: 'settings', version: undefined })],
    },
  ])('$title', ({ changes, back }) => {
    expect(changedBefore(changes, { failedAt, lastGoodStartedAt: before(day) })?.back).toBe(back);
  });
});

describe('what putting a version in force would change', () => {
  const push = (version: string, minutes: number, active = false) =>
    change(minutes, { kind: 'version', version, by: 'dana', active });
  const told = [push('13', 10), push('12', 20, true), push('11', 60), push('10', 90)];

  it.each([
    {
      title: 'names what is taken back, and how to undo it',
      wanted: '10',
      says: [
        'In force now is version 12.',
        'Takes back version 12 (dana, 2026-11-25), version 11 (dana, 2026-11-25).',
        'To undo it, redeploy version 12.',
      ],
    },
    {
      title: 'names what a newer one brings',
      wanted: '13',
      says: [
        'In force now is version 12.',
        'Brings version 13 (dana, 2026-11-25).',
        'To undo it, redeploy version 12.',
      ],
    },
    {
      title: 'says what is in force where the wished one is not known',
      wanted: '99',
      says: ['In force now is version 12.', 'To undo it, redeploy version 12.'],
    },
    { title: 'is nothing where it is in force', wanted: '12', says: [] },
  ])('$title', ({ wanted, says }) => expect(sayVersions(told, wanted)).toEqual(says));
});
