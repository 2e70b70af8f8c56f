import { actionKinds } from '../../domain/action';
import { Failure } from '../../domain/failure';
import { createFindings } from '../findings';
import type { Finding } from '../orchestrator';
import type { Api } from './api';

const { fault, finding } = createFindings({
  'not-found': 'Check `url`: it is the address of the server, without /api/v3.',
  'not-allowed': 'Check `headers`: the proxy in front of the server does not take these credentials.',
  rejected: 'Ask the people who run the server what it refuses.',
  'rate-limited': 'Poll less often (`poll.everySeconds`), or ask for a higher limit.',
});

/** Reaches the server, reads every named pipeline, and has the caller's name taken. Changes nothing. */
export async function check(deps: {
  api: Api;
  baseUrl: string;
  user: string;
  pipelines(): Promise<string[]>;
}): Promise<Finding[]> {
  const { api, baseUrl, user } = deps;
  const reached = await finding(async () => {
    await api.actionMap();
    return { ok: true, say: `${api.where} answers at ${baseUrl}.` };
  });
  if (!reached.ok) return [reached];
  const keys = await deps.pipelines().catch((): string[] => []);
  return [
    reached,
    ...(keys.length > 0 ? await Promise.all(keys.map((key) => checkPipeline(api, key))) : [nothingNamed(api.where)]),
    ...(await checkUser(api, user)),
  ];
}

function nothingNamed(where: string): Finding {
  return {
    ok: true,
    say: `${where} has no list of pipelines, and none is named in \`poll.pipelines\`: those met in events are known.`,
  };
}

async function checkPipeline(api: Api, key: string): Promise<Finding> {
  try {
    const { active_version_id: active, latest_version_id: latest } = await api.overview(key);
    if (active) return { ok: true, say: `Pipeline ${key} is there; version ${active} is active.` };
    const fix = `Activate a version of ${key}${latest ? `, such as ${latest}` : ''}, or take it out of \`poll.pipelines\`.`;
    return {
      ok: false,
      say: `Pipeline ${key} is there, but none of its versions is active: it does not run by itself.`,
      fix,
    };
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') {
      const fix = 'Check its id in `poll.pipelines`; capitals count.';
      return { ok: false, say: `Pipeline ${key} is not there.`, fix };
    }
    return fault(error);
  }
}

const nameless =
  'The name of who asks does not get through to Maestro, which refuses every change without it. Ask whoever runs Pitcrew to run `pitcrew doctor`.';

/** Every change needs the header `user`; a proxy that drops it would only be noticed at the first press of Retry. */
async function checkUser(api: Api, user: string): Promise<Finding[]> {
  try {
    await api.validate({ user });
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return []; // cannot be tried there
    if (error instanceof Failure && error.kind === 'rejected' && !/\buser\b.*\bnull\b/i.test(error.detail ?? '')) {
      return [{ ok: true, say: `The server takes the name of the caller (header \`user: ${user}\`).` }];
    }
    if (error instanceof Failure && error.kind === 'rejected') {
      const fix = 'The proxy in front of it must let the header `user` through.';
      return [
        {
          ok: false,
          say: 'The name of the caller does not reach the server, so that every change will be refused.',
          fix,
          lacks: Object.fromEntries(actionKinds.map((kind) => [kind, nameless])),
        },
      ];
    }
    return [fault(error)];
  }
  return [{ ok: true, say: `The server takes the name of the caller (header \`user: ${user}\`).` }];
}
