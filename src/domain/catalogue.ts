import type { Pipeline, PipelineFacts, PipelineRef } from './pipeline';
import { mergeFacts } from './pipeline';
import type { CatalogueEntry, Settings } from './settings';

/** The catalogue, laid out so that thousands of pipelines are looked up in no time. Same answers as `catalogueFacts`. */
export interface Catalogue {
  factsOf(pipeline: PipelineRef): PipelineFacts | undefined;
  /** The entries that none of these pipelines is, as pipelines: known by name, never seen running. */
  unseen(seen: readonly PipelineRef[]): Pipeline[];
}

/** Where a connection is not named: the only one there is, else `default`, as at the machines' door. */
export function layOutCatalogue(settings: {
  catalogue: readonly CatalogueEntry[];
  orchestrators: readonly Pick<Settings['orchestrators'][number], 'name'>[];
}): Catalogue {
  const byKey = new Map<string, CatalogueEntry[]>();
  for (const entry of settings.catalogue) {
    const entries = byKey.get(entry.pipeline);
    if (entries) entries.push(entry);
    else byKey.set(entry.pipeline, [entry]);
  }
  const only = settings.orchestrators.length === 1 ? settings.orchestrators[0]?.name : undefined;
  const home = only ?? 'default';
  return {
    factsOf({ connection, key }) {
      const entries = byKey.get(key) ?? [];
      const entry =
        entries.find(({ orchestrator }) => orchestrator === connection) ??
        entries.find(({ orchestrator }) => orchestrator === undefined);
      return entry && factsIn(entry);
    },
    unseen(seen) {
      const keys = new Set(seen.map(({ key }) => key));
      const refs = new Set(seen.map(({ connection, key }) => `${connection}/${key}`));
      const found = new Map<string, Pipeline>();
      for (const entry of settings.catalogue) {
        const connection = entry.orchestrator ?? home;
        const ref = `${connection}/${entry.pipeline}`;
        const isSeen = entry.orchestrator === undefined ? keys.has(entry.pipeline) : refs.has(ref);
        if (isSeen) continue;
        found.set(ref, {
          connection,
          key: entry.pipeline,
          facts: mergeFacts(found.get(ref)?.facts, factsIn(entry)),
        });
      }
      return [...found.values()];
    },
  };
}

function factsIn({ pipeline: _key, orchestrator: _connection, ...facts }: CatalogueEntry): PipelineFacts {
  return facts;
}
