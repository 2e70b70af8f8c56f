import { PipelineEvent } from '../../../src/domain/pipeline-event';
import { createLinks } from '../../../src/orchestrators/maestro/links';
import { createNormalise } from '../../../src/orchestrators/maestro/normalise';
import { deliveryOf, fixture } from './deliveries';

const normalise = createNormalise({
  connection: 'prod',
  where: 'Maestro (prod)',
  links: createLinks({ uiUrl: 'https://ui.example/w/{workflow}/{instance}/{run}?step={step}' }),
  unknownWord: () => undefined,
});
const events = (body: unknown) => normalise(deliveryOf(body)).events;

describe('an event of Maestro', () => {
  it('tells what failed, in which attempt, and asks to be read', () => {
    const [event, ...others] = events(fixture('run-failed'));
    expect(others).toEqual([]);
    expect(event).toEqual({
      source: 'maestro:prod',
      id: 'invoices.hourly:4021:2:FAILED',
      kind: 'failed',
      occurredAt: new Date(1772445600000),
      connection: 'prod',
      pipeline: 'invoices.hourly',
      run: '4021',
      attempt: 2,
      final: true,
      endedAt: new Date(1772445600000),
      url: 'https://ui.example/w/invoices.hourly/4021/2?step=',
      tags: ['finance', 'tier2'],
      tier: 2,
      needsReading: true,
    });
    expect(PipelineEvent.safeParse(event).success).toBe(true);
  });

  it.each([
    ['IN_PROGRESS', 'started'],
    ['SUCCEEDED', 'succeeded'],
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'failed'],
    ['STOPPED', 'cancelled'],
  ])('with the new status %s means %s', (new_status, kind) => {
    expect(events(fixture('run-failed', { new_status }))).toMatchObject([{ kind }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['of a child', { depth: 1 }],
    ['with a status that we do not know', { new_status: 'HIBERNATING' }],
    ['about queueing', { new_status: 'CREATED' }],
    ['about a step', { type: 'STEP_INSTANCE_STATUS_CHANGE_EVENT' }],
    ['of a kind that we do not know', { type: 'WORKFLOW_MOON_PHASE_EVENT' }],
  ])('%s is no news', (_title, changes) => {
    expect(normalise(deliveryOf(fixture('run-failed', changes)))).toEqual({ events: [] });
  });

  it('has the same id however often it is sent', () => {
    const again = fixture('run-failed', { send_time: 1772445699000 });
    expect(events(again)[0]?.id).toBe(events(fixture('run-failed'))[0]?.id);
  });

  it('may come in a list', () => {
    const list = [
      fixture('run-failed'),
      fixture('run-failed', { workflow_run_id: 3, new_status: 'SUCCEEDED' }),
      fixture('version-pushed'),
    ];
    const { events: told, changes } = normalise(deliveryOf(list));
    expect(told.map((event) => [event.attempt, event.kind])).toEqual([
      [2, 'failed'],
      [3, 'succeeded'],
    ]);
    expect(changes).toHaveLength(1);
  });

  it('gives up nothing of a list for one entry that makes no sense', () => {
    const list = [fixture('run-failed', { event_time: 'yesterday' }), fixture('run-failed')];
    const { events: told, refused } = normalise(deliveryOf(list));
    expect(told).toHaveLength(1);
    expect(refused).toEqual([{ index: 0, pointer: '', message: expect.stringContaining('"event_time"') }]);
    expect(() => normalise(deliveryOf(list.slice(0, 1)))).toThrow(expect.objectContaining({ kind: 'bad-response' }));
  });

  it.each<[string, unknown]>([
    ['no JSON', 'failed!'],
    ['no instance', fixture('run-failed', { workflow_instance_id: undefined })],
    ['no time', fixture('run-failed', { event_time: 'yesterday' })],
    ['no status', fixture('run-failed', { new_status: '' })],
    ['no type', { workflow_id: 'x' }],
  ])('with %s is refused as a bad response', (_title, body) => {
    expect(() => normalise(deliveryOf(body))).toThrow(
      expect.objectContaining({ kind: 'bad-response', where: 'Maestro (prod)' }),
    );
  });

  it('bears odd decoration', () => {
    expect(events(fixture('run-failed', { tags: [null, 7, 'plain'], old_status: 3 }))).toMatchObject([
      { tags: ['plain'] },
    ]);
  });
});

describe('a change', () => {
  it.each<[string, Record<string, unknown>, object]>([
    ['a push that goes live', {}, { kind: 'version', version: '12', by: 'noor', active: true }],
    ['a push that waits', { current_active_version_id: 11 }, { kind: 'version', version: '12', active: false }],
    [
      'an activation',
      { type: 'WORKFLOW_ACTIVATION_CHANGE_EVENT', version_id: undefined },
      { kind: 'activated', version: '12', active: true },
    ],
    [
      'a deactivation',
      { type: 'WORKFLOW_DEACTIVATION_CHANGE_EVENT', version_id: undefined, current_active_version_id: undefined },
      { kind: 'settings', note: 'Switched off: no version is active.' },
    ],
    ['new properties', { type: 'WORKFLOW_PROPERTIES_CHANGE_EVENT' }, { kind: 'settings', note: 'Properties changed.' }],
  ])('is told of %s', (_title, changes, told) => {
    expect(normalise(deliveryOf(fixture('version-pushed', changes)))).toMatchObject({
      events: [],
      changes: [{ pipeline: { connection: 'prod', key: 'invoices.hourly' }, at: new Date(1772449200000), ...told }],
    });
  });
});

describe('a delivery of Amazon SNS', () => {
  const confirmation = (SubscribeURL: string) =>
    fixture('sns-notification', {
      Type: 'SubscriptionConfirmation',
      Message: 'Visit the address.',
      Token: 't',
      SubscribeURL,
    });

  it('holds the event as text', () => {
    const body = fixture('sns-notification', { Message: JSON.stringify(fixture('run-failed')) });
    expect(events(body)).toMatchObject([{ id: 'invoices.hourly:4021:2:FAILED' }]);
  });

  it('names the address that confirms a subscription', () => {
    const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
    expect(normalise(deliveryOf(confirmation(url)))).toEqual({ events: [], confirm: url });
  });

  it.each([
    'http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
    'https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription',
    'https://evil.example/sns.eu-west-1.amazonaws.com',
    'https://sns.eu-west-1.amazonaws.com@evil.example/',
    'https://sns.eu-west-1.amazonaws.com:8443/',
    'https://169.254.169.254/latest/meta-data',
    'not an address',
  ])('never names %s', (url) => {
    expect(() => normalise(deliveryOf(confirmation(url)))).toThrow(expect.objectContaining({ kind: 'bad-response' }));
  });

  it('says nothing when a subscription ends', () => {
    const body = fixture('sns-notification', { Type: 'UnsubscribeConfirmation' });
    expect(normalise(deliveryOf(body))).toEqual({ events: [] });
  });
});
