import { layOutCatalogue } from '../../src/domain/catalogue';
import type { CatalogueEntry } from '../../src/domain/settings';

const lay = (catalogue: CatalogueEntry[], connections = ['prod']) =>
  layOutCatalogue({ catalogue, orchestrators: connections.map((name) => ({ name })) });

describe('layOutCatalogue', () => {
  it('prefers the entry that names the connection', () => {
    const catalogue = lay([
      { pipeline: 'orders', title: 'Orders' },
      { pipeline: 'orders', orchestrator: 'test', title: 'Orders (test)' },
    ]);
    expect(catalogue.factsOf({ connection: 'prod', key: 'orders' })).toEqual({ title: 'Orders' });
    expect(catalogue.factsOf({ connection: 'test', key: 'orders' })).toEqual({ title: 'Orders (test)' });
    expect(catalogue.factsOf({ connection: 'prod', key: 'billing' })).toBeUndefined();
  });

  it.each([
    { title: 'on the only connection', connections: ['prod'], connection: 'prod' },
    { title: 'on `default` where there are several', connections: ['prod', 'test'], connection: 'default' },
    { title: 'on `default` where there is none', connections: [], connection: 'default' },
  ])('places an entry that was never seen $title', ({ connections, connection }) => {
    const catalogue = lay([{ pipeline: 'orders', team: 'orders' }], connections);
    expect(catalogue.unseen([])).toEqual([{ connection, key: 'orders', facts: { team: 'orders' } }]);
  });

  it('takes an entry without a connection as seen wherever its key is', () => {
    const catalogue = lay([{ pipeline: 'orders' }, { pipeline: 'billing', orchestrator: 'prod' }], ['prod', 'test']);
    expect(
      catalogue.unseen([
        { connection: 'test', key: 'orders' },
        { connection: 'test', key: 'billing' },
      ]),
    ).toEqual([{ connection: 'prod', key: 'billing', facts: {} }]);
  });
});
