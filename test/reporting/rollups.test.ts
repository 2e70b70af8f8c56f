import { type Ending, episodesOf } from '../../src/domain/figures/reliability';
import { dayOf } from '../../src/domain/figures/week';
import { type ActAs, SettingsFile } from '../../src/domain/settings';
import { createLogger } from '../../src/lib/logger';
import { createRollups } from '../../src/reporting/rollups';
import * as rebuildRows from '../../src/store/rebuild-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import fc, { tries } from '../support/fast-check';
import { createSetClock } from '../support/set-clock';
import { until } from '../support/until';

const timeZone = 'America/New_York';
const start = new Date('2026-10-30T00:00:00Z').getTime();
const hourMs = 3_600_000;
const at = (hours: number) => new Date(start + hours * hourMs);
const clock = createSetClock('2026-11-25T09:00:00.000Z');
const log = createLogger('silent');

let database: TestDatabase;
let known: Map<string, string>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  known = new Map();
  await emptyTables(
    database.db,
    'runs, inbox, actions, run_days, run_weeks, episodes, rollups, pipelines, interactions, usage, changes, activity_days, people',
  );
});

const rollups = (zone = timeZone, excludeChannels: string[] = [], actAs: ActAs = 'email') =>
  createRollups({
    db: database.db,
    clock,
    log,
    settings: () => ({
      workspace: { ...SettingsFile.parse({}).workspace, timeZone: zone },
      adoption: SettingsFile.parse({ adoption: { excludeChannels } }).adoption,
      orchestrators: [{ name: 'prod', kind: 'maestro', url: '', headers: {}, actAs, settings: {} }],
    }),
    async meet(name) {
      const id = known.get(name);
      if (id) await person(id, name.includes('@') ? { email: name } : { slackId: name });
      return id !== undefined;
    },
  });

interface Attempt {
  pipeline: string;
  partition: string;
  run: string;
  attempt: number;
  status: string;
  startedAt: Date;
  endedAt: Date;
  isReplaced?: boolean;
}

async function save(attempts: readonly Attempt[]): Promise<void> {
  await database.db.query(
    `insert into runs (connection, pipeline, run, attempt, partition, status, started_at, ended_at, occurred_at, recorded_at,
       is_replaced)
     select 'prod', pipeline, run, attempt, partition, status, "startedAt", "endedAt", "endedAt", "endedAt",
       coalesce("isReplaced", false)
     from jsonb_to_recordset($1::jsonb) as a(pipeline text, partition text, run text, attempt int, status text,
       "startedAt" timestamptz, "endedAt" timestamptz, "isReplaced" boolean)`,
    [JSON.stringify(attempts)],
  );
  await database.db.query(
    `insert into pipelines (connection, key, first_seen_at, seen_at) select distinct 'prod', pipeline, $2::timestamptz, $2
     from jsonb_to_recordset($1::jsonb) as a(pipeline text) on conflict do nothing`,
    [JSON.stringify(attempts), at(0)],
  );
  await database.db.query(
    `insert into inbox (source, id, kind, connection, payload, occurred_at, received_at, decided_at)
     select 'test', gen_random_uuid()::text, 'run', 'prod', jsonb_build_object('pipeline', pipeline, 'run', run), $2, $2, $2
     from jsonb_to_recordset($1::jsonb) as a(pipeline text, run text)`,
    [JSON.stringify(attempts), at(0)],
  );
}

async function press(kind: string, run: string, when: Date, what: 'target' | 'receipt'): Promise<void> {
  await database.db.query(
    `insert into actions (action_id, kind, state, idempotency_key, person_id, slack_id, connection, pipeline, target, receipt, asked_at,
       tried_at, settled_at)
     values (gen_random_uuid(), $1, 'succeeded', gen_random_uuid()::text, gen_random_uuid(), 'U1', 'prod', 'p1',
       case when $4 = 'target' then jsonb_build_object('run', jsonb_build_object('run', $2::text)) else '{}' end,
       case when $4 = 'receipt' then jsonb_build_object('run', jsonb_build_object('run', $2::text)) end, $3, $3, $3)`,
    [kind, run, when, what],
  );
}

