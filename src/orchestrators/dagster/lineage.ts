import { type Edge, pipelineNode } from '../../domain/edge';
import type { Clock } from '../../lib/clock';
import type { Api } from './api';
import { atOf } from './facts';
import { isOwnJob, keyOfAsset, keyOfJob } from './keys';
import type { Asset } from './schema';

/**
 * Who waits for whom, by Dagster's graph of assets: whoever makes an asset (its jobs, or it alone) feeds whoever makes one that depends on it, and
 * both are tied to the table of that name.
 */
export async function* readLineage(deps: { api: Api; connection: string; clock: Clock }): AsyncIterable<Edge> {
  const { api, connection, clock } = deps;
  const now = clock.now();
  const assets = await api.assets();
  const byName = new Map(assets.map((asset) => [nameOf(asset.assetKey), asset]));
  const told = new Set<string>();
  for (const asset of assets) {
    for (const { from, to } of edgesOf(asset, byName, connection)) {
      if (from === to || told.has(`${from}\n${to}`)) continue;
      told.add(`${from}\n${to}`);
      yield { from, to, source: `dagster:${connection}`, knownSince: now };
    }
  }
}

const nameOf = ({ path }: { path: string[] }) => path.join('/');

function makersOf(asset: Asset, connection: string): string[] {
  const at = atOf(asset);
  const jobs = asset.jobNames.filter((job) => !isOwnJob(job)).map((job) => keyOfJob(job, at));
  const alone = asset.isExecutable ? [keyOfAsset(asset.assetKey.path, at)] : [];
  return [...jobs, ...alone].map((key) => pipelineNode({ connection, key }));
}

function edgesOf(asset: Asset, byName: Map<string, Asset>, connection: string): { from: string; to: string }[] {
  const makers = makersOf(asset, connection);
  const table = `table:${nameOf(asset.assetKey)}`;
  const readers = asset.dependedByKeys
    .flatMap((key) => byName.get(nameOf(key)) ?? [])
    .flatMap((reader) => makersOf(reader, connection))
    // A job that makes both does not wait for itself.
    .filter((reader) => !makers.includes(reader));
  return [
    ...makers.map((from) => ({ from, to: table })),
    ...readers.map((to) => ({ from: table, to })),
    ...makers.flatMap((from) => readers.map((to) => ({ from, to }))),
  ];
}
