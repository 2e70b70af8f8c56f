import { createEmptyDatabase, type TestDatabase } from '../support/database';

describe('openDb', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  it('gives whole numbers as numbers, instants as dates and days as text', async () => {
    const rows = await database.db.query(
      `select count(*) as n, array[1::int8, null] as many, '2026-11-25T10:00:00+01'::timestamptz as at, '2026-11-25'::date as day`,
    );
    expect(rows).toEqual([{ n: 1, many: [1, null], at: new Date('2026-11-25T09:00:00Z'), day: '2026-11-25' }]);
  });
});