const person = (id: string, more: { email?: string; slackId?: string; name?: string } = {}) =>
  database.db.query(
    `insert into people (person_id, slack_id, name, email, fetched_at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [id, more.slackId ?? `U${id.slice(0, 8).toUpperCase()}`, more.name ?? 'Somebody', more.email ?? null, at(0)],
  );

/** What the tables are to say, counted run by run. */
function slowly(attempts: readonly Attempt[], pressedAt: ReadonlyMap<string, Date>, backfilled: ReadonlySet<string>) {
  const days = new Map<string, number[]>();
  const endings = new Map<string, Ending[]>();
  const count = (key: string, adds: number[]) =>
    days.set(
      key,
      adds.map((add, index) => add + (days.get(key)?.[index] ?? 0)),
    );
  for (const run of new Set(attempts.map((each) => each.run))) {
    const own = attempts.filter((each) => each.run === run).sort((a, b) => a.attempt - b.attempt);
    for (const { pipeline, status, startedAt, endedAt, attempt } of own) {
      if (status === 'skipped') continue;
      const seconds = (endedAt.getTime() - startedAt.getTime()) / 1_000;
      count(`${dayOf(endedAt, timeZone)} ${pipeline}`, [0, 0, 0, 0, 0, seconds, attempt > 1 ? seconds : 0]);
    }
    const since = pressedAt.get(run);
    const automatic = own.filter((each) => each.attempt === 1 || since === undefined || each.startedAt < since);
    const final = automatic.at(-1);
    const first = own[0];
    if (!final || !first || final.isReplaced) continue;
    const series = JSON.stringify([final.pipeline, final.partition]);
    const add = ({ status, endedAt }: Attempt) => {
      if (status !== 'failed' && status !== 'succeeded' && status !== 'skipped') return;
      endings.set(series, [...(endings.get(series) ?? []), { outcome: status, at: endedAt, run }]);
    };
    add(final);
    for (const each of own) if (each !== final && each.status === 'succeeded' && each.attempt > 1) add(each);
    if (final.status !== 'succeeded' && final.status !== 'failed') continue;
    const key = `${dayOf(final.endedAt, timeZone)} ${final.pipeline}`;
    const ok = Number(final.status === 'succeeded');
    const isBackfill = Number(backfilled.has(run));
    count(key, [1, ok, Number(ok === 1 && final.attempt === 1 && isBackfill === 0), isBackfill, isBackfill * ok, 0, 0]);
  }
  const episodes = [...endings].flatMap(([series, own]) =>
    episodesOf(own).map(
      (each) => `${series} ${each.startedAt.toISOString()} ${each.endedAt?.toISOString() ?? 'open'} ${each.failures}`,
    ),
  );
  return { days: [...days].map(([key, counts]) => `${key} ${counts.join(' ')}`).sort(), episodes: episodes.sort() };
}

async function counted() {
  const days = await database.db.query<{ line: string }>(
    `select concat_ws(' ', day, pipeline, ended, succeeded, first_try, backfill_ended, backfill_succeeded, round(busy_s::numeric), round(again_s::numeric)) as line from run_days`,
  );
  const weeks = await database.db.query(
    `select monday, pipeline, ended, succeeded, first_try, round(busy_s::numeric) from run_weeks
     except select date_trunc('week', day::timestamp)::date, pipeline, sum(ended), sum(succeeded), sum(first_try), round(sum(busy_s)::numeric)
     from run_days group by 1, 2`,
  );
  expect(weeks).toEqual([]);
  const [missing] = await database.db.query<{ n: number }>(
    `select ((select sum(ended) from run_days) is distinct from (select sum(ended) from run_weeks))::int as n`,
  );
  expect(missing?.n).toBe(0);
  const episodes = await database.db.query<{
    pipeline: string;
    partition: string;
    from: Date;
    to: Date | null;
    n: number;
  }>(`select pipeline, partition, started_at as "from", ended_at as "to", failures as n from episodes`);
  return {
    days: days.map(({ line }) => line).sort(),
    episodes: episodes
      .map(
        (each) =>
          `${JSON.stringify([each.pipeline, each.partition])} ${each.from.toISOString()} ${each.to?.toISOString() ?? 'open'} ${each.n}`,
      )
      .sort(),
  };
}

/** Runs of two pipelines over the night on which New York puts its clock back, some tried again. */
const history = fc
  .array(
    fc.record({
      pipeline: fc.constantFrom('p1', 'p2'),
      partition: fc.constantFrom('', 'a', 'b'),
      startsAt: fc.integer({ min: 0, max: 100 }),
      mayBeReplaced: fc.boolean(),
      statuses: fc.array(fc.constantFrom('failed', 'failed', 'succeeded', 'cancelled', 'skipped'), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { maxLength: 14 },
  )
  .map((runs) =>
    runs.flatMap(({ pipeline, partition, startsAt, mayBeReplaced, statuses }, no) =>
      statuses.map((status, index): Attempt => {
        const startedAt = at(startsAt + index * 0.7 + no * 0.003);
        return {
          pipeline,
          partition,
          run: `run-${no}`,
          attempt: index + 1,
          status,
          startedAt,
          endedAt: new Date(startedAt.getTime() + 0.5 * hourMs),
          isReplaced: mayBeReplaced && statuses.length === 1 && status === 'failed',
        };
      }),
    ),
  );

describe('runs', () => {
  it('are counted as they end, in any order in which they are heard, as a slow count has them', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.nat(20),
        fc.option(fc.integer({ min: 0, max: 100 })),
        fc.integer({ min: 1, max: 4 }),
        async (attempts, seed, pressedHour, batches) => {
          await emptyTables(database.db, 'runs, inbox, actions, run_days, run_weeks, episodes, rollups, pipelines');
          const pressedAt = new Map<string, Date>();
          if (pressedHour !== null && attempts.some(({ run, pipeline }) => run === 'run-0' && pipeline === 'p1')) {
            pressedAt.set('run-0', at(pressedHour));
            await press('retry', 'run-0', at(pressedHour), 'target');
          }
          const isBackfill = attempts.some(({ run, pipeline }) => run === 'run-1' && pipeline === 'p1');
          if (isBackfill) await press('backfill', 'run-1', at(0), 'receipt');
          const heard = [...attempts].sort(
            (a, b) => ((a.attempt * 7 + seed * 13) % 11) - ((b.attempt * 5 + seed * 3) % 11),
          );
          const each = Math.ceil(heard.length / batches);
          const rolling = rollups();
          for (let batch = 0; batch < batches; batch += 1) {
            await save(heard.slice(batch * each, (batch + 1) * each));
            await rolling.roll();
          }
          const truth = slowly(attempts, pressedAt, new Set(isBackfill ? ['run-1'] : []));
          expect(await counted()).toEqual(truth);
          await rolling.rebuild();
          expect(await counted()).toEqual(truth);
        },
      ),
      { numRuns: tries(12) },
    );
  });

  it('are counted anew by other days where the organisation’s time zone is another', async () => {
    const run = { pipeline: 'p1', partition: '', run: 'r', attempt: 1, status: 'failed' };
    await save([{ ...run, startedAt: new Date('2026-11-02T01:00:00Z'), endedAt: new Date('2026-11-02T02:00:00Z') }]);
    await rollups('UTC').roll();
    expect((await counted()).days).toEqual(['2026-11-02 p1 1 0 0 0 0 3600 0']);
    await rollups('America/New_York').roll();
    expect((await counted()).days).toEqual(['2026-11-01 p1 1 0 0 0 0 3600 0']);
  });

  it('that are gone from the run table stay counted', async () => {
    const run = { pipeline: 'p1', partition: '', attempt: 1, status: 'succeeded' };
    await save([{ ...run, run: 'old', startedAt: at(0), endedAt: at(1) }]);
    await rollups().roll();
    await database.db.query('delete from runs');
    await save([{ ...run, run: 'new', startedAt: at(48), endedAt: at(49) }]);
    await rollups().rebuild();
    expect((await counted()).days).toEqual(['2026-10-29 p1 1 1 1 0 0 3600 0', '2026-10-31 p1 1 1 1 0 0 3600 0']);
  });
});

describe('runs that are counted anew', () => {
  it('can be read as they were until that is done', async () => {
    const { db } = database;
    const run = { pipeline: 'p1', partition: '', attempt: 1, status: 'succeeded' };
    await save([{ ...run, run: 'one', startedAt: at(0), endedAt: at(1) }]);
    await rollups().roll();
    await save([{ ...run, run: 'two', startedAt: at(2), endedAt: at(3) }]);
    const read =
      'select (select sum(ended)::int from figures_runs) as days, (select sum(ended)::int from run_weeks) as weeks';
    await db.transaction(async (tx) => {
      for (const half of rebuildRows.halves) await rebuildRows.countHalf(tx, half, timeZone);
      expect(await db.query(read)).toEqual([{ days: 1, weeks: 1 }]);
    });
    expect(await db.query(read)).toEqual([{ days: 2, weeks: 2 }]);
  });
});

describe('activity', () => {
  const [ada, ben, cleo] = ['a', 'b', 'c'].map((letter) => `${letter}0000000-0000-4000-8000-000000000000`) as [
    string,
    string,
    string,
  ];
  const interact = (personId: string, when: Date, what: string, outcome = 'ok') =>
    database.db.query(`insert into interactions (person_id, what, outcome, took_ms, at) values ($1, $2, $3, 100, $4)`, [
      personId,
      what,
      outcome,
      when,
    ]);
  const use = (who: string, when: Date, tool = 'dataflow') =>
    database.db.query(
      `insert into usage (tool, person, action, count, team, at) values ($1, $2, 'publish', 3, 'orders', $3)`,
      [tool, who, when],
    );
  const lines = async () =>
    (
      await database.db.query<{ line: string }>(
        `select concat_ws(' ', day, tool, feature, left(person_id::text, 1), count, ok, user_errors, system_errors,
           (useful_at is not null)::text) as line from activity_days order by 1`,
      )
    ).map(({ line }) => line);

  it('is one row a person, tool, feature and local day, with what came of it', async () => {
    await interact(ada, new Date('2026-11-02T04:59:00Z'), 'pipeline status');
    await interact(ada, new Date('2026-11-02T05:01:00Z'), 'pipeline status');
    await interact(ada, new Date('2026-11-02T06:00:00Z'), 'pipeline status', 'user-error');
    await interact(ben, new Date('2026-11-02T06:00:00Z'), 'acknowledge.v1', 'system-error');
    await rollups().roll();
    expect(await lines()).toEqual([
      '2026-11-01 pitcrew pipeline status a 1 1 0 0 true',
      '2026-11-02 pitcrew acknowledge.v1 b 1 0 0 1 false',
      '2026-11-02 pitcrew pipeline status a 2 1 1 0 true',
    ]);
  });

  it('leaves out what was done in a test channel, also what was counted before that was one', async () => {
    await interact(ada, at(10), 'pipeline status');
    await interact(ben, at(10), 'pipeline status');
    await database.db.query(`update interactions set channel = 'C0TESTING' where person_id = $1`, [ben]);
    await rollups().roll();
    expect(await lines()).toHaveLength(2);
    await rollups(timeZone, ['C0TESTING']).roll();
    expect(await lines()).toEqual(['2026-10-30 pitcrew pipeline status a 1 1 0 0 true']);
  });

  it('takes in what comes late, on the day on which it happened', async () => {
    await person(ada, { email: 'Ada@example.com' });
    await use('ada@example.com', at(300));
    await rollups().roll();
    await use('ada@example.com', at(10));
    await rollups().roll();
    expect(await lines()).toEqual([
      '2026-10-30 dataflow publish a 3 3 0 0 true',
      '2026-11-11 dataflow publish a 3 3 0 0 true',
    ]);
  });

  it('looks up whom only a tool has met, and holds ids from then on', async () => {
    known.set('cleo@example.com', cleo);
    await use('cleo@example.com', at(10));
    await use('stranger@example.com', at(10));
    await rollups().roll();
    expect(await lines()).toEqual(['2026-10-30 dataflow publish c 3 3 0 0 true']);
    const people = await database.db.query<{ person: string }>('select person from usage order by 1');
    expect(people.map((row) => row.person)).toEqual([cleo, 'stranger@example.com']);
  });

  it('counts who ran or deployed something with an orchestrator as its user, where the name is one person’s', async () => {
    await person(ada, { email: 'ada@example.com', name: 'Ada' });
    await person(ben, { email: 'ben@example.com', name: 'Sam' });
    await person(cleo, { email: 'cleo@example.com', name: 'Sam' });
    for (const by of ['ada', 'Sam', 'nobody']) await use(by, at(10), 'prod');
    await rollups().roll();
    expect(await lines()).toEqual(['2026-10-30 prod publish a 3 3 0 0 true']);
    expect(await database.db.query('select person from usage where person_id is null order by 1')).toEqual([
      { person: 'Sam' },
      { person: 'nobody' },
    ]);
  });

  it('knows people by the names that actAs gives them at that orchestrator, before any other', async () => {
    await person(ada, { email: 'ada@example.com', name: 'Ada', slackId: 'U0ADA' });
    await person(ben, { email: 'ben@example.com', name: 'Sam', slackId: 'U0BEN' });
    for (const tool of ['prod', 'other']) await use('sam', at(10), tool);
    await rollups(timeZone, [], { U0ADA: 'Sam' }).roll();
    expect(await lines()).toEqual([
      '2026-10-30 other publish b 3 3 0 0 true',
      '2026-10-30 prod publish a 3 3 0 0 true',
    ]);
  });

  it('looks up in Slack whom actAs names at an orchestrator', async () => {
    known.set('U0CLEO', cleo);
    await use('cl', at(10), 'prod');
    const own = rollups(timeZone, [], { U0CLEO: 'cl' });
    await own.roll();
    expect(await lines()).toEqual(['2026-10-30 prod publish c 3 3 0 0 true']);
  });

  it('waits for another replica that counts, so that no week is printed from half of it', async () => {
    const { db } = database;
    await rollups().roll();
    await interact(ada, at(10), 'pipeline status');
    let counting: Promise<void> = Promise.resolve();
    let isOver = false;
    await db.transaction(async (tx) => {
      await tx.query('select from rollups for update');
      counting = rollups()
        .roll()
        .finally(() => {
          isOver = true;
        });
      const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until(async () => isOver || (await db.query(waits)).length > 0);
    });
    await counting;
    expect(await lines()).toEqual(['2026-10-30 pitcrew pipeline status a 1 1 0 0 true']);
  });
});
