import pino from 'pino';
import { pipelineNode } from '../../src/domain/edge';
import { connectAll, kindOf } from '../../src/orchestrators/registry';
import { about, createDriver } from './airflow-bench';

const driver = createDriver(about);

describe('lineage', () => {
  const { url, username, password } = about;
  const connected = connectAll(
    [{ name: 'works', kind: 'airflow', settings: kindOf('airflow')?.check({ url, username, password }).data }],
    { log: pino({ level: 'silent' }), clock: { now: () => new Date() } },
  ).get('works');

  afterAll(() => connected?.close());

  it('is told of a task that starts another pipeline, once it has run', async () => {
    await driver.becomes(await driver.trigger('calling'), 'success');
    const edges: string[] = [];
    for await (const { from, to } of connected?.orchestrator.lineage?.() ?? []) edges.push(`${from} ${to}`);
    const node = (key: string) => pipelineNode({ connection: 'works', key });
    expect(edges).toContain(`${node('calling')} ${node('smooth')}`);
  });
});
