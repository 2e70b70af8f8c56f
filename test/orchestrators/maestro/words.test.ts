import { Failure } from '../../../src/domain/failure';
import { createLinks } from '../../../src/orchestrators/maestro/links';
import { runIdOf } from '../../../src/orchestrators/maestro/run-id';
import { Instance, StepActed, StepInstance } from '../../../src/orchestrators/maestro/schema';
import { errorOf, errorOfRun } from '../../../src/orchestrators/maestro/words';
import { tierOf } from '../../../src/orchestrators/tier';

describe('the id of a run', () => {
  const pipeline = { connection: 'prod', key: 'orders' };

  it.each<[string, number | undefined, number, number | undefined]>([
    ['118', undefined, 118, undefined],
    ['118', 2, 118, 2],
    ['118:3', 2, 118, 3],
    ['orders.daily:118:3', undefined, 118, 3],
    [' 7 ', undefined, 7, undefined],
  ])('"%s" beside attempt %s is instance %s, run %s', (run, attempt, instance, number) => {
    expect(runIdOf({ pipeline, run, attempt }, 'prod')).toEqual({ workflow: 'orders', instance, run: number });
  });

  it.each(['', '0', 'latest', '1:2:3:4', '-4', '1e3', '../../x'])('"%s" cannot be found', (run) => {
    expect(() => runIdOf({ pipeline, run }, 'prod')).toThrow(Failure);
  });
});

describe('a link', () => {
  const links = createLinks({
    uiUrl: 'https://ui/{workflow}/{instance}/{run}#{step}',
    logUrl: 'https://logs/{job}/{attempt}',
  });

  it('carries its values encoded, and nothing where a step is not known', () => {
    expect(links.page({ workflow: 'a b', instance: 7, run: 1 })).toBe('https://ui/a%20b/7/1#');
  });

  it('is left out where it would lead nowhere', () => {
    expect(links.page({ workflow: 'a' })).toBeUndefined();
    expect(links.log({ workflow: 'a', attempt: 2 })).toBeUndefined();
    expect(createLinks({}).page({ workflow: 'a' })).toBeUndefined();
  });

  it('leads to the log of a job', () => {
    expect(links.log({ workflow: 'a', attempt: 2, job: 'pod/7' })).toBe('https://logs/pod%2F7/2');
  });
});

describe('the tier', () => {
  it.each<[string[], string | undefined, number | undefined]>([
    [['x', 'tier1'], 'LOW', 1],
    [['Tier-3'], undefined, 3],
    [['frontier9'], 'high', 2],
    [[], 'CRITICAL', 1],
    [[], undefined, undefined],
  ])('of tags %j and criticality %s is %s', (tags, criticality, tier) => {
    expect(tierOf(tags, criticality)).toBe(tier);
  });
});

describe('why it failed', () => {
  const step = (rest: object) =>
    StepInstance.parse({
      workflow_id: 'orders',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      step_id: 'load',
      step_attempt_id: 1,
      runtime_state: { status: 'FATALLY_FAILED' },
      ...rest,
    });

  it.each<[string, object, string | undefined]>([
    [
      'the newest error record with its lines',
      {
        timeline: [
          { timestamp: 2, type: 'DETAILS', message: 'Could not start', errors: ['NoSuchImage: etl:9'] },
          { timestamp: 1, type: 'DETAILS', message: 'older' },
        ],
      },
      'Could not start\nNoSuchImage: etl:9',
    ],
    [
      'the status and body of a call',
      {
        artifacts: {
          maestro_http: {
            status: 'FAILED',
            status_code: 502,
            body: 'no upstream',
            request: { method: 'GET', url: 'http://j/x' },
          },
        },
      },
      'HTTP 502 from GET http://j/x\nno upstream',
    ],
    [
      'nothing of a call that went well',
      { artifacts: { maestro_http: { status: 'SUCCESS', status_code: 200, body: 'ok' } } },
      undefined,
    ],
    [
      'the end of what the job wrote',
      { artifacts: { maestro_kubernetes: { execution_output: `${'line\n'.repeat(100)}KeyError: 'total'\n` } } },
      `${'line\n'.repeat(39)}KeyError: 'total'`,
    ],
    [
      'no output where it could not be read',
      { artifacts: { maestro_kubernetes: { execution_output: 'n/a' } } },
      undefined,
    ],
    [
      'the loudest line where there is nothing else',
      {
        timeline: [
          { timestamp: 1, type: 'LOG', level: 'WARN', message: 'pod was evicted' },
          { timestamp: 2, type: 'LOG', level: 'INFO', message: 'step ended' },
        ],
      },
      'pod was evicted',
    ],
    ['nothing where nothing was said', {}, undefined],
  ])('is %s', (_title, rest, error) => {
    expect(errorOf(step(rest))).toBe(error);
  });

  it('is the limit of time of a run that ran into it', () => {
    const run = {
      workflow_id: 'orders',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      status: 'TIMED_OUT',
      timeout_in_millis: 7_200_000,
    };
    expect(errorOfRun(Instance.parse(run))).toBe('The run took longer than its limit of 2 h.');
  });
});

describe('an answer of an older server', () => {
  it('may hold bare counts, and numbers as text', () => {
    const run = Instance.parse({
      workflow_id: 'orders',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      status: 'FAILED',
      runtime_overview: {
        total_step_count: '4',
        step_overview: { SUCCEEDED: 3, FATALLY_FAILED: { cnt: '1' } },
        rollup_overview: {
          total_leaf_count: 4,
          overview: { FATALLY_FAILED: { cnt: 1, ref: { 'orders:1': ['1:load:2', 'odd'] } } },
        },
      },
    });
    expect(run.runtime_overview?.step_overview).toMatchObject({ SUCCEEDED: { cnt: 3 }, FATALLY_FAILED: { cnt: 1 } });
    expect(run.runtime_overview?.rollup_overview?.overview.FATALLY_FAILED?.ref).toEqual([
      { workflow: 'orders', run: 1, instance: 1, step: 'load', attempt: 2 },
    ]);
  });

  it.each(['workflow_instance_id', 'workflow_run_id', 'status', 'workflow_id'])('is not taken without %s', (key) => {
    const run = {
      workflow_id: 'orders',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      status: 'FAILED',
      [key]: undefined,
    };
    expect(Instance.safeParse(run).success).toBe(false);
  });
});

describe('what Maestro says of a change', () => {
  const acted = (message: unknown) =>
    StepActed.parse({
      workflow_id: 'orders',
      workflow_instance_id: 7,
      workflow_run_id: 1,
      timeline_event: { message },
    }).timeline_event?.message;

  it.each([
    ['Manually run a new workflow instance by a user [dana@acme.example]', 'Manually run a new workflow instance'],
    ['User [dana@acme.example] take action [SKIP] on the step', 'It was taken: action [SKIP] on the step'],
    [
      'User [dana@acme.example] take an action to STOP the running workflow instance run',
      'It was taken: action to STOP the running workflow instance run',
    ],
    ['Nothing was done', 'Nothing was done'],
    [7, undefined],
  ])('%s: is told without the name that it has for the person', (said, shown) => {
    expect(acted(said)).toBe(shown);
  });
});
