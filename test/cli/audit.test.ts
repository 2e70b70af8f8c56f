import { createSeals } from '../../src/actions/seals';
import { append } from '../../src/store/audit-rows';
import { savePerson } from '../../src/store/person-rows';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database';
import { runPitcrew } from './run-pitcrew';

const danaId = '7c0d2f4e-0000-4000-8000-000000000001';
const goneId = '7c0d2f4e-0000-4000-8000-000000000002';
const actionId = '11111111-1111-4111-8111-111111111111';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 25, hour));
  const dana = { slackId: 'U01DANA', name: 'Dana Lee', email: 'dana@data.example' };
  await savePerson(database.db, danaId, { ...dana, isGuest: false, isBot: false, isDeactivated: false }, at(8));
  const orders = { connection: 'prod', pipeline: 'orders', run: 'r1', kind: 'retry' as const };
  await append(database.db, { ...orders, at: at(9), actionId, personId: danaId, what: 'asked' });
  await append(database.db, {
    ...orders,
    at: at(10),
    actionId,
    personId: danaId,
    what: 'succeeded',
    detail: { note: '=1+1' },
  });
  await append(database.db, { ...orders, at: at(11), personId: goneId, what: 'refused', pipeline: 'billing' });
});
afterAll(() => database.drop());

const audit = (...words: string[]) => runPitcrew(['audit', ...words], { DATABASE_URL: database.url });
const seen = async (...words: string[]) => {
  const { out } = await audit('--json', ...words);
  return JSON.parse(out).map((line: { what: string }) => line.what);
};

describe('pitcrew audit', () => {
  it('prints the trail as a table, with the surrogate of whoever was erased', async () => {
    const { code, out, err } = await audit();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['AT', 'WHO', 'KIND', 'WHAT', 'PIPELINE', 'RUN', 'DETAIL'],
      ['2026-11-25 09:00:00+00:00', 'Dana Lee', 'retry', 'asked', 'prod/orders', 'r1'],
      ['2026-11-25 10:00:00+00:00', 'Dana Lee', 'retry', 'succeeded', 'prod/orders', 'r1', 'note: =1+1'],
      ['2026-11-25 11:00:00+00:00', goneId, 'retry', 'refused', 'prod/billing', 'r1'],
      [''],
    ]);
  });

  it('prints it as JSON', async () => {
    const { out } = await audit('--json', '--since', '2026-11-25T09:30Z', '--pipeline', 'orders');
    expect(JSON.parse(out)).toEqual([
      {
        seq: 2,
        at: '2026-11-25T10:00:00.000Z',
        what: 'succeeded',
        kind: 'retry',
        actionId,
        personId: danaId,
        person: 'Dana Lee',
        slackId: 'U01DANA',
        connection: 'prod',
        pipeline: 'orders',
        run: 'r1',
        detail: { note: '=1+1' },
      },
    ]);
  });

  it('prints it as CSV that a spreadsheet does not calculate', async () => {
    const { out } = await audit('--csv', '--pipeline', 'prod/orders');
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('seq,at,what,kind,person,slackId,personId,connection,pipeline,run,actionId,detail');
    expect(lines[2]).toBe(
      `2,2026-11-25T10:00:00.000Z,succeeded,retry,Dana Lee,U01DANA,${danaId},prod,orders,r1,${actionId},"{""note"":""=1+1""}"`,
    );
  });

  it.each([
    { words: ['--user', 'U01DANA'], whats: ['asked', 'succeeded'] },
    { words: ['--user', 'DANA@data.example'], whats: ['asked', 'succeeded'] },
    { words: ['--user', 'dana lee'], whats: ['asked', 'succeeded'] },
    { words: ['--user', goneId], whats: ['refused'] },
    { words: ['--pipeline', 'prod/billing'], whats: ['refused'] },
    { words: ['--pipeline', 'test/billing'], whats: [] },
    { words: ['--since', '2026-11-25T10:00'], whats: ['succeeded', 'refused'] },
  ])('keeps to $words', async ({ words, whats }) => {
    await expect(seen(...words)).resolves.toEqual(whats);
  });

  it('reads on over more lines than it reads at once', async () => {
    const long = await createTestDatabase();
    try {
      await long.db.query(
        `insert into audit (at, what, kind) select timestamptz '2026-11-25', 'asked', 'retry' from generate_series(1, 1001)`,
      );
      const { out } = await runPitcrew(['audit', '--json'], { DATABASE_URL: long.url });
      expect(JSON.parse(out).map((line: { seq: number }) => line.seq)).toEqual(
        Array.from({ length: 1_001 }, (_, index) => index + 1),
      );
    } finally {
      await long.drop();
    }
  });

  it.each([
    { title: 'nobody is known by that name', words: ['--user', 'nobody'], code: 1, err: /I know nobody by "nobody"/ },
    { title: 'the time cannot be read', words: ['--since', 'lately'], code: 2, err: /--since wants a time/ },
    { title: 'only a part is to be verified', words: ['--verify', '--csv'], code: 2, err: /looks at the whole trail/ },
    { title: 'two forms are asked for', words: ['--json', '--csv'], code: 2, err: /one of --json and --csv/ },
  ])('says so when $title', async ({ words, code, err }) => {
    const result = await audit(...words);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(err);
  });
});

