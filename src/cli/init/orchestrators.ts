import type { Environment } from '../../config';
import { Failure, sayFailure } from '../../domain/failure';
import { systemClock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { Finding } from '../../orchestrators/orchestrator';
import { connectAll, kindOf, kinds } from '../../orchestrators/registry';
import type { Ask } from './ask';
import { type FoundPipeline, likelyTeam } from './draft';

/** One orchestrator as it was asked for. `secrets` are what `keys` names as `${NAME}`. */
export interface Wanted {
  name: string;
  kind: string;
  keys: Record<string, unknown>;
  secrets: Record<string, string>;
}

interface Way {
  /** Where `url` leads. */
  address: string;
  /** The first is the usual one. */
  signIns: { name: string; asks: { key: string; say: string; isSecret?: boolean }[] }[];
  more?: { key: string; say: string }[];
}

const nothing = { name: 'nothing', asks: [] };
const userAndPassword = {
  name: 'user name and password',
  asks: [
    { key: 'username', say: 'User name' },
    { key: 'password', say: 'Password', isSecret: true },
  ],
};
const secret = (name: string, key: string, say: string) => ({ name, asks: [{ key, say, isSecret: true }] });

/** How each kind is signed in to; kinds that are only set up by hand are left out. */
const ways: Record<string, Way> = {
  airflow: {
    address: 'Where people open Airflow, without /api',
    signIns: [userAndPassword, secret('token', 'token', 'Token')],
  },
  dagster: {
    address: 'Where people open Dagster, without /graphql',
    signIns: [nothing, secret('token of Dagster+', 'token', 'Token')],
  },
  dbt: {
    address: 'Access URL of the dbt Cloud account',
    signIns: [secret('service token', 'token', 'Service token')],
    more: [{ key: 'account', say: 'Number of the account' }],
  },
  maestro: {
    address: 'Where Maestro is, without /api/v3',
    signIns: [
      nothing,
      secret('Authorization header', 'headers.Authorization', 'Authorization header, such as "Bearer abc"'),
    ],
  },
  prefect: {
    address: 'PREFECT_API_URL, which ends with /api',
    signIns: [nothing, userAndPassword, secret('key of Prefect Cloud', 'apiKey', 'API key')],
  },
};

/** Asks for one orchestrator; `undefined` = no more. Secrets that the environment has already are not asked for. */
export async function askForOrchestrator(
  ask: Ask,
  taken: readonly string[],
  env: Environment,
): Promise<Wanted | undefined> {
  const offered = kinds.filter(({ id }) => ways[id]).map(({ id, title }) => ({ id, name: title }));
  const kind = await ask.one(taken.length === 0 ? 'Which orchestrator runs your pipelines?' : 'Another one?', offered);
  const way = kind && ways[kind.id];
  if (!kind || !way) return undefined;
  const usual = taken.includes('prod') ? kind.id : 'prod';
  const name = await ask.text('A short name for it, as people will see it', usual, (word) => {
    if (!/^[a-z0-9][a-z0-9_-]*$/i.test(word)) return 'Letters, digits, - and _ only.';
    return taken.includes(word) ? 'That name is taken.' : undefined;
  });
  const url = await ask.text(`${way.address}:`, '', (word) =>
    /^https?:\/\/\S+$/.test(word) ? undefined : 'That wants an address that starts with https:// or http://.',
  );
  const keys: Record<string, unknown> = { url: url.replace(/\/+$/, '') };
  const secrets: Record<string, string> = {};
  for (const { key, say } of way.more ?? []) keys[key] = await ask.text(`${say}:`);
  const signIn =
    way.signIns.length > 1 ? await ask.one('How does Pitcrew sign in?', way.signIns, way.signIns[0]) : way.signIns[0];
  for (const { key, say, isSecret } of signIn?.asks ?? []) {
    if (!isSecret) {
      put(keys, key, key === 'username' ? await ask.text(say, 'pitcrew') : await ask.text(`${say}:`));
      continue;
    }
    const variable = `${name}_${key.split('.').at(-1)}`.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    const value = env[variable] || (await ask.secret(`${say} (it goes into ${variable}, not into the file):`));
    secrets[variable] = value;
    put(keys, key, `\${${variable}}`);
  }
  keys.poll = { everySeconds: 30 };
  return { name, kind: kind.id, keys, secrets };
}

function put(keys: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  keys[first] = second === undefined ? value : { ...(keys[first] as object), [second]: value };
}

/** At most this many pipelines are read. */
const mostPipelines = 1_000;

/** Looks whether it answers, and which pipelines it has. Changes nothing there, and never throws for what it is told. */
export async function lookAt(
  wanted: Wanted,
  teams: readonly string[],
  log: Logger,
): Promise<{ findings: Finding[]; pipelines: FoundPipeline[] }> {
  const checked = kindOf(wanted.kind)?.check(filled(wanted.keys, wanted.secrets));
  if (!checked?.success) {
    const say = checked?.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') ?? '';
    return { findings: [{ ok: false, say, fix: 'Correct it in the file.' }], pipelines: [] };
  }
  const connections = connectAll([{ name: wanted.name, kind: wanted.kind, settings: checked.data }], {
    log,
    clock: systemClock,
  });
  const findings: Finding[] = [];
  const pipelines: FoundPipeline[] = [];
  for (const { orchestrator, close } of connections.values()) {
    try {
      findings.push(...(await orchestrator.check()));
      if (findings.every(({ ok }) => ok))
        for await (const { key, facts } of orchestrator.discover?.() ?? []) {
          pipelines.push({ key, title: facts.title, team: likelyTeam({ key, ...facts }, teams) });
          if (pipelines.length >= mostPipelines) break;
        }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      findings.push({ ok: false, say: sayFailure(error) });
    } finally {
      await close();
    }
  }
  return { findings, pipelines };
}

function filled(value: unknown, secrets: Record<string, string>): unknown {
  if (typeof value === 'string') return value.replace(/\$\{(\w+)\}/g, (_, name: string) => secrets[name] ?? '');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, secrets)]));
}
