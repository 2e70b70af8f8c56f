import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './database';
import type { LiveProduct } from './product';
import { installPython } from './python';
import { createServers, freePort, seconds } from './servers';

const version = '3.9.1';
const startsWithinMs = 300_000;
const user = { username: 'pitcrew', password: 'pitcrew-live' };
const authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
const deployments = 7;

/** On the PostgreSQL that Pitcrew brings along: on SQLite it answers 503 while anything runs. One process serves all flows. */
export const prefect: LiveProduct = {
  name: 'prefect',
  title: `Prefect ${version}`,
  kind: 'prefect',
  version,
  tests: 'live/prefect/*.live.ts',

  async install(folder, say) {
    const pythons = ['python3.11', 'python3.12', 'python3.10', 'python3.13', 'python3'];
    await installPython({ venv: join(folder, 'prefect-venv'), pythons, packages: [`prefect==${version}`] }, say);
  },

  async start(folder, say) {
    const bin = join(folder, 'prefect-venv', 'bin');
    const home = join(folder, 'prefect-run');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(join(home, 'release'), { recursive: true });
    copyFileSync(join(__dirname, 'prefect_flows.py'), join(home, 'prefect_flows.py'));
    const [port, sinkPort] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}/api`;
    const began = Date.now();
    const database = await openDatabase('asyncpg');
    const servers = createServers(home, {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: process.env.HOME ?? '',
      PREFECT_HOME: home,
      PREFECT_API_URL: url,
      PREFECT_API_AUTH_STRING: `${user.username}:${user.password}`,
      PREFECT_SERVER_API_AUTH_STRING: `${user.username}:${user.password}`,
      PREFECT_SERVER_DATABASE_CONNECTION_URL: database.url,
      PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
      PREFECT_SERVER_UI_ENABLED: 'false',
      DO_NOT_TRACK: '1',
      // A busy machine begins late; that is not what is tried here.
      PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS: '3600',
      PREFECT_RUNNER_POLL_FREQUENCY: '1',
      PREFECT_LOGGING_LEVEL: 'INFO',
      PITCREW_LIVE_RELEASE: join(home, 'release'),
    });
    const stop = async () => {
      await servers.stop();
      await database.close();
    };
    try {
      const args = ['server', 'start', '--host', '127.0.0.1', '--port', String(port)];
      servers.start('server', join(bin, 'prefect'), args);
      await servers.untilUp(async () => (await fetch(`${url}/health`)).ok, startsWithinMs);
      say(`its server is up after ${seconds(began)} s`);
      await tellChanges(url, `http://127.0.0.1:${sinkPort}/ingest/works`);
      servers.start('flows', join(bin, 'python'), [join(home, 'prefect_flows.py')]);
      const areServed = async () => (await ask(url, 'POST', '/deployments/count', {})) === deployments;
      await servers.untilUp(areServed, startsWithinMs);
    } catch (error) {
      await stop();
      throw error;
    }
    say(`it serves its flows after ${seconds(began)} s`);
    return { about: { name: 'prefect', url, sinkPort, release: join(home, 'release'), ...user }, stop };
  },
};

async function ask(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The webhook and the automation, as docs/adapters.md has people make them. */
async function tellChanges(url: string, address: string): Promise<void> {
  const type = (await ask(url, 'GET', '/block_types/slug/webhook')) as { id: string };
  const ofType = { block_schemas: { block_type_id: { any_: [type.id] } } };
  const [schema] = (await ask(url, 'POST', '/block_schemas/filter', ofType)) as { id: string }[];
  const block = (await ask(url, 'POST', '/block_documents/', {
    name: 'pitcrew',
    block_type_id: type.id,
    block_schema_id: schema?.id,
    data: {
      method: 'POST',
      url: address,
      headers: { Authorization: 'Bearer live-token', 'Content-Type': 'application/json' },
    },
  })) as { id: string };
  await ask(url, 'POST', '/automations/', {
    name: 'Tell Pitcrew',
    trigger: {
      type: 'event',
      posture: 'Reactive',
      match: { 'prefect.resource.id': 'prefect.flow-run.*' },
      expect: ['Running', 'Completed', 'Failed', 'Crashed', 'TimedOut', 'Cancelled'].map(
        (name) => `prefect.flow-run.${name}`,
      ),
      for_each: ['prefect.resource.id'],
      threshold: 1,
      within: 0,
    },
    actions: [
      {
        type: 'call-webhook',
        block_document_id: block.id,
        payload: '{{ {"event": event, "flow_run": flow_run} | tojson }}',
      },
    ],
  });
}