describe('pitcrew audit --verify', () => {
  it('says that the trail is as it was sealed, and fails when it is not', async () => {
    const sealed = await createTestDatabase();
    try {
      await append(sealed.db, {
        at: new Date('2026-11-25T09:00:00Z'),
        what: 'asked',
        kind: 'retry',
        pipeline: 'orders',
      });
      await createSeals({ db: sealed.db, clock: { now: () => new Date('2026-11-25T09:01:00Z') } }).sweep();
      const env = { DATABASE_URL: sealed.url };
      const whole = await runPitcrew(['audit', '--verify'], env);
      expect(whole).toMatchObject({
        code: 0,
        out: expect.stringMatching(
          /^The trail is as it was sealed: 1 rows in 1 seals\.\nThe last seal is [0-9a-f]{64}\./,
        ),
      });
      await sealed.db.query(`alter table audit disable trigger audit_append_only`);
      await sealed.db.query(`update audit set pipeline = 'refunds'`);
      const broken = await runPitcrew(['audit', '--verify', '--json'], env);
      expect(broken.code).toBe(1);
      expect(JSON.parse(broken.out)).toMatchObject({ ok: false, faults: [expect.stringContaining('was changed')] });
    } finally {
      await sealed.drop();
    }
  });
});

describe('pitcrew migrate', () => {
  it('brings an empty database up to date, once; until then other commands say what is missing', async () => {
    const empty = await createEmptyDatabase();
    const env = { DATABASE_URL: empty.url };
    try {
      await expect(runPitcrew(['audit'], env)).resolves.toMatchObject({
        code: 1,
        err: expect.stringMatching(/pitcrew migrate/),
      });
      const first = await runPitcrew(['migrate', '--json'], env);
      expect(JSON.parse(first.out).applied[0]).toBe('0001_house');
      await expect(runPitcrew(['migrate'], env)).resolves.toEqual({
        code: 0,
        out: 'The schema is up to date.\n',
        err: '',
      });
      await expect(runPitcrew(['audit'], env)).resolves.toMatchObject({ code: 0, out: 'Nothing in the trail fits.\n' });
    } finally {
      await empty.drop();
    }
  });

  it('says what is wrong with a database that is not there', async () => {
    const url = Object.assign(new URL(database.url), { pathname: '/nowhere' }).href;
    const result = await runPitcrew(['migrate'], { DATABASE_URL: url });
    expect(result).toMatchObject({ code: 1, err: expect.stringMatching(/does not exist/) });
  });
});
