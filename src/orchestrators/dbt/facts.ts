import type { Pipeline } from '../../domain/pipeline';
import { byOffset } from '../paging';
import type { Api } from './api';
import type { Job } from './schema';

/** Every job of the account, with what dbt Cloud knows about it. */
export async function* discover(deps: {
  api: Api;
  connection: string;
  page(job: Job): string | undefined;
}): AsyncIterable<Pipeline> {
  const told = new Set<string>();
  for await (const job of byOffset(deps.api.jobs)) {
    // The list may move while it is read.
    if (told.has(job.id)) continue;
    told.add(job.id);
    const facts: Pipeline['facts'] = {
      title: job.name ?? undefined,
      kind: 'job',
      environment: job.environment?.name ?? undefined,
      // dbt Cloud counts in UTC.
      schedule: job.triggers?.schedule ? (job.schedule?.cron ?? undefined) : undefined,
      url: deps.page(job),
    };
    yield { connection: deps.connection, key: job.id, facts };
  }
}
