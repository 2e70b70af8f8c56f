import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workspace } from '../../src/workspace';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Product, startProduct, startSmallWorkspace } from '../support/product';
import { until } from '../support/until';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string; arrayValue?: unknown } }[];
}

describe('traces', () => {
  let database: TestDatabase;
  let workspace: Workspace;
  let collector: Server;
  let product: Product | undefined;
  const said: { path?: string; key?: string; body: string }[] = [];

  const spans = (): Span[] =>
    said.flatMap(({ body }) =>
      JSON.parse(body).resourceSpans.flatMap((one: { scopeSpans: { spans: Span[] }[] }) =>
        one.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  const named = (name: string) => spans().find((span) => span.name === name);

  beforeAll(async () => {
    database = await createTestDatabase();
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const key = request.headers['x-key'];
        said.push({ path: request.url, key: key?.toString(), body: Buffer.concat(parts).toString() });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await product?.kill();
    await workspace?.stop();
    collector.close();
    await database.drop();
  });

  it('go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: the call of a machine, the decision, the message, the call to Slack', async () => {
    const small = await startSmallWorkspace({ budgets: 'off', channels: 1 });
    workspace = small.workspace;
    const { name, id } = small.channels[0] ?? { name: '', id: '' };
    product = await startProduct({
      databaseUrl: database.url,
      slack: small.slack,
      settings: `defaultChannel: "#${name}"`,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    });
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const data = { pipeline: 'orders_daily', run: 'r1', error: 'relation "raw_orders" does not exist' };
    const event = {
      specversion: '1.0',
      id: '1',
      source: 'test',
      type: 'io.pitcrew.run.failed.v1',
      time: new Date().toISOString(),
      data,
    };
    const response = await fetch(`${product.url}/ingest/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${product.ingestToken}`,
        'content-type': 'application/cloudevents+json',
        traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify(event),
    });
    expect(response.status).toBe(202);
    await until(() => workspace.state.messages(id).length > 0, { what: 'the alert', withinMs: 30_000 });
    expect(await product.stop()).toBe(0);

    expect(named('POST')).toMatchObject({ traceId: trace, parentSpanId: '00f067aa0ba902b7' });
    const send = named('post.send');
    expect(send?.attributes.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['pitcrew.post', 'pitcrew.incident', 'pitcrew.channel', 'pitcrew.role']),
    );
    const incident = send?.attributes.find(({ key }) => key === 'pitcrew.incident')?.value.stringValue;
    expect(JSON.stringify(named('decide')?.attributes)).toContain(incident);
    expect(named('slack chat.postMessage')).toMatchObject({ traceId: send?.traceId, parentSpanId: send?.spanId });
    expect(said.every(({ path, key }) => path === '/v1/traces' && key === 'of-the-collector')).toBe(true);
    expect(said[0]?.body).toContain('deployment.environment.name');
    expect(said.map(({ body }) => body).join()).not.toContain('raw_orders');
  });
});
