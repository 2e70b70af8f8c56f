import type { Pipeline } from '../../src/domain/pipeline';
import { type Filter, fitsFilter, readFilter, sayFilter } from '../../src/domain/subscription';

const settings = { teams: [{ name: 'orders' }] };
const daily: Pipeline = {
  connection: 'prod',
  key: 'orders_daily',
  facts: { title: 'Daily orders', owner: 'dana@shop.example', team: 'Orders', tags: ['Finance', 'gold'], tier: 1 },
};

describe('what is typed after subscribe', () => {
  it.each<{ typed: string; read: Filter; said?: string }>([
    { typed: 'orders_daily', read: { pattern: 'orders_daily' } },
    { typed: 'orders_*', read: { pattern: 'orders_*' } },
    { typed: 'prod/orders_?', read: { pattern: 'prod/orders_?' } },
    { typed: 'tag:finance', read: { pattern: '*', tags: ['finance'] }, said: '* tag:finance' },
    {
      typed: '  TIER:1 orders_*  tag:b owner:@Dana tag:A tag:b ',
      read: { pattern: 'orders_*', tags: ['a', 'b'], owner: 'dana', tier: 1 },
      said: 'orders_* tag:a tag:b owner:dana tier:1',
    },
    { typed: 'Daily orders', read: { pattern: 'Daily orders' } },
    { typed: 'shop:orders tier:2', read: { pattern: 'shop:orders', tier: 2 } },
  ])('"$typed" is read, and written so that it reads the same', ({ typed, read, said = typed }) => {
    expect(readFilter(typed)).toEqual(read);
    expect(sayFilter(read)).toBe(said);
    expect(readFilter(said)).toEqual(read);
  });

  it.each([
    { typed: '', flaw: { flaw: 'empty' } },
    { typed: '  ', flaw: { flaw: 'empty' } },
    { typed: 'orders_* severity:high', flaw: { flaw: 'unknown-filter', word: 'severity:high' } },
    { typed: 'orders_* tier:gold', flaw: { flaw: 'bad-value', word: 'tier:gold' } },
    { typed: 'orders_* tag:', flaw: { flaw: 'bad-value', word: 'tag:' } },
    { typed: 'owner:@', flaw: { flaw: 'bad-value', word: 'owner:@' } },
  ])('"$typed" is refused: $flaw.flaw', ({ typed, flaw }) => {
    expect(readFilter(typed)).toEqual(flaw);
  });
});

describe('a pipeline', () => {
  it.each([
    { typed: 'orders_daily', fits: true },
    { typed: 'ORDERS_*', fits: true },
    { typed: 'prod/*', fits: true },
    { typed: 'other/*', fits: false },
    { typed: 'orders', fits: false },
    { typed: 'daily *', fits: true },
    { typed: 'tag:finance', fits: true },
    { typed: 'tag:finance tag:gold', fits: true },
    { typed: 'tag:finance tag:silver', fits: false },
    { typed: 'owner:dana', fits: true },
    { typed: 'owner:dana@shop.example', fits: true },
    { typed: 'owner:@Orders', fits: true },
    { typed: 'owner:noah', fits: false },
    { typed: 'tier:1', fits: true },
    { typed: 'tier:2', fits: false },
    { typed: 'orders_* tag:finance owner:orders tier:1', fits: true },
    { typed: 'refunds_* tag:finance owner:orders tier:1', fits: false },
  ])('of team orders, tier 1, tagged finance and gold, fits "$typed": $fits', ({ typed, fits }) => {
    const filter = readFilter(typed);
    expect('flaw' in filter ? filter : fitsFilter(daily, filter, settings)).toBe(fits);
  });

  it.each(['tag:finance', 'owner:dana', 'tier:1'])('of which nothing is known does not fit "%s"', (typed) => {
    const filter = readFilter(typed);
    const stray = { connection: 'prod', key: 'stray', facts: {} };
    expect('flaw' in filter ? filter : fitsFilter(stray, filter, settings)).toBe(false);
  });

  it('is not what Pitcrew watches itself', () => {
    expect(fitsFilter({ connection: 'pitcrew', key: 'source ci', facts: {} }, { pattern: '*' }, settings)).toBe(false);
  });
});
