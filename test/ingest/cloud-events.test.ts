import { readCloudEvent } from '../../src/ingest/cloud-events';

const receivedAt = new Date('2026-11-25T09:00:00Z');
const read = (value: unknown) => readCloudEvent(value, { receivedAt, connection: 'prod' });

const envelope = (differs: Record<string, unknown> = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: 'e1',
  source: '/airflow/prod',
  type: 'io.pitcrew.run.failed.v1',
  time: '2026-11-25T08:59:00Z',
  data: { pipeline: 'orders_daily', run: '118' },
  ...differs,
});
const withData = (data: Record<string, unknown>, type = 'io.pitcrew.run.failed.v1') =>
  envelope({ type, data: { pipeline: 'orders_daily', run: '118', ...data } });

function eventOf(value: unknown) {
  const answer = read(value);
  if (!('fact' in answer) || answer.fact.kind !== 'run') throw new Error(JSON.stringify(answer));
  return answer.fact.event;
}

describe('a run event', () => {
  it.each([
    ['started', 'started'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['skipped', 'skipped'],
    ['late', 'late'],
    ['check_failed', 'check-failed'],
  ])('of type %s is a fact %s', (type, kind) => {
    expect(eventOf(envelope({ type: `io.pitcrew.run.${type}.v1` })).kind).toBe(kind);
  });

  it('is whole with pipeline and run alone', () => {
    expect(eventOf(envelope())).toEqual({
      source: '/airflow/prod',
      id: 'e1',
      kind: 'failed',
      occurredAt: new Date('2026-11-25T08:59:00Z'),
      connection: 'prod',
      pipeline: 'orders_daily',
      run: '118',
      attempt: 1,
      final: true,
    });
  });

  it('takes in all that it may say', () => {
    const data = {
      orchestrator: 'airflow',
      attempt: 3,
      partition: '2026-11-24',
      step: 'load',
      error: 'relation "orders" does not exist',
      url: 'https://airflow.example/run/118',
      logUrl: 'http://logs.example/118',
      final: false,
      startedAt: '2026-11-25T08:00:00Z',
      endedAt: '2026-11-25T09:59:00+01:00',
      owner: 'dana@acme.example',
      team: 'orders',
      tags: ['tier1', 'daily'],
      tier: 1,
      environment: 'prod',
      inputs: ['raw.orders'],
      outputs: ['dwh.orders'],
    };
    const { orchestrator, ...rest } = data;
    expect(eventOf(withData(data))).toMatchObject({
      ...rest,
      connection: orchestrator,
      startedAt: new Date('2026-11-25T08:00:00Z'),
      endedAt: new Date('2026-11-25T08:59:00Z'),
    });
  });

  it.each([
    { title: 'a number as id of a run', data: { run: 118 }, gives: { run: '118' } },
    { title: 'a number as partition', data: { partition: 20261124 }, gives: { partition: '20261124' } },
    { title: 'numbers as text', data: { attempt: '2', tier: '1' }, gives: { attempt: 2, tier: 1 } },
    { title: 'null for what is not known', data: { error: null, url: null, tags: null }, gives: { error: undefined } },
    { title: 'blanks for what is not known', data: { owner: '', url: ' ', step: '' }, gives: { owner: undefined } },
    { title: 'keys that we do not know', data: { colour: 'red' }, gives: { run: '118' } },
    { title: 'spaces around names', data: { pipeline: ' orders_daily ' }, gives: { pipeline: 'orders_daily' } },
  ])('bears $title', ({ data, gives }) => {
    const event = eventOf(withData(data));
    expect({ ...event, ...gives }).toEqual(event);
  });

  it.each([
    { title: 'the time of arrival where it tells none', time: undefined, at: '2026-11-25T09:00:00.000Z' },
    { title: 'a time in UTC', time: '2026-11-25T06:00:00Z', at: '2026-11-25T06:00:00.000Z' },
    { title: 'a time with an offset', time: '2026-11-25T06:00:00+02:00', at: '2026-11-25T04:00:00.000Z' },
    { title: 'a time with an offset of minutes', time: '2026-11-25T06:00:00-03:30', at: '2026-11-25T09:30:00.000Z' },
    { title: 'fractions of a second', time: '2026-11-25T06:00:00.1234567Z', at: '2026-11-25T06:00:00.123Z' },
  ])('has $title', ({ time, at }) => {
    expect(eventOf(envelope({ time })).occurredAt.toISOString()).toBe(at);
  });

  it('reads data that came as base64', () => {
    const data_base64 = Buffer.from(JSON.stringify({ pipeline: 'umsätze', run: 7 })).toString('base64');
    expect(eventOf(envelope({ data: undefined, data_base64 }))).toMatchObject({ pipeline: 'umsätze', run: '7' });
  });
});

describe('other events', () => {
  it('reads a deployment', () => {
    const answer = read(
      envelope({
        type: 'io.pitcrew.change.deployed.v1',
        data: {
          pipeline: 'orders_daily',
          version: 7,
          by: 'dana',
          commit: 'abc123',
          branch: 'main',
          note: 'Widen keys',
        },
      }),
    );
    expect(answer).toMatchObject({
      fact: {
        kind: 'change',
        change: {
          kind: 'deployed',
          at: new Date('2026-11-25T08:59:00Z'),
          pipeline: { connection: 'prod', key: 'orders_daily' },
          version: '7',
          by: 'dana',
          commit: 'abc123',
          branch: 'main',
          note: 'Widen keys',
        },
      },
    });
  });

  it('reads the use of a tool', () => {
    const data = { tool: 'dataflow', person: 'dana@acme.example', action: 'deploy', count: 2, team: 'orders' };
    expect(read(envelope({ type: 'io.pitcrew.usage.v1', data }))).toMatchObject({
      fact: { kind: 'usage', usage: { ...data, at: new Date('2026-11-25T08:59:00Z') } },
    });
  });
});

describe('a refusal names the place and says what is wrong', () => {
  const usage = { tool: 'dataflow', person: 'dana@acme.example', action: 'deploy' };
  it.each([
    { value: 'x', pointer: '', message: 'must be an object' },
    { value: undefined, pointer: '', message: 'is missing' },
    { value: envelope({ specversion: '0.3' }), pointer: '/specversion', message: 'must be "1.0"' },
    { value: envelope({ id: undefined }), pointer: '/id', message: 'is missing' },
    { value: envelope({ id: '' }), pointer: '/id', message: 'is empty' },
    { value: envelope({ id: 7 }), pointer: '/id', message: 'must be text' },
    { value: envelope({ source: null }), pointer: '/source', message: 'is missing' },
    { value: envelope({ type: undefined }), pointer: '/type', message: 'is missing' },
    { value: envelope({ time: 'yesterday' }), pointer: '/time', message: /^must be a time such as / },
    { value: envelope({ time: '2026-11-25 06:00' }), pointer: '/time', message: /^must be a time such as / },
    { value: envelope({ time: '2026-13-25T06:00:00Z' }), pointer: '/time', message: /^must be a time such as / },
    {
      value: envelope({ type: 'com.acme.order.v1' }),
      pointer: '/type',
      message: /^is not a type that I take; these are io/,
    },
    { value: envelope({ type: 'io.pitcrew.run.failed.v2' }), pointer: '/type', message: /^is not a type/ },
    { value: envelope({ type: 'io.pitcrew.run.constructor.v1' }), pointer: '/type', message: /^is not a type/ },
    { value: envelope({ type: 'io.pitcrew.run.__proto__.v1' }), pointer: '/type', message: /^is not a type/ },
    { value: envelope({ data: undefined }), pointer: '/data', message: 'is missing' },
    { value: envelope({ data: 'failed' }), pointer: '/data', message: 'must be an object' },
    { value: envelope({ data: undefined, data_base64: 'eyJ' }), pointer: '/data_base64', message: 'is missing' },
    { value: envelope({ data: { run: '118' } }), pointer: '/data/pipeline', message: 'is missing' },
    { value: withData({ pipeline: '  ' }), pointer: '/data/pipeline', message: 'is empty' },
    { value: withData({ pipeline: 7 }), pointer: '/data/pipeline', message: 'must be text' },
    {
      value: withData({ pipeline: 'p'.repeat(501) }),
      pointer: '/data/pipeline',
      message: 'is longer than 500 characters',
    },
    { value: withData({ pipeline: '漢'.repeat(300) }), pointer: '/data/pipeline', message: 'is longer than 800 bytes' },
    { value: withData({ run: undefined }), pointer: '/data/run', message: 'is missing' },
    { value: withData({ run: 1.5 }), pointer: '/data/run', message: 'must be text or a whole number' },
    { value: withData({ run: {} }), pointer: '/data/run', message: 'must be text or a whole number' },
    { value: withData({ attempt: 0 }), pointer: '/data/attempt', message: 'must be a whole number from 1' },
    { value: withData({ attempt: 'first' }), pointer: '/data/attempt', message: 'must be a whole number from 1' },
    { value: withData({ error: ['x'] }), pointer: '/data/error', message: 'must be text' },
    {
      value: withData({ url: 'javascript:alert(1)' }),
      pointer: '/data/url',
      message: 'must be an http or https address',
    },
    { value: withData({ final: 'no' }), pointer: '/data/final', message: 'must be true or false' },
    { value: withData({ startedAt: 'now' }), pointer: '/data/startedAt', message: /^must be a time/ },
    { value: withData({ tags: 'tier1' }), pointer: '/data/tags', message: 'must be a list' },
    { value: withData({ tags: ['tier1', 7] }), pointer: '/data/tags/1', message: 'must be text' },
    { value: withData({ tags: Array(101).fill('t') }), pointer: '/data/tags', message: 'has more than 100 entries' },
    {
      value: envelope({ type: 'io.pitcrew.change.deployed.v1', data: {} }),
      pointer: '/data/pipeline',
      message: 'is missing',
    },
    {
      value: envelope({ type: 'io.pitcrew.usage.v1', data: { ...usage, person: undefined } }),
      pointer: '/data/person',
      message: 'is missing',
    },
    {
      value: envelope({ type: 'io.pitcrew.usage.v1', data: { ...usage, count: 0 } }),
      pointer: '/data/count',
      message: 'must be a whole number from 1',
    },
  ])('$pointer $message', ({ value, pointer, message }) => {
    expect(read(value)).toEqual({
      pointer,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
  });
});
