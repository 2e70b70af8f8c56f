import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '../../src/lib/logger';
import {
  findPending,
  type Migration,
  migrate,
  migrationsFolder,
  readApplied,
  readMigrations,
} from '../../src/store/migrate';
import { createEmptyDatabase, type TestDatabase } from '../support/database';

const log = createLogger('silent');
const at = new Date('2026-11-25T09:00:00Z');
const clock = { now: () => at };
let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase({ maxConnections: 8 });
  folder = mkdtempSync(path.join(tmpdir(), 'pitcrew-migrations-'));
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function write(name: string, sql: string): void {
  writeFileSync(path.join(folder, name), sql);
}

const run = (options: { schema?: string } = {}) => migrate(database.db, { clock, log, folder, ...options });

describe('migrate', () => {
  it('applies each file once, in order, and writes down when', async () => {
    write('0001_start.sql', 'create table steps (n integer);\ninsert into steps values (1);');
    write('0002_more.sql', 'insert into steps select count(*) + 1 from steps;');
    expect(await run()).toEqual(['0001_start', '0002_more']);
    expect(await run()).toEqual([]);
    write('0003_again.sql', 'insert into steps values (3);');
    expect(await run()).toEqual(['0003_again']);
    expect(await database.db.query('select n from steps order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await database.db.query('select number, name, at from migrations order by number')).toEqual([
      { number: 1, name: '0001_start', at },
      { number: 2, name: '0002_more', at },
      { number: 3, name: '0003_again', at },
    ]);
  });

  it('tells what was applied, also of a database it never touched', async () => {
    expect(await readApplied(database.db)).toEqual([]);
    write('0001_start.sql', '-- breaking');
    await run();
    expect(await readApplied(database.db)).toMatchObject([{ number: 1, name: '0001_start', breaking: true }]);
  });

  it('is harmless when many start at once', async () => {
    write('0001_start.sql', 'create table steps (n integer);');
    write('0002_more.sql', 'insert into steps values (2);');
    const applied = await Promise.all([run(), run(), run(), run()]);
    expect(applied.flat().sort()).toEqual(['0001_start', '0002_more']);
    expect(await database.db.query('select n from steps')).toEqual([{ n: 2 }]);
  });

  it('leaves whole steps when a file fails, and goes on from there', async () => {
    write('0001_start.sql', 'create table steps (n integer);');
    write('0002_more.sql', 'insert into steps values (2); select 1/0;');
    await expect(run()).rejects.toThrow('division by zero');
    expect(await database.db.query('select n from steps')).toEqual([]);
    write('0002_more.sql', 'insert into steps values (2);');
    expect(await run()).toEqual(['0002_more']);
  });

  it('fills a schema of its own beside the usual one', async () => {
    write('0001_start.sql', 'create table steps (n integer);');
    await run();
    expect(await run({ schema: 'Scratch "2"' })).toEqual(['0001_start']);
    expect(
      await database.db.query(
        `select table_schema as schema from information_schema.tables where table_name = 'steps' order by 1`,
      ),
    ).toEqual([{ schema: 'Scratch "2"' }, { schema: 'public' }]);
  });

  it('brings an empty database to the schema of this program', async () => {
    const names = readMigrations(migrationsFolder()).map((file) => file.name);
    expect(names.length).toBeGreaterThan(0);
    expect(await migrate(database.db, { clock, log })).toEqual(names);
    expect(await migrate(database.db, { clock, log, schema: 'scratch' })).toEqual(names);
  });
});

describe('what migrate refuses', () => {
  const file = (number: number, more: Partial<Migration> = {}): Migration => ({
    number,
    name: `000${number}_step`,
    sql: '',
    checksum: 'same',
    breaking: false,
    ...more,
  });

  it.each([
    {
      title: 'a file that was changed after it was applied',
      files: [file(1, { checksum: 'other' })],
      applied: [file(1)],
      says: /0001_step was changed after it had been applied/,
    },
    {
      title: 'a file that comes before applied ones',
      files: [file(1), file(2), file(3)],
      applied: [file(1), file(3)],
      says: /0002_step comes before others/,
    },
    {
      title: 'an applied file that is gone',
      files: [file(2)],
      applied: [file(1)],
      says: /0001_step was applied to the database, but its file is gone/,
    },
    {
      title: 'a breaking step of a newer program',
      files: [file(1)],
      applied: [file(1), file(2, { breaking: true })],
      says: /newer Pitcrew \(0002_step\).*Start the newer one/,
    },
  ])('$title', ({ files, applied, says }) => {
    expect(() => findPending(files, applied)).toThrow(says);
  });

  it('is not a newer step that an older program can work with', () => {
    expect(findPending([file(1)], [file(1), file(2)])).toBeUndefined();
  });

  it.each([
    { title: 'a number left out', names: ['0001_a.sql', '0003_c.sql'], says: /0003_c stands where number 2 belongs/ },
    { title: 'a number used twice', names: ['0001_a.sql', '0001_b.sql'], says: /0001_b stands where number 2 belongs/ },
    { title: 'a name that is not one', names: ['1_a.sql'], says: /not named like a migration/ },
  ])('$title', ({ names, says }) => {
    for (const name of names) write(name, '');
    expect(() => readMigrations(folder)).toThrow(says);
  });
});

describe('a migration file', () => {
  it('is the same file with other line ends', () => {
    write('0001_start.sql', '-- Why.\nselect 1;\n');
    const [unix] = readMigrations(folder);
    write('0001_start.sql', '-- Why.\r\nselect 1;\r\n');
    expect(readMigrations(folder)).toEqual([unix]);
  });

  it.each([
    { sql: '-- 0004_x.sql\n-- breaking: drops the old column\nselect 1;', breaking: true },
    { sql: '-- Safe beside the previous release: yes, not breaking\nselect 1;', breaking: false },
  ])('is breaking = $breaking by its comment', ({ sql, breaking }) => {
    write('0001_start.sql', sql);
    expect(readMigrations(folder)[0]?.breaking).toBe(breaking);
  });
});
