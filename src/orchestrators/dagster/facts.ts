import type { Pipeline } from '../../domain/pipeline';
import { tierOf } from '../tier';
import type { Api } from './api';
import { type Repository as At, isOwnJob, keyOfAsset, keyOfJob } from './keys';
import type { Links } from './links';
import type { Asset, Job } from './schema';

interface FactsDeps {
  api: Api;
  connection: string;
  links: Links;
}

/** Every job, and every asset that can be run without one, with what Dagster knows about it. */
export async function* discover({ api, connection, links }: FactsDeps): AsyncIterable<Pipeline> {
  for (const { name: repository, location, jobs } of await api.repositories()) {
    const at = { repository, location: location.name };
    for (const job of jobs)
      if (!isOwnJob(job.name)) yield { connection, key: keyOfJob(job.name, at), facts: factsOfJob(job, at, links) };
  }
  for (const asset of await api.assets()) {
    const at = atOf(asset);
    if (asset.isExecutable)
      yield { connection, key: keyOfAsset(asset.assetKey.path, at), facts: factsOfAsset(asset, at, links) };
  }
}

export function atOf({ repository }: Pick<Asset, 'repository'>): At {
  return { repository: repository.name, location: repository.location.name };
}

function factsOfJob({ name, tags, owners, schedules }: Job, at: At, links: Links): Pipeline['facts'] {
  const running = schedules.filter(({ scheduleState }) => scheduleState.status === 'RUNNING');
  const words = sayTags(tags);
  // One that is stopped starts nothing, and of several there is no single time at which it is due.
  const [schedule] = running.length === 1 ? running : [];
  return {
    kind: 'job',
    owner: ownerOf(owners),
    tags: words,
    tier: tierOf(words ?? []),
    schedule: schedule?.cronSchedule,
    timeZone: schedule && (schedule.executionTimezone ?? 'UTC'),
    url: links.pipeline({ kind: 'job', job: name, ...at }),
  };
}

function factsOfAsset({ assetKey, owners, tags, groupName }: Asset, at: At, links: Links): Pipeline['facts'] {
  const group = groupName && groupName !== 'default' ? [groupName] : [];
  const words = [...group, ...(sayTags(tags ?? []) ?? [])];
  return {
    title: assetKey.path.join('/'),
    kind: 'job',
    owner: ownerOf(owners),
    tags: words.length > 0 ? words : undefined,
    tier: tierOf(words),
    url: links.pipeline({ kind: 'asset', path: assetKey.path, ...at }),
  };
}

function ownerOf(owners: Job['owners']): string | undefined {
  const [first] = owners ?? [];
  return first?.email ?? first?.team;
}

/** `tier: 2` is said as `tier:2`; a tag without a value is a word. Dagster's own are left out. */
function sayTags(tags: Job['tags']): string[] | undefined {
  const own = tags.filter(({ key }) => !/^\.?dagster\//.test(key));
  return own.length > 0 ? own.map(({ key, value }) => (value === '' ? key : `${key}:${value}`)) : undefined;
}
