import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './database';
import type { LiveProduct } from './product';
import { installPython, runProgram } from './python';
import { createServers, freePort, seconds } from './servers';

const startsWithinMs = 300_000;
/** It runs on the PostgreSQL that Pitcrew brings along: on SQLite, Airflow 3 cannot make a backfill while anything runs. */
const drivers = ['psycopg2-binary', 'asyncpg'];
const pipelines = ['bumpy', 'calling', 'daily', 'held', 'making', 'patient', 'picky', 'reading', 'smooth'];
const user = { username: 'pitcrew', password: 'pitcrew-live' };

interface Shape {
  version: string;
  /** Python that it runs on, the best first. */
  pythons: string[];
  servers: string[][];
  environment(at: { port: number; home: string }): Record<string, string>;
  /** Commands before the servers start. */
  prepare: string[][];
  /** Path below the server whose list names the pipelines. */
  list: string;
  authorisation(url: string): Promise<string>;
}

const airflow3: Shape = {
  version: '3.3.2',
  pythons: ['python3.11', 'python3.12', 'python3.10', 'python3.13', 'python3'],
  servers: [['api-server'], ['scheduler', '--skip-serve-logs'], ['dag-processor']],
  environment: ({ port, home }) => ({
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__HOST: '127.0.0.1',
    AIRFLOW__API__BASE_URL: `http://127.0.0.1:${port}`,
    AIRFLOW__API__WORKERS: '1',
    AIRFLOW__API__SECRET_KEY: 'only-for-this-machine',
    AIRFLOW__API_AUTH__JWT_SECRET: 'only-for-this-machine-and-long-enough-to-be-taken-as-a-key-of-64',
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: `${user.username}:op,looker:viewer`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: join(home, 'passwords.json'),
    // A busy machine answers late; its tasks must not fail for that.
    AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: '60',
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: '0.5',
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: '600',
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '600',
  }),
  prepare: [['db', 'migrate']],
  list: '/api/v2/dags?limit=100',
  async authorisation(url) {
    const body = JSON.stringify(user);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/auth/token`, { method: 'POST', headers, body });
    const { access_token: token } = (await answer.json()) as { access_token?: string };
    return `Bearer ${token}`;
  },
};

const airflow2: Shape = {
  version: '2.11.2',
  pythons: ['python3.11', 'python3.12', 'python3.10', 'python3.9', 'python3'],
  servers: [['webserver'], ['scheduler', '--skip-serve-logs']],
  environment: ({ port }) => ({
    AIRFLOW__WEBSERVER__WEB_SERVER_PORT: String(port),
    AIRFLOW__WEBSERVER__WEB_SERVER_HOST: '127.0.0.1',
    AIRFLOW__WEBSERVER__BASE_URL: `http://127.0.0.1:${port}`,
    AIRFLOW__WEBSERVER__WORKERS: '2',
    AIRFLOW__WEBSERVER__SECRET_KEY: 'only-for-this-machine',
    AIRFLOW__API__AUTH_BACKENDS:
      'airflow.providers.fab.auth_manager.api.auth.backend.basic_auth,airflow.api.auth.backend.session',
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: '0.5',
    AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL: '600',
    AIRFLOW__WEBSERVER__WARN_DEPLOYMENT_EXPOSURE: 'False',
  }),
  prepare: [
    ['db', 'migrate'],
    ['sync-perm'],
    [
      'users',
      'create',
      '-u',
      user.username,
      '-p',
      user.password,
      '-r',
      'Op',
      '-f',
      'P',
      '-l',
      'C',
      '-e',
      'p@x.example',
    ],
    ['users', 'create', '-u', 'looker', '-p', user.password, '-r', 'Viewer', '-f', 'L', '-l', 'K', '-e', 'l@x.example'],
  ],
  list: '/api/v1/dags?limit=100',
  authorisation: async () => `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`,
};

export const airflows: LiveProduct[] = [product('airflow3', airflow3), product('airflow2', airflow2)];

