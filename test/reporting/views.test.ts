import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitions } from '../../src/domain/figures/definitions';
import { createTestDatabase, type TestDatabase } from '../support/database';

const read = (...path: string[]) => readFileSync(join(__dirname, '..', '..', ...path), 'utf8');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('has every view that a definition names and the papers list', async () => {
  const views = await database.db.query<{ name: string }>(
    `select table_name as name from information_schema.views where table_name like 'figures_%' order by 1`,
  );
  const there = views.map(({ name }) => name);
  const named = Object.values(definitions).flatMap(({ from }) => from.split(', '));
  const known = [...there, 'eligible_people', 'catalogue'];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
  const listed = [...read('docs', 'figures.md').matchAll(/^\| `(figures_\w+)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(there);
});

it('has in its papers every column of every view, and no other', async () => {
  const columns = await database.db.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns where table_name like 'figures\\_%'`,
  );
  const [, table = ''] = read('docs', 'figures.md').split('| Column | In | Holds |');
  const lines = table.slice(0, table.indexOf('\n\n')).matchAll(/^\| (`.*?`) \| (`.*?`) \| (.+) \|$/gm);
  const told = [...lines].flatMap(([, own = '', views = '']) => {
    const names = (list: string) => [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    return names(views).flatMap((view) => names(own).map((column) => `${view}.${column}`));
  });
  expect(told.sort()).toEqual(columns.map(({ name }) => name).sort());
});
