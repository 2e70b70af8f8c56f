import type { ActionKind } from '../../domain/action';
import { Failure } from '../../domain/failure';
import { createFindings } from '../findings';
import type { Finding } from '../orchestrator';
import type { Api } from './api';
import type { Names } from './names';

const { finding } = createFindings({
  'not-found':
    'Check `url`: it is the address of the API, as PREFECT_API_URL has it, and ends with `/api` on a server of your own.',
  'not-allowed':
    'Check `username` and `password` (both halves of PREFECT_SERVER_API_AUTH_STRING), or `apiKey` for Prefect Cloud. A server that asks for CSRF tokens must not ask them of Pitcrew.',
  rejected: 'Check `url` and who signs in.',
  'rate-limited': 'Poll less often, or ask Prefect for more calls.',
});

/** Reaches the server, signs in, reads, and asks for what it would be allowed to change. Changes nothing. */
export async function check(deps: {
  api: Api;
  names: Names;
  baseUrl: string;
  only?: readonly string[];
}): Promise<Finding[]> {
  const { api, names, baseUrl, only = [] } = deps;
  const reached = await finding(async () => {
    const version = await api.version();
    if (Number(version.split('.')[0]) >= 3)
      return { ok: true, say: `${api.where} answers at ${baseUrl}: it is Prefect ${version}.` };
    return { ok: false, say: `It is Prefect ${version}.`, fix: 'Upgrade it: Pitcrew speaks to Prefect 3.' };
  });
  if (!reached.ok) return [reached];
  const read = await finding(async () => {
    const count = await api.deploymentCount();
    await api.runs({}, 0, 1);
    return { ok: true, say: `It shows ${count} ${count === 1 ? 'deployment' : 'deployments'} and their runs.` };
  });
  if (!read.ok) return [reached, read];
  return [
    reached,
    read,
    ...(await Promise.all(only.map((key) => finding(() => deployment(names, key))))),
    await finding(() => lateRuns(api)),
    ...(await rights(api)),
  ];
}

async function deployment(names: Names, key: string): Promise<Finding> {
  try {
    const { paused: isPaused } = await names.find(key);
    if (!isPaused) return { ok: true, say: `Deployment ${key} is there.` };
    return {
      ok: false,
      say: `Deployment ${key} is paused: its schedules start nothing.`,
      fix: `Resume ${key}, or take it out of \`poll.pipelines\`.`,
    };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
    const fix = 'Check its name in `poll.pipelines`: flow and deployment with a slash between, such as orders/daily.';
    return { ok: false, say: `Deployment ${key} is not there.`, fix };
  }
}

/** Runs that should have begun, and that no worker takes. */
async function lateRuns(api: Api): Promise<Finding> {
  const count = await api.count({ stateNames: ['Late'] });
  if (count === 0) return { ok: true, say: 'No run waits for a worker longer than it should.' };
  return {
    ok: false,
    say: `${count} ${count === 1 ? 'run waits' : 'runs wait'} for a worker longer than ${count === 1 ? 'it' : 'they'} should.`,
    fix: 'Look whether the workers of their work pools run, and whether the pools are paused.',
  };
}

/** Each right that a button needs. Whoever may is told that what was asked for is not there, which is what we want to hear. */
async function rights(api: Api): Promise<Finding[]> {
  const wanted: [string, () => Promise<void>, ActionKind[]][] = [
    ['change the state of runs, which Retry and Stop need', api.probe.setState, ['retry', 'stop']],
    ['start runs of deployments, which Start and Backfill need', api.probe.createRun, ['start', 'backfill']],
    ['pause deployments, which Pause and Resume need', api.probe.pause, ['pause', 'resume']],
  ];
  return Promise.all(
    wanted.map(([what, ask, abilities]) =>
      finding(async () => {
        try {
          await ask();
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          if (error.kind === 'not-allowed')
            return {
              ok: false,
              say: `The key may not ${what}.`,
              fix: 'Give it a role that may, such as Runner or Developer.',
              lacks: Object.fromEntries(
                abilities.map((ability) => [
                  ability,
                  `Pitcrew's key for Prefect may not ${what.replace(/, which.*/, '')}. Ask whoever runs Prefect to give it the role Runner.`,
                ]),
              ),
            };
          if (error.kind !== 'not-found' && error.kind !== 'rejected') throw error;
        }
        return { ok: true, say: `It may ${what}.` };
      }),
    ),
  );
}