function product(name: string, shape: Shape): LiveProduct {
  const venvIn = (folder: string) => join(folder, `${name}-venv`);

  return {
    name,
    title: `Airflow ${shape.version}`,
    kind: 'airflow',
    version: shape.version,
    tests: 'live/*.live.ts',

    async install(folder, say) {
      const packages = [`apache-airflow==${shape.version}`, ...drivers];
      const constraints = (python: string) => constraintsFor(shape.version, python);
      await installPython({ venv: venvIn(folder), pythons: shape.pythons, packages, constraints }, say);
    },

    async start(folder, say) {
      const bin = join(venvIn(folder), 'bin');
      const home = join(folder, `${name}-run`);
      rmSync(home, { recursive: true, force: true });
      for (const below of ['dags', 'plugins', 'release']) mkdirSync(join(home, below), { recursive: true });
      copyFileSync(join(__dirname, 'airflow_pipelines.py'), join(home, 'dags', 'airflow_pipelines.py'));
      copyFileSync(
        join(__dirname, '..', '..', 'docs', 'airflow', 'pitcrew_callback.py'),
        join(home, 'plugins', 'pitcrew_callback.py'),
      );
      writeFileSync(
        join(home, 'passwords.json'),
        JSON.stringify({ [user.username]: user.password, looker: user.password }),
      );
      const [port, sinkPort] = [await freePort(), await freePort()];
      const url = `http://127.0.0.1:${port}`;
      const plain = {
        PATH: `${bin}:${process.env.PATH ?? ''}`,
        HOME: process.env.HOME ?? '',
        AIRFLOW_HOME: home,
        AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
        AIRFLOW__CORE__DAGS_FOLDER: join(home, 'dags'),
        AIRFLOW__CORE__PLUGINS_FOLDER: join(home, 'plugins'),
        AIRFLOW__LOGGING__LOGGING_LEVEL: 'WARNING',
        AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
        AIRFLOW__CORE__PARALLELISM: '6',
        PITCREW_LIVE_RELEASE: join(home, 'release'),
        PITCREW_URL: `http://127.0.0.1:${sinkPort}/ingest/works`,
        PITCREW_TOKEN: 'live-token',
        ...shape.environment({ port, home }),
      };
      const began = Date.now();
      const database = await openDatabase('psycopg2');
      const env = { ...plain, AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: database.url };
      const servers = createServers(home, env);
      const stop = async () => {
        await servers.stop();
        await database.close();
      };
      try {
        for (const args of shape.prepare) runProgram(join(bin, 'airflow'), args, env);
        say(`its database is made after ${seconds(began)} s`);
        for (const [command = '', ...more] of shape.servers)
          servers.start(command, join(bin, 'airflow'), [command, ...more]);
        // Up means: all its pipelines are listed.
        await servers.untilUp(async () => (await listed(shape, url)).length >= pipelines.length, startsWithinMs);
      } catch (error) {
        await stop();
        throw error;
      }
      say(`it is up after ${seconds(began)} s`);
      const about = { name, url, sinkPort, release: join(home, 'release'), major: Number(shape.version[0]), ...user };
      return { about, stop };
    },
  };
}

/** The address of the published constraints, if they can be reached from here. */
async function constraintsFor(version: string, python: string): Promise<string | undefined> {
  const address = `https://raw.githubusercontent.com/apache/airflow/constraints-${version}/constraints-${python}.txt`;
  const answer = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(8_000) }).catch(() => undefined);
  return answer?.ok ? address : undefined;
}

async function listed(shape: Shape, url: string): Promise<unknown[]> {
  try {
    const headers = { authorization: await shape.authorisation(url) };
    const answer = await fetch(url + shape.list, { headers, signal: AbortSignal.timeout(10_000) });
    const { dags } = (await answer.json()) as { dags?: unknown[] };
    return dags ?? [];
  } catch {
    return [];
  }
}
