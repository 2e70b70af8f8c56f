import { createHash } from 'node:crypto';

/** What Dagster itself calls a repository that nobody named; most have no other. */
const unnamed = '__repository__';
/** Jobs that Dagster makes by itself, for assets that are run without a job, begin so. */
const ownJobs = '__';
/** More assets than this in one run are not all named in its key. */
const assetsNamed = 3;

/** Where a job or an asset is defined. */
export interface Repository {
  location: string;
  repository: string;
}

/** What a key of ours stands for. `assets`: several that ran together outside of any job, which has no other name. */
export type Place = Repository &
  ({ kind: 'job'; job: string } | { kind: 'asset'; path: string[] } | { kind: 'assets' });

/** What of a run tells its pipeline. */
export interface Told {
  jobName: string;
  repositoryOrigin?: { repositoryLocationName: string; repositoryName: string } | null;
  assetSelection?: { path: string[] }[] | null;
}

/**
 * `orders_daily@etl`: a job and its code location, as Dagster writes it; `asset:dwh/orders@etl`: an asset that is run without a job;
 * `assets:a,b@etl`: several of them in one run. A repository with a name of its own stands between: `orders_daily@sales@etl`.
 */
export function keyOfJob(job: string, at: Repository): string {
  return job + behind(at);
}

export function keyOfAsset(path: readonly string[], at: Repository): string {
  return `asset:${sayPath(path)}${behind(at)}`;
}

export function keyOfRun({ jobName, repositoryOrigin, assetSelection }: Told): string {
  const at = {
    location: repositoryOrigin?.repositoryLocationName ?? 'unknown',
    repository: repositoryOrigin?.repositoryName ?? unnamed,
  };
  const assets = (assetSelection ?? []).map(({ path }) => sayPath(path)).sort();
  if (!isOwnJob(jobName) || assets.length === 0) return keyOfJob(jobName, at);
  if (assets.length === 1) return `asset:${assets[0]}${behind(at)}`;
  const more = createHash('sha256').update(assets.join('\n')).digest('hex').slice(0, 6);
  const named = assets.length <= assetsNamed ? assets : [...assets.slice(0, 2), `+${assets.length - 2}-${more}`];
  return `assets:${named.join(',')}${behind(at)}`;
}

export function isOwnJob(job: string): boolean {
  return job.startsWith(ownJobs);
}

/** Undefined for what is no key of ours. */
export function placeOf(key: string): Place | undefined {
  const [, kind, name, behindIt] = /^(assets?:)?([^@]+)@(.+)$/s.exec(key) ?? [];
  if (!name || !behindIt) return undefined;
  const cut = behindIt.indexOf('@');
  const at =
    cut < 0
      ? { repository: unnamed, location: behindIt }
      : { repository: behindIt.slice(0, cut), location: behindIt.slice(cut + 1) };
  if (kind === 'assets:') return { kind: 'assets', ...at };
  return kind ? { kind: 'asset', path: pathOf(name), ...at } : { kind: 'job', job: name, ...at };
}

function behind({ location, repository }: Repository): string {
  return repository === unnamed && !location.includes('@') ? `@${location}` : `@${repository}@${location}`;
}

/** Parts of an asset's key may hold any sign; those that we write between are kept apart. */
function sayPath(path: readonly string[]): string {
  return path.map((part) => part.replace(/[%/@,]/g, encodeURIComponent)).join('/');
}

function pathOf(said: string): string[] {
  return said.split('/').map((part) => part.replace(/%(?:25|2F|40|2C)/gi, decodeURIComponent));
}
