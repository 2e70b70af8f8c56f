import { z } from 'zod';
import type { Clock } from '../../lib/clock';
import type { Http } from '../http';
import { createGraphQl } from './graphql';

/** Asked again after so long: a server may be upgraded below us. */
const keptMs = 10 * 60_000;

/** What this release of Dagster has, as far as it matters. */
export interface Features {
  version: string;
  /** Jobs have owners. Older releases know those of assets alone. */
  hasJobOwners: boolean;
  /** A run that is run again takes our tags, without which a retry could not be found again. */
  hasRetryTags: boolean;
}

const Names = z.array(z.object({ name: z.string() })).nullish();
const Told = z.object({
  version: z.string(),
  job: z.object({ fields: Names }).nullish(),
  retry: z.object({ inputFields: Names }).nullish(),
});
const query = `query Features {
  version
  job: __type(name: "Job") { fields { name } }
  retry: __type(name: "ReexecutionParams") { inputFields { name } }
}`;

/** Dagster says of itself what it has; its interface is not promised to stay. */
export function createFeatures(http: Http, clock: Clock): () => Promise<Features> {
  let held: { features: Promise<Features>; atMs: number } | undefined;

  async function read(): Promise<Features> {
    const { version, job, retry } = await createGraphQl(http).ask(query, {}, Told);
    return {
      version,
      hasJobOwners: (job?.fields ?? []).some(({ name }) => name === 'owners'),
      hasRetryTags: (retry?.inputFields ?? []).some(({ name }) => name === 'extraTags'),
    };
  }

  return () => {
    const now = clock.now().getTime();
    if (!held || now - held.atMs > keptMs) {
      const asked = { features: read(), atMs: now };
      held = asked;
      asked.features.catch(() => {
        if (held === asked) held = undefined;
      });
    }
    return held.features;
  };
}
