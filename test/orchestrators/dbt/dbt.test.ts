import pino from 'pino';
import type { Target } from '../../../src/domain/target';
import { dbt } from '../../../src/orchestrators/dbt';
import { errorIn } from '../../../src/orchestrators/dbt/words';
import { createHttp } from '../../../src/orchestrators/http';
import type { Call, Orchestrator } from '../../../src/orchestrators/orchestrator';
import { jobs, settingsAt } from './bench';
import { type CloudRun, type DbtCloud, deliveryOf, startDbtCloud, token } from './server';

let server: DbtCloud;
let orchestrator: Orchestrator;
let unknown: string[];
let close: () => Promise<void>;

beforeEach(async () => {
  server = await startDbtCloud(jobs);
  const settings = dbt.settings.parse(settingsAt(server.url));
  const [log, clock] = [pino({ level: 'silent' }), { now: () => new Date() }];
  const http = createHttp({ ...dbt.address(settings), name: 'dbt Cloud (prod)', log, clock, random: () => 0 });
  unknown = [];
  orchestrator = dbt.connect({ name: 'prod', settings, http, log, clock, unknownWord: (word) => unknown.push(word) });
  close = async () => {
    await http.close();
    await server.close();
  };
});
afterEach(() => close());

const refOf = (run: CloudRun) => ({ pipeline: { connection: 'prod', key: String(run.job.id) }, run: String(run.id) });
function callFor(target: Target, kind: Call['kind'] = 'retry'): Call {
  return { kind, actor: 'dana', idempotencyKey: crypto.randomUUID(), since: new Date(), target };
}

describe('settings of dbt Cloud', () => {
  it.each([
    { keys: { token, account: 4711 }, fits: true },
    { keys: { token, account: '70403103922125' }, fits: true },
    { keys: { token }, fits: false },
    { keys: { account: 4711 }, fits: false },
    { keys: { token, account: 'shop' }, fits: false },
    { keys: { token, account: 4711, url: 'cloud.getdbt.com' }, fits: false },
  ])('$keys: $fits', ({ keys, fits }) => {
    expect(dbt.settings.safeParse(keys).success).toBe(fits);
  });
});

describe('a delivery of dbt Cloud', () => {
  const run = () => server.make(102);

  it('that it signed needs no token beside it', async () => {
    await expect(orchestrator.authenticate?.(deliveryOf(run(), 'job.run.errored'))).resolves.toBe('verified');
  });

  it('that was changed on the way is refused', async () => {
    const delivery = deliveryOf(run(), 'job.run.errored');
    const changed = { ...delivery, body: delivery.body.replace('Errored', 'Success') };
    await expect(orchestrator.authenticate?.(changed)).resolves.toBe('refused');
  });

  it('without a signature is left to the tokens of sources', async () => {
    const delivery = { ...deliveryOf(run(), 'job.run.errored'), headers: { authorization: 'Bearer some-token' } };
    await expect(orchestrator.authenticate?.(delivery)).resolves.toBe('not-signed');
  });

  it('tells one failure once, though dbt Cloud tells it as completed and as errored', () => {
    const failed = run();
    const ids = ['job.run.completed', 'job.run.errored'].flatMap((type) =>
      orchestrator.normalise(deliveryOf(failed, type)).events.map(({ id }) => id),
    );
    expect(new Set(ids)).toEqual(new Set([`102/${failed.id}/failed`]));
  });

  it('with a word for its status that is not known counts the word and tells nothing', () => {
    const delivery = deliveryOf(run(), 'job.run.completed', { runStatus: 'Melted', runStatusCode: 77 });
    expect(orchestrator.normalise(delivery).events).toEqual([]);
    expect(unknown).toEqual(['77']);
  });
});

describe('a retry in dbt Cloud', () => {
  it('made by somebody in dbt Cloud itself meanwhile is the one that was asked for', async () => {
    const run = server.make(102);
    const call = callFor({ kind: 'run', run: refOf(run) });
    const other = await orchestrator.actions.retry?.perform(call.target, callFor(call.target));
    await expect(orchestrator.actions.retry?.perform(call.target, call)).resolves.toEqual({
      run: other?.run,
      duplicate: true,
    });
  });

  it('of a run after which the job ran again is refused with what to do instead', async () => {
    const run = server.make(102);
    server.make(102);
    const target: Target = { kind: 'run', run: refOf(run) };
    await expect(orchestrator.actions.retry?.plan?.(target)).rejects.toMatchObject({
      kind: 'rejected',
      detail: expect.stringContaining('Retry its newest run instead'),
    });
  });

  it('from the start is a new run, which says who asked', async () => {
    const target: Target = { kind: 'run', run: refOf(server.make(101)), from: 'start' };
    await orchestrator.actions.retry?.perform(target, callFor(target));
    expect(server.lastCause()).toMatch(/^dana asked for it through Pitcrew \([0-9a-f-]{36}\)$/);
    expect(server.runs).toHaveLength(2);
  });

  it('of a single step is refused', async () => {
    const target: Target = { kind: 'steps', run: refOf(server.make(102)), steps: ['Invoke dbt with `dbt build`'] };
    await expect(orchestrator.actions.retry?.plan?.(target)).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('reading dbt Cloud', () => {
  it('does not take a run of another job for one of this', async () => {
    const run = server.make(101);
    const ref = { pipeline: { connection: 'prod', key: '102' }, run: String(run.id) };
    await expect(orchestrator.fetchRun(ref)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('tells a schedule only of jobs that have theirs switched on', async () => {
    const found = [];
    for await (const pipeline of orchestrator.discover?.() ?? []) found.push(pipeline);
    expect(found.map(({ key, facts }) => [key, facts.title, facts.schedule])).toEqual([
      ['101', 'Daily build', '0 6 * * *'],
      ['102', 'Bumpy', undefined],
      ['103', 'Patient', undefined],
    ]);
  });

  it('catches up with more than one poll takes, and tells each end once', async () => {
    const first = await orchestrator.poll?.(undefined);
    const from = Date.now() - 50_000;
    for (let at = 0; at < 1_150; at += 1) server.make(101).finished = new Date(from + at * 40);
    const told: string[] = [];
    let cursor = first?.cursor;
    for (let poll = 0; poll < 3; poll += 1) {
      const news = await orchestrator.poll?.(cursor);
      told.push(...(news?.events.map(({ id }) => id) ?? []));
      cursor = news?.cursor;
    }
    expect(told).toHaveLength(1_150);
    expect(new Set(told).size).toBe(1_150);
  });
});

describe('the words of a log of dbt', () => {
  it.each([
    {
      title: 'an error of the database',
      log: ['08:58:09  Database Error in model orders (models/orders.sql)', '  column "total" does not exist', '', 'x'],
      error: 'Database Error in model orders (models/orders.sql)\ncolumn "total" does not exist',
    },
    {
      title: 'a failing test',
      log: [
        '\u001b[31mFailure in test not_null_id (models/m.yml)\u001b[0m',
        '  Got 3 results, configured to fail if != 0',
        '',
      ],
      error: 'Failure in test not_null_id (models/m.yml)\nGot 3 results, configured to fail if != 0',
    },
    { title: 'nothing of the kind', log: ['Running with dbt=1.11', 'Done.'], error: undefined },
    {
      title: 'a clone that failed',
      log: ['error: could not read from remote'],
      error: 'error: could not read from remote',
    },
  ])('tell $title', ({ log, error }) => {
    expect(errorIn(log.join('\n'))).toBe(error);
  });
});
