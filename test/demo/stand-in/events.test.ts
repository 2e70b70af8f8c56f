import { createVerify, X509Certificate } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { defineWorkflow, type EventSink, type JsonObject, scriptedRunner } from '../../../src/demo/stand-in';
import { until } from '../../support/until';
import { createGate, createServers, isOver } from '../support';

const servers = createServers();
const subscribers: Server[] = [];
afterEach(async () => {
  await servers.stopAll();
  await Promise.all(subscribers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

interface Delivery {
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** A webhook that keeps what it is sent. `answer` gives the status for the n-th delivery, from 1. */
async function subscriber(answer: (count: number) => number = () => 200) {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    deliveries.push({ headers: request.headers, body: JSON.parse(text) });
    response.writeHead(answer(deliveries.length)).end();
  });
  subscribers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/ingest/demo`, deliveries };
}

const orders = defineWorkflow({
  id: 'orders',
  name: 'Orders',
  steps: ['extract', 'load'],
  tags: ['tier1'],
  errorRetries: 1,
});
const start = async (sink: EventSink) =>
  servers.start({
    pipelines: [orders],
    runner: scriptedRunner({ load: { exitCode: 1 } }),
    events: [sink],
    clusterName: 'prod-eu',
  });
const ofType = (events: JsonObject[], type: string) => events.filter((event) => event.type === type);

describe('raw delivery', () => {
  it('sends each change of a run with its three times and a bearer token', async () => {
    const { url, deliveries } = await subscriber();
    const { standIn } = await start({ url, token: 'secret-1', form: 'raw' });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, isOver);
    await standIn.idle();
    expect(deliveries.every(({ headers }) => headers.authorization === 'Bearer secret-1')).toBe(true);
    const runs = ofType(
      deliveries.map(({ body }) => body),
      'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT',
    );
    expect(runs.map((event) => [event.old_status, event.new_status])).toEqual([
      ['CREATED', 'IN_PROGRESS'],
      ['IN_PROGRESS', 'FAILED'],
    ]);
    expect(runs[1]).toEqual({
      workflow_id: 'orders',
      workflow_name: 'Orders',
      workflow_instance_id: 1,
      workflow_run_id: 1,
      workflow_uuid: expect.any(String),
      correlation_id: 'orders:1:1',
      depth: 0,
      cluster_name: 'prod-eu',
      tags: [{ name: 'tier1' }],
      old_status: 'IN_PROGRESS',
      new_status: 'FAILED',
      event_time: expect.any(Number),
      sync_time: expect.any(Number),
      send_time: expect.any(Number),
      type: 'WORKFLOW_INSTANCE_STATUS_CHANGE_EVENT',
    });
  });

  it('sends the changes of a step in batches, in order', async () => {
    const { standIn } = await servers.start({ pipelines: [orders], runner: scriptedRunner({ load: { exitCode: 1 } }) });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, isOver);
    const load = ofType(standIn.published, 'STEP_INSTANCE_STATUS_CHANGE_EVENT').filter(
      (event) => event.step_id === 'load',
    );
    const changes = load.flatMap((event) =>
      Object.values(Object(event.status_change_records)).map(
        (record) => `${event.step_attempt_id} ${Object(record).new_status}`,
      ),
    );
    const way = ['CREATED', 'INITIALIZED', 'EVALUATING_PARAMS', 'STARTING', 'RUNNING'];
    expect(changes).toEqual([
      ...way.map((status) => `1 ${status}`),
      '1 USER_FAILED',
      ...way.map((status) => `2 ${status}`),
      '2 FATALLY_FAILED',
    ]);
    expect(load.every((event) => event.event_time === undefined && event.step_instance_id === 2)).toBe(true);
  });

  it('tells of pushes, activation, properties and deletion', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    await call('POST', '/workflows', { workflow: orders.workflow });
    await call('PUT', '/workflows/orders/versions/1/actions/activate');
    await call('POST', '/workflows/orders/properties', { description: 'new' });
    await call('PUT', '/workflows/orders/actions/deactivate');
    await call('DELETE', '/workflows/orders');
    expect(
      standIn.published.map(({ type, current_active_version_id, previous_active_version_id }) => [
        type,
        current_active_version_id,
        previous_active_version_id,
      ]),
    ).toEqual([
      ['WORKFLOW_DEFINITION_CHANGE_EVENT', 1, 0],
      ['WORKFLOW_VERSION_CHANGE_EVENT', 2, 1],
      ['WORKFLOW_ACTIVATION_CHANGE_EVENT', 1, 2],
      ['WORKFLOW_PROPERTIES_CHANGE_EVENT', undefined, undefined],
      ['WORKFLOW_DEACTIVATION_CHANGE_EVENT', undefined, 1],
      ['WORKFLOW_DELETION_CHANGE_EVENT', undefined, undefined],
    ]);
    expect(standIn.published[2]).toMatchObject({ workflow_id: 'orders', author: 'dana', cluster_name: 'demo' });
  });

  it('does not tell of runs that the end of the server cut off', async () => {
    const { url, deliveries } = await subscriber();
    const { standIn } = await servers.start({
      pipelines: [orders],
      runner: scriptedRunner({ load: createGate().step }),
      events: [{ url, form: 'raw' }],
    });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, (seen) => JSON.stringify(seen).includes('1:load:1'));
    await standIn.stop();
    const told = [...standIn.published, ...deliveries.map(({ body }) => body)].map((event) => JSON.stringify(event));
    expect(told.filter((text) => /FAILED|STOPPED/.test(text))).toEqual([]);
  });

  it('is repeated until it is taken, and loses nothing', async () => {
    const { url, deliveries } = await subscriber((count) => (count <= 2 ? 503 : 202));
    const { standIn } = await start({ url, form: 'raw' });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, isOver);
    await standIn.idle();
    const taken = deliveries.slice(2).map(({ body }) => body);
    expect(deliveries.slice(0, 2).every(({ body }) => body.type === 'WORKFLOW_DEFINITION_CHANGE_EVENT')).toBe(true);
    expect(taken.map((event) => event.type)).toEqual(standIn.published.map((event) => event.type));
  });
});

describe('delivery as a topic does it', () => {
  it('asks for confirmation first and sends nothing before it; then every message is signed', async () => {
    const { url, deliveries } = await subscriber();
    const { standIn } = await start({ url, form: 'sns' });
    await standIn.startRun('orders');
    await standIn.waitFor('orders', 1, isOver);
    await until(() => deliveries.length > 0);
    expect(deliveries).toHaveLength(1);
    const asked = deliveries[0]?.body;
    expect(deliveries[0]?.headers['x-amz-sns-message-type']).toBe('SubscriptionConfirmation');
    expect(asked).toMatchObject({ Type: 'SubscriptionConfirmation', Token: expect.any(String) });
    const confirmed = await fetch(String(asked?.SubscribeURL));
    expect(await confirmed.text()).toContain('<SubscriptionArn>');
    await standIn.idle();

    const certificate = await (await fetch(String(asked?.SigningCertURL))).text();
    const key = new X509Certificate(certificate).publicKey;
    for (const { headers, body } of deliveries) {
      expect(headers['content-type']).toBe('text/plain; charset=UTF-8');
      const names =
        body.Type === 'Notification'
          ? ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type']
          : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
      const signed = names.map((name) => `${name}\n${body[name]}\n`).join('');
      expect(createVerify('RSA-SHA256').update(signed).verify(key, String(body.Signature), 'base64')).toBe(true);
    }
    const events = deliveries.slice(1).map(({ body }) => JSON.parse(String(body.Message)));
    expect(events.map((event) => event.type)).toEqual(standIn.published.map((event) => event.type));
  });

  it('refuses a token that nobody was given', async () => {
    const { url } = await servers.start({ pipelines: [] });
    expect((await fetch(`${url}/sns/?Action=ConfirmSubscription&Token=abc`)).status).toBe(400);
  });
});
