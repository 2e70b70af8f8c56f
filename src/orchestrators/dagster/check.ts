import type { ActionKind } from '../../domain/action';
import { Failure } from '../../domain/failure';
import { createFindings } from '../findings';
import type { Finding } from '../orchestrator';
import type { Api } from './api';
import { isOwnJob, placeOf } from './keys';

const { finding } = createFindings({
  'not-found': 'Check `url`: the server answers, but there is no Dagster. Leave `/graphql` off.',
  'not-allowed': 'Check `token` (a user token of Dagster+) or `headers`, and what that user may read.',
  rejected: 'Check `url`: Leave `/graphql` off. If the address is right, this release of Dagster is too old.',
  'rate-limited': 'Ask for more calls for this user, or poll less often.',
});

/** Permissions that our buttons need, in Dagster's words and in ours. */
const wanted: [permission: string, what: string, abilities: ActionKind[]][] = [
  ['launch_pipeline_reexecution', 'run runs again, which Retry needs', ['retry']],
  ['launch_pipeline_execution', 'launch runs, which Start and a backfill of one partition need', ['start']],
  ['terminate_pipeline_execution', 'end runs, which Stop needs', ['stop', 'kill']],
  ['launch_partition_backfill', 'launch backfills', ['backfill']],
  ['cancel_partition_backfill', 'cancel backfills', []],
  ['stop_running_schedule', 'stop schedules, which Pause needs', ['pause']],
  ['start_schedule', 'start schedules, which Resume needs', ['resume']],
  ['edit_sensor', 'start and stop sensors', []],
];

const daemonsNeeded = new Map([
  ['BACKFILL', 'backfills do not begin'],
  ['QUEUED_RUN_COORDINATOR', 'runs wait in the queue without end'],
  ['SCHEDULER', 'nothing begins by its schedule'],
  ['SENSOR', 'sensors start nothing, and do not tell Pitcrew'],
]);

/** Reaches the server, reads, and asks what it would be allowed to change. Changes nothing. */
export async function check(deps: { api: Api; baseUrl: string; only?: readonly string[] }): Promise<Finding[]> {
  const { api, baseUrl } = deps;
  const reached = await finding(async () => {
    const { version } = await api.features();
    return { ok: true, say: `${api.where} answers at ${baseUrl}: it is Dagster ${version}.` };
  });
  if (!reached.ok) return [reached];
  const read = await finding(async () => {
    const jobs = (await api.repositories()).flatMap((one) => one.jobs).filter(({ name }) => !isOwnJob(name));
    await api.runs({}, 1);
    return { ok: true, say: `It shows ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'} and their runs.` };
  });
  if (!read.ok) return [reached, read];
  return [
    reached,
    read,
    ...(await several(() => locations(api))),
    ...(await several(() => daemons(api))),
    ...(await Promise.all((deps.only ?? []).map((key) => finding(() => pipeline(api, key))))),
    ...(await several(() => rights(api))),
    ...(await several(() => retryTags(api))),
  ];
}

async function several(read: () => Promise<Finding[]>): Promise<Finding[]> {
  let found: Finding[] = [];
  const whole = await finding(async () => {
    found = await read();
    return { ok: true, say: '' };
  });
  return whole.ok ? found : [whole];
}

/** A code location that cannot be loaded takes its jobs along; it would look as if there were none. */
async function locations(api: Api): Promise<Finding[]> {
  return (await api.locations()).flatMap(({ name, loadStatus, locationOrLoadError: loaded }): Finding[] => {
    if (loaded && loaded.__typename !== 'RepositoryLocation')
      return [
        {
          ok: false,
          say: `Code location ${name} cannot be loaded, so that its jobs are missing.`,
          fix: 'See its error in Dagster under Deployment, mend the code, and reload the location.',
        },
      ];
    if (loadStatus === 'LOADING') return [{ ok: true, say: `Code location ${name} is being loaded.` }];
    return [];
  });
}

async function daemons(api: Api): Promise<Finding[]> {
  const ill = (await api.daemons()).filter(({ required, healthy }) => required && !healthy);
  if (ill.length === 0) return [{ ok: true, say: 'Its daemons are well.' }];
  return ill.map(({ daemonType }) => ({
    ok: false,
    say: `Its daemon ${daemonType} is not running, so that ${daemonsNeeded.get(daemonType) ?? 'its work waits'}.`,
    fix: 'Start `dagster-daemon run` beside the web server, with the same DAGSTER_HOME.',
  }));
}

async function pipeline(api: Api, key: string): Promise<Finding> {
  const fix = 'Name it as job@location in `poll.pipelines`, such as orders_daily@etl; capitals count.';
  const missing: Finding = { ok: false, say: `Pipeline ${key} is not there.`, fix };
  const place = placeOf(key);
  if (!place || place.kind === 'assets') return missing;
  try {
    await api.partitions(place);
    return { ok: true, say: `Pipeline ${key} is there.` };
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return missing;
    throw error;
  }
}

async function rights(api: Api): Promise<Finding[]> {
  const told = new Map((await api.permissions()).map((one) => [one.permission, one]));
  return wanted.map(([permission, what, abilities]): Finding => {
    const right = told.get(permission);
    if (right?.value !== false) return { ok: true, say: `The user may ${what}.` };
    const because = right.disabledReason ? ` (${right.disabledReason})` : '';
    return {
      ok: false,
      say: `The user may not ${what}${because}.`,
      fix: 'Give its user the role Launcher or Editor in Dagster+; in Dagster itself take a web server without `--read-only`.',
      lacks: Object.fromEntries(
        abilities.map((ability) => [
          ability,
          `Pitcrew's user in Dagster may not ${what.replace(/, which.*/, '')}${because}. Ask whoever runs Dagster to give it the role Launcher.`,
        ]),
      ),
    };
  });
}

async function retryTags(api: Api): Promise<Finding[]> {
  const { hasRetryTags, version } = await api.features();
  if (hasRetryTags) return [];
  return [
    {
      ok: false,
      say: `Dagster ${version} takes no tags with a run that is run again, so that a retry could not be found again.`,
      fix: 'Upgrade Dagster, and retry in Dagster itself until then.',
      lacks: {
        retry: `Dagster ${version} cannot tell a retry of Pitcrew's from another. Retry in Dagster itself, and ask whoever runs it to upgrade it.`,
      },
    },
  ];
}
