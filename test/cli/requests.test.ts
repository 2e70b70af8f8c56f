import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { runPitcrew } from './run-pitcrew';

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'pitcrew-requests-'));
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

const run = (...words: string[]) => runPitcrew(['requests', ...words], { DATABASE_URL: database.url });
function file(content: unknown): string {
  const path = join(folder, 'history.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const solved = {
  id: 'T-1',
  question: '=1+1 is my table',
  askedAt: '2026-11-02T09:00:00+01:00',
  firstAnsweredAt: '2026-11-02T09:20:00+01:00',
  solvedAt: '2026-11-02T10:00:00+01:00',
  resolution: 'Ask for the role reader; password=hunter2hunter2',
  score: 5,
};

describe('pitcrew requests', () => {
  it('brings in the history of another tool once, without its secrets, and takes it out again', async () => {
    expect((await run()).out).toBe('Nobody has asked for help.\n');
    const history = file([
      solved,
      { id: 2, question: 'Still open', askedAt: '2026-11-20T09:00:00Z', priority: 'high' },
    ]);
    expect(JSON.parse((await run('--import', history, '--json')).out)).toEqual({ broughtIn: 2, knownAlready: 0 });
    expect((await run('--import', history)).out).toBe('0 brought in, 2 known already.\n');
    const all = JSON.parse((await run('--json')).out);
    expect(all).toMatchObject([
      { state: 'solved', howSolved: 'import', score: 5, firstAnsweredAt: '2026-11-02T08:20:00.000Z' },
      { state: 'open', priority: 'high' },
    ]);
    expect(JSON.stringify(all)).not.toContain('hunter2hunter2');
    const { out } = await run('--csv', '--since', '2026-11-01');
    expect(out.split('\n')).toHaveLength(4);
    expect(out).toContain(`'=1+1 is my table`);
    expect(await database.db.query(`select kind from request_events order by seq`)).toEqual(
      ['opened', 'said', 'solved', 'rated', 'opened'].map((kind) => ({ kind })),
    );
  });

  it('brings in a table, after a trial that changes nothing, and says by line what is wrong', async () => {
    const path = join(folder, 'history.csv');
    writeFileSync(path, 'Key;Subject;Created\nX-1;Where is it?;2026-11-02 09:00\nX-2;And that?;2026-11-02 10:00\n');
    const columns = ['--columns', 'id=Key,question=Subject,askedAt=Created'];
    expect((await run('--import', path, ...columns, '--dry-run')).out).toBe(
      '2 would be brought in, 0 known already. Nothing was changed.\n',
    );
    expect((await run('--import', path, ...columns)).out).toBe('2 brought in, 0 known already.\n');
    expect((await run('--import', path, ...columns)).out).toBe('0 brought in, 2 known already.\n');
    const faulty = await run('--import', path);
    expect(faulty.code).toBe(1);
    expect(faulty.err).toContain('line 1: there is no column "id" for id');
    expect((await run('--import', path, '--columns', 'Subject')).code).toBe(2);
    expect((await run('--dry-run')).code).toBe(2);
  });

  it('brings in all or nothing, and says what is wrong where', async () => {
    const { code, err } = await run(
      '--import',
      file([solved, { ...solved, id: 'T-9', solvedAt: '2026-01-01T00:00:00Z' }]),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/1\.solvedAt: must not be before `askedAt`/);
    expect((await run('--import', 'x', '--csv')).code).toBe(2);
  });
});
