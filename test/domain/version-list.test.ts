import type { Change } from '../../src/domain/change';
import { versionBefore, versionList } from '../../src/domain/version-list';

const change = (day: number, version: string | undefined, differs: Partial<Change> = {}): Change => ({
  pipeline: { connection: 'prod', key: 'orders_daily' },
  kind: 'version',
  version,
  at: new Date(Date.UTC(2026, 10, day)),
  ...differs,
});
const active = { active: true };
const activated = { kind: 'activated', active: true } as const;

describe('the version to go back to', () => {
  it.each<{ title: string; changes: Change[]; before?: string }>([
    {
      title: 'is the one pushed before that in force',
      changes: [change(1, '11'), change(2, '12', active)],
      before: '11',
    },
    {
      title: 'leaves out what was pushed and is not in force yet',
      changes: [change(3, '13'), change(2, '12', active), change(1, '11')],
      before: '11',
    },
    {
      title: 'is the one that was rolled back, where an older one was put in force again',
      changes: [change(4, '11', activated), change(2, '12'), change(1, '11', active)],
      before: '12',
    },
    { title: 'is not known of a first version', changes: [change(1, '11', active), change(2, '11', activated)] },
    {
      title: 'is the second newest where nobody says which is in force',
      changes: [change(1, '7'), change(2, '8')],
      before: '7',
    },
    { title: 'is not known where nothing is', changes: [] },
    {
      title: 'has nothing to do with settings',
      changes: [change(5, undefined, { kind: 'settings' }), change(1, '7', active)],
    },
  ])('$title', ({ changes, before }) => {
    expect(versionBefore(changes)).toBe(before);
  });
});

describe('the versions to choose from', () => {
  it('stand once each, the newest first, as they were pushed', () => {
    const list = versionList(
      [
        change(1, '11', { by: 'noah', note: 'first' }),
        change(9, '12', { ...activated, by: 'dana' }),
        change(2, '12', { by: 'priya', commit: 'a1b2c3' }),
        change(8, undefined, { kind: 'settings' }),
      ],
      100,
    );
    expect(list).toEqual({
      versions: [
        { version: '12', at: new Date(Date.UTC(2026, 10, 2)), by: 'priya', commit: 'a1b2c3' },
        { version: '11', at: new Date(Date.UTC(2026, 10, 1)), by: 'noah', note: 'first' },
      ],
      more: 0,
      inForce: '12',
      before: '11',
    });
  });

  it('keep room for the one in force and the one before, however old these are', () => {
    const many = Array.from({ length: 20 }, (_, nth) => change(nth + 1, `v${nth + 1}`, nth === 2 ? active : {}));
    const { versions, more, inForce, before } = versionList(many, 5);
    expect(versions.map(({ version }) => version)).toEqual(['v20', 'v19', 'v18', 'v3', 'v2']);
    expect({ more, inForce, before }).toEqual({ more: 15, inForce: 'v3', before: 'v2' });
  });
});
