import type { Pipeline } from '../../domain/pipeline';
import type { Http } from '../http';
import { tierOf } from '../tier';
import { createReader } from './fields';
import { readList } from './pages';
import type { GenericHttpSettings } from './settings';

/** Every pipeline that the list of the configuration holds. */
export async function* discover(
  http: Http,
  connection: string,
  wish: NonNullable<GenericHttpSettings['pipelines']>,
): AsyncIterable<Pipeline> {
  const told = new Set<string>();
  for await (const item of readList(http, { key: 'pipelines', ...wish }, {})) {
    const reader = createReader(http.where, 'pipelines.fields', item);
    const { fields } = wish;
    const key = reader.id('key', fields.key);
    if (told.has(key)) continue;
    told.add(key);
    const tags = reader.texts('tags', fields.tags);
    const facts: Pipeline['facts'] = {
      title: reader.text('title', fields.title),
      kind: 'job',
      owner: reader.text('owner', fields.owner),
      team: reader.text('team', fields.team),
      tags,
      tier: tierOf(tags ?? []),
      schedule: reader.text('schedule', fields.schedule),
      url: reader.text('url', fields.url),
    };
    yield { connection, key, facts };
  }
}
