import { type BackfillAnswer, readBackfillForm, renderBackfillForm } from '../../src/slack/backfill-form';
import { textsOf } from '../../src/slack/message';

const found: BackfillAnswer = {
  kind: 'found',
  pipeline: { connection: 'prod', key: 'orders_daily' },
  label: 'orders_daily',
  schedule: '30 4 * * *',
  timeZone: 'Europe/Berlin',
  today: '2026-11-25',
  example: '20261124',
};
const at = { place: { channel: 'C1' }, command: '/pipeline' };
const text = (answer: BackfillAnswer, more: object = {}) =>
  textsOf([renderBackfillForm(answer, { ...at, ...more }) as never]).join('\n');

describe('the form of a backfill', () => {
  it('says the schedule, whose days they are, and how partitions are written', () => {
    expect(text(found)).toMatch(/30 4 \* \* \*/);
    expect(text(found)).toMatch(/Its days are those of Europe\/Berlin, where it is 2026-11-25 now/);
    expect(text(found)).toMatch(/such as 20261124/);
    expect(text({ ...found, schedule: undefined })).toMatch(/no schedule that I know: one partition a day/);
  });

  it('begins with the last seven days, or with those that were typed', () => {
    const dates = (more: object = {}) =>
      JSON.stringify(renderBackfillForm(found, { ...at, ...more })).match(/"initial_date":"([^"]+)"/g);
    expect(dates()).toEqual(['"initial_date":"2026-11-18"', '"initial_date":"2026-11-24"']);
    expect(dates({ days: { from: '2026-11-01', to: '2026-11-05' } })).toEqual([
      '"initial_date":"2026-11-01"',
      '"initial_date":"2026-11-05"',
    ]);
    expect(text(found, { unread: 'the day after' })).toMatch(/could not read .*the day after.* as days/);
  });

  it.each<{ title: string; answer: BackfillAnswer; says: RegExp }>([
    { title: 'without a name', answer: { kind: 'none', asked: '', didYouMean: [] }, says: /Which pipeline\?.*status/ },
    {
      title: 'a name that nobody knows',
      answer: { kind: 'none', asked: 'order', didYouMean: ['orders_daily'] },
      says: /no pipeline named .*order.*backfill orders_daily/,
    },
    {
      title: 'a name that is known twice',
      answer: { kind: 'several', asked: 'orders', names: ['a/orders', 'b/orders'] },
      says: /Which one.*backfill a\/orders/,
    },
    {
      title: 'an orchestrator that cannot',
      answer: { kind: 'not-able', label: 'orders', connection: 'old', why: 'It knows no days. Start it there.' },
      says: /runs in old, which I cannot ask for a backfill. It knows no days. Start it there/,
    },
  ])('says what to do next for $title, and can only be closed', ({ answer, says }) => {
    expect(text(answer)).toMatch(says);
    expect(renderBackfillForm(answer, at).submit).toBeUndefined();
  });
});

describe('what was filled in', () => {
  const days = { from: '2026-11-01', to: '2026-11-05', mode: 'missing', order: 'newest-first' };
  it('is read with its defaults', () => {
    expect(readBackfillForm(days)).toEqual({
      ok: true,
      value: {
        which: { from: '2026-11-01', to: '2026-11-05' },
        mode: 'missing',
        order: 'newest-first',
        dependents: false,
      },
    });
    expect(
      readBackfillForm({ partitions: 'a\nb, c\n', dependents: 'dependents', parameters: 'x=1\ny = true\nz="2"\n' }),
    ).toEqual({
      ok: true,
      value: {
        which: { partitions: ['a', 'b', 'c'] },
        mode: 'missing-or-failed',
        order: 'oldest-first',
        dependents: true,
        parameters: { x: 1, y: true, z: '2' },
      },
    });
  });

  it.each<{ title: string; filled: Record<string, string>; errors: Record<string, unknown> }>([
    { title: 'no day', filled: {}, errors: { from: /first day/, to: /last day/ } },
    { title: 'an end before the beginning', filled: { ...days, to: '2026-10-01' }, errors: { to: /before the first/ } },
    { title: 'a parameter without a value', filled: { ...days, parameters: 'fast' }, errors: { parameters: /"fast"/ } },
    { title: 'a parameter twice', filled: { ...days, parameters: 'a=1\na=2' }, errors: { parameters: /twice/ } },
  ])('is told under its field: $title', ({ filled, errors }) => {
    const read = readBackfillForm(filled);
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(Object.keys(read.errors)).toEqual(Object.keys(errors));
    for (const [name, says] of Object.entries(errors)) expect(read.errors[name]).toMatch(says as RegExp);
  });
});
