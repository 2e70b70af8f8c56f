import type { ActionKind } from '../../domain/action';
import { Failure } from '../../domain/failure';
import { createFindings } from '../findings';
import type { Finding } from '../orchestrator';
import type { Api } from './api';

const { fault, finding } = createFindings({
  'not-found': 'Check `url`: the server answers, but there is no Airflow. Leave `/api/v2` off.',
  'not-allowed':
    'Check `username` and `password`, or `token`. Airflow 2 also needs a basic-auth backend in `[api] auth_backends`, and the user a role that may read.',
  rejected: 'Check `url` and who signs in.',
  'rate-limited': 'Ask for more calls for this user, or poll less often.',
});

const noVersions =
  'Airflow 2 keeps no versions of a pipeline. The repository of its file knows them; Airflow 3 keeps them.';

/** Reaches the server, signs in, reads, and asks for what it would be allowed to change. Changes nothing. */
export async function check(deps: { api: Api; baseUrl: string; only?: readonly string[] }): Promise<Finding[]> {
  const { api, baseUrl } = deps;
  const reached = await finding(async () => {
    const { version } = await api.release();
    const say = `${api.where} answers at ${baseUrl}: it is Airflow ${version}.`;
    return (await api.isNew()) ? { ok: true, say } : { ok: true, say, lacks: { versions: noVersions } };
  });
  if (!reached.ok) return [reached];
  const read = await finding(async () => {
    const { items, total } = await api.dags(0, 1);
    const count = total ?? items.length;
    await api.runs(undefined, {}, 0, 1);
    return { ok: true, say: `It shows ${count} ${count === 1 ? 'pipeline' : 'pipelines'} and their runs.` };
  });
  if (!read.ok) return [reached, read];
  const probes = (deps.only ?? (await api.dags(0, probed)).items.map(({ dag_id }) => dag_id)).slice(0, probed);
  return [
    reached,
    read,
    await finding(() => health(api)),
    ...(await Promise.all((deps.only ?? []).map((key) => finding(() => pipeline(api, key))))),
    ...(await importErrors(api)),
    ...(await rights(api, probes)),
  ];
}

async function health(api: Api): Promise<Finding> {
  const { metadatabase, scheduler } = await api.health();
  if (scheduler?.status === 'healthy' && metadatabase?.status === 'healthy')
    return { ok: true, say: 'Its scheduler and its database are well.' };
  const ill = scheduler?.status === 'healthy' ? 'database' : 'scheduler';
  return {
    ok: false,
    say: `Its ${ill} is not well, so that runs do not begin.`,
    fix: `Ask who runs Airflow to look at the ${ill}.`,
  };
}

async function pipeline(api: Api, key: string): Promise<Finding> {
  try {
    const { is_paused: isPaused } = await api.dag(key);
    if (!isPaused) return { ok: true, say: `Pipeline ${key} is there.` };
    return {
      ok: false,
      say: `Pipeline ${key} is paused: it does not run by itself.`,
      fix: `Unpause ${key}, or take it out of \`poll.pipelines\`.`,
    };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
    const fix = 'Check its id in `poll.pipelines`; capitals count.';
    return { ok: false, say: `Pipeline ${key} is not there.`, fix };
  }
}

/** Pipelines that vanished since their file is broken. Who may not see these is told nothing of them. */
async function importErrors(api: Api): Promise<Finding[]> {
  try {
    const count = await api.importErrors();
    if (count === 0) return [];
    const what = count === 1 ? '1 file of pipelines cannot' : `${count} files of pipelines cannot`;
    return [
      { ok: false, say: `${what} be read by Airflow.`, fix: 'See the import errors in Airflow, and mend the files.' },
    ];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

/** Rights may differ from pipeline to pipeline: what is refused for so many is refused. */
const probed = 3;

interface Right {
  what: string;
  ask(dag: string): Promise<void>;
  abilities: ActionKind[];
}

/** Each right that a button needs. Whoever may is told that what was asked for is not there, which is what we want to hear. */
async function rights(api: Api, dags: readonly string[]): Promise<Finding[]> {
  const { probe } = api;
  const common: Right[] = [
    { what: 'clear and mark tasks, which Retry and Skip need', ask: probe.clear, abilities: ['retry', 'skip'] },
    { what: 'end runs, which Stop needs', ask: probe.setState, abilities: ['stop'] },
    { what: 'pause pipelines, which Pause and Resume need', ask: probe.pause, abilities: ['pause', 'resume'] },
  ];
  const wanted: Right[] = (await api.isNew())
    ? [
        ...common,
        { what: 'trigger runs, which Start needs', ask: probe.trigger, abilities: ['start'] },
        { what: 'make backfills', ask: probe.backfill, abilities: ['backfill'] },
      ]
    : [
        ...common,
        { what: 'trigger runs, which Start and Backfill need', ask: probe.trigger, abilities: ['start', 'backfill'] },
      ];
  return Promise.all(wanted.map((right) => rightOn(dags, right)));
}

async function rightOn(dags: readonly string[], { what, ask, abilities }: Right): Promise<Finding> {
  for (const dag of dags) {
    try {
      await ask(dag);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.kind === 'not-allowed') continue;
      if (error.kind !== 'rejected' && error.kind !== 'not-found') return fault(error);
    }
    return { ok: true, say: `The user may ${what}.` };
  }
  if (dags.length === 0)
    return { ok: true, say: `Whether the user may ${what} could not be tried: there is no pipeline.` };
  return {
    ok: false,
    say: `The user may not ${what}.`,
    fix: 'Give it the role Op in Airflow (or User, for all but backfills).',
    lacks: Object.fromEntries(
      abilities.map((ability) => [
        ability,
        `Pitcrew's user in Airflow may not ${what.replace(/, which.*/, '')}. Ask whoever runs Airflow to give it the role Op.`,
      ]),
    ),
  };
}
