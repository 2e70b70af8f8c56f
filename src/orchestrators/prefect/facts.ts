import type { Pipeline } from '../../domain/pipeline';
import { byOffset } from '../paging';
import { tierOf } from '../tier';
import { type Api, perPage } from './api';
import type { Links } from './links';
import type { Names } from './names';
import type { Deployment } from './schema';

/** Every deployment, with what the server knows about it. A flow that is run without one is met when it runs. */
export async function* discover(deps: {
  api: Api;
  connection: string;
  links: Links;
  names: Names;
}): AsyncIterable<Pipeline> {
  const { api, connection, links, names } = deps;
  const told = new Set<string>();
  const page = async (offset: number, limit: number) => ({ items: await api.deployments(offset, limit) });
  for await (const deployment of byOffset(page, perPage)) {
    // The list may move while it is read.
    if (told.has(deployment.id)) continue;
    told.add(deployment.id);
    yield { connection, key: await names.ofDeployment(deployment), facts: factsOf(deployment, links) };
  }
}

function factsOf({ id, tags, paused: isPaused, schedules }: Deployment, links: Links): Pipeline['facts'] {
  // A paused one does not start by itself: nothing is due then. Of several schedules none says alone when it is due.
  const active = isPaused ? [] : (schedules ?? []).filter((schedule) => schedule.active);
  const [only] = active.length === 1 ? active : [];
  const cron = only?.schedule.cron ?? undefined;
  return {
    kind: 'job',
    tags: tags?.length ? tags : undefined,
    tier: tierOf(tags ?? []),
    schedule: cron,
    timeZone: cron === undefined ? undefined : (only?.schedule.timezone ?? 'UTC'),
    url: links.deployment(id),
  };
}
