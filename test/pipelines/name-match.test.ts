import type { Pipeline } from '../../src/domain/pipeline';
import { matchName } from '../../src/pipelines/name-match';

const pipeline = (key: string, title?: string, connection = 'prod'): Pipeline => ({
  connection,
  key,
  facts: { title },
});
const all = [
  pipeline('orders_daily', 'Daily orders'),
  pipeline('orders_hourly'),
  pipeline('billing_monthly', 'Invoices'),
  pipeline('billing_monthly', 'Invoices of the trial', 'test'),
  pipeline('web_sessions'),
];

describe('matchName', () => {
  it.each([
    { asked: 'orders_daily', found: ['prod/orders_daily'], title: 'by key' },
    { asked: 'ORDERS_DAILY', found: ['prod/orders_daily'], title: 'by key in other capitals' },
    { asked: ' `daily ORDERS`? ', found: ['prod/orders_daily'], title: 'by title, as people type it' },
    { asked: 'billing_monthly', found: ['prod/billing_monthly', 'test/billing_monthly'], title: 'in both connections' },
    { asked: 'test/billing_monthly', found: ['test/billing_monthly'], title: 'in the connection that is named' },
    { asked: 'Invoices', found: ['prod/billing_monthly'], title: 'by a title although another one begins with it' },
    { asked: 'web', found: ['prod/web_sessions'], title: 'by a beginning that only one has' },
    { asked: 'hourly', found: ['prod/orders_hourly'], title: 'by a part that only one has' },
  ])('finds $asked $title', ({ asked, found }) => {
    const match = matchName(asked, all);
    expect(match.found.map(({ connection, key }) => `${connection}/${key}`)).toEqual(found);
    expect(match.didYouMean).toEqual([]);
  });

  it.each([
    { asked: 'orders_dialy', suggests: ['Daily orders'], title: 'for letters swapped' },
    { asked: 'sessions web', suggests: ['web_sessions'], title: 'for words in another order' },
    { asked: 'orders', suggests: ['Daily orders', 'orders_hourly'], title: 'where several begin alike' },
    { asked: 'xylophone', suggests: [], title: 'for a word that nothing is like' },
    { asked: '', suggests: [], title: 'for nothing' },
  ])('suggests $suggests $title', ({ asked, suggests }) => {
    const match = matchName(asked, all);
    expect(match.found).toEqual([]);
    if (suggests[0] === undefined) expect(match.didYouMean).toEqual([]);
    else expect(match.didYouMean.slice(0, suggests.length).sort()).toEqual([...suggests].sort());
  });

  it('suggests at most three', () => {
    const many = Array.from({ length: 20 }, (_, index) => pipeline(`load_${index}`));
    expect(matchName('load_x', many).didYouMean).toHaveLength(3);
  });
});
