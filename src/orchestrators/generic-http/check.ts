import { Failure } from '../../domain/failure';
import type { Run } from '../../domain/run';
import { createFindings } from '../findings';
import type { Http } from '../http';
import type { Finding } from '../orchestrator';
import { Data, valueAt } from './expression';
import { createReader, readRun, type Statuses } from './fields';
import { readList } from './pages';
import type { GenericHttpSettings } from './settings';
import { fillPath } from './template';

const { finding, fault } = createFindings({
  'not-found': 'Check `url` and the paths of this connection.',
  'not-allowed': 'Check the token in `headers`, and what it may read.',
  rejected: 'Check the paths of this connection: the server refuses them as they are.',
  'rate-limited': 'Poll less often, or ask for more calls.',
});

/** Reaches the server, and reads a run and a pipeline as the configuration maps them. Changes nothing. */
export async function check(deps: {
  http: Http;
  connection: string;
  settings: GenericHttpSettings;
  statusOf: Statuses;
}): Promise<Finding[]> {
  const { http, connection, settings, statusOf } = deps;
  const { where } = http;
  const findings: Finding[] = [];
  const { health, runs, pipelines } = settings;
  if (health) {
    findings.push(
      await finding(async () => {
        const answer = await http.get(fillPath(where, health.path, {}), Data);
        const version = health.version && valueAt(where, 'health.version', health.version, answer);
        return { ok: true, say: `${where} answers at ${settings.url}${version ? `: version ${version}` : ''}.` };
      }),
    );
    if (!findings[0]?.ok) return findings;
  }
  if (runs) {
    findings.push(
      await finding(async () => {
        const since = new Date(http.serverNow().getTime() - 24 * 3_600_000);
        const written =
          settings.times === 'iso' ? since.toISOString() : +since / (settings.times === 'seconds' ? 1_000 : 1);
        const [only] = settings.poll?.pipelines ?? [];
        const values = { since: typeof written === 'number' ? Math.floor(written) : written, pipeline: only };
        const fields = { ...settings.run.fields, ...runs.fields };
        const statuses = new Map<string, string>();
        let first: Run | undefined;
        // To its end: whether there is one is part of what is asked.
        for await (const item of readList(http, { key: 'runs', ...runs }, values)) {
          const run = readRun(createReader(where, 'runs.fields', item), fields, statusOf, connection);
          first ??= run;
          statuses.set(run.run, run.status);
        }
        const [unknown] = [...statuses].find(([, status]) => status === 'unknown') ?? [];
        if (unknown !== undefined) return unknownStatus(unknown);
        if (first) {
          const say = `It shows ${statuses.size} ${statuses.size === 1 ? 'run' : 'runs'} of the last day, such as ${first.run} of ${first.pipeline.key} (${first.status}).`;
          return { ok: true, say };
        }
        return { ok: true, say: 'It shows no run of the last day; how they are mapped could not be tried.' };
      }),
    );
  }
  if (pipelines) {
    findings.push(
      await finding(async () => {
        for await (const item of readList(http, { key: 'pipelines', ...pipelines }, {}))
          return {
            ok: true,
            say: `It shows pipelines: the first is ${createReader(where, 'pipelines.fields', item).id('key', pipelines.fields.key)}.`,
          };
        return { ok: false, say: 'It shows no pipeline.', fix: 'Check `pipelines.path` and `pipelines.items`.' };
      }),
    );
  }
  if (findings.length === 0) findings.push(await onlyReached(http, settings));
  return findings.map(withPlace);
}

const unknownStatus = (run: string): Finding => ({
  ok: false,
  say: `The state of run ${run} is none of those under \`statuses\`.`,
  fix: 'Add the word under `statuses`; Pitcrew shows it as unknown till then.',
});

/** Nothing can be listed: a run that is not there shows that somebody is at home. */
async function onlyReached(http: Http, settings: GenericHttpSettings): Promise<Finding> {
  const say = `${http.where} answers at ${settings.url}.`;
  try {
    await http.get(
      fillPath(http.where, settings.run.path, { pipeline: 'pitcrew-doctor', run: 'pitcrew-doctor' }),
      Data,
    );
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'not-found') return fault(error);
  }
  return { ok: true, say };
}

/** A fault that names a key of the configuration is mended there. */
function withPlace(found: Finding): Finding {
  const [, key] = /`((?:runs|run|pipelines|steps|log|health)\.[\w.]+)`/.exec(found.say) ?? [];
  return found.ok || key === undefined || found.fix?.includes('`statuses`')
    ? found
    : { ...found, fix: `Correct \`${key}\` of this connection in pitcrew.yaml.` };
}
