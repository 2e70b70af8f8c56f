import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveProduct } from './product';
import { installPython } from './python';
import { createServers, freePort, seconds } from './servers';

const version = '1.13.28';
const packages = [`dagster==${version}`, `dagster-webserver==${version}`];
const startsWithinMs = 300_000;

/** Runs begin at once rather than every five seconds, and no more of them than a small machine bears. */
const instance = `telemetry:
  enabled: false
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 4
    dequeue_interval_seconds: 1
run_retries:
  enabled: true
`;

export const dagster: LiveProduct = {
  name: 'dagster',
  title: `Dagster ${version}`,
  kind: 'dagster',
  version,
  tests: 'live/dagster/*.live.ts',

  async install(folder, say) {
    const pythons = ['python3.11', 'python3.12', 'python3.10', 'python3.13', 'python3'];
    await installPython({ venv: join(folder, 'dagster-venv'), pythons, packages }, say);
  },

  async start(folder, say) {
    const bin = join(folder, 'dagster-venv', 'bin');
    const home = join(folder, 'dagster-run');
    const release = join(home, 'release');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(release, { recursive: true });
    copyFileSync(join(__dirname, 'dagster_pipelines.py'), join(home, 'dagster_pipelines.py'));
    copyFileSync(join(__dirname, '..', '..', 'docs', 'dagster', 'pitcrew_sensor.py'), join(home, 'pitcrew_sensor.py'));
    writeFileSync(join(home, 'dagster.yaml'), instance);
    const [port, codePort, sinkPort] = [await freePort(), await freePort(), await freePort()];
    const place = `{ host: 127.0.0.1, port: ${codePort}, location_name: live }`;
    writeFileSync(join(home, 'workspace.yaml'), `load_from:\n  - grpc_server: ${place}\n`);
    const url = `http://127.0.0.1:${port}`;
    const servers = createServers(home, {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: process.env.HOME ?? '',
      DAGSTER_HOME: home,
      PITCREW_LIVE_RELEASE: release,
      PITCREW_URL: `http://127.0.0.1:${sinkPort}/ingest/works`,
      PITCREW_TOKEN: 'live-token',
    });
    const began = Date.now();
    const at = ['-h', '127.0.0.1', '-p'];
    const workspace = ['-w', join(home, 'workspace.yaml')];
    servers.start('code', join(bin, 'dagster'), ['api', 'grpc', ...at, String(codePort), '-m', 'dagster_pipelines']);
    try {
      servers.start('webserver', join(bin, 'dagster-webserver'), [...at, String(port), ...workspace]);
      // Two that make the tables of one instance at once get into each other's way.
      await servers.untilUp(async () => (await fetch(`${url}/server_info`)).ok, startsWithinMs);
      servers.start('daemon', join(bin, 'dagster-daemon'), ['run', ...workspace]);
      await servers.untilUp(() => isUp(url), startsWithinMs);
    } catch (error) {
      await servers.stop();
      throw error;
    }
    say(`it is up after ${seconds(began)} s`);
    return { about: { name: dagster.name, url, sinkPort, release }, stop: servers.stop };
  },
};

/** Up means: its jobs are listed, and its daemons run. */
async function isUp(url: string): Promise<boolean> {
  const query = `{
    repositoriesOrError { ... on RepositoryConnection { nodes { name } } }
    instance { daemonHealth { allDaemonStatuses { required healthy } } }
  }`;
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(10_000),
  });
  const { data } = (await answer.json()) as {
    data: {
      repositoriesOrError: { nodes?: unknown[] };
      instance: { daemonHealth: { allDaemonStatuses: { required: boolean; healthy: boolean | null }[] } };
    };
  };
  const isWell = data.instance.daemonHealth.allDaemonStatuses.every(({ required, healthy }) => !required || healthy);
  return isWell && (data.repositoriesOrError.nodes ?? []).length > 0;
}
