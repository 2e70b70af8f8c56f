import type { Change } from '../../domain/change';
import { byOffset } from '../paging';
import type { Api } from './api';

const versionsRead = 200;

/** Versions that Airflow 3 made of a pipeline when its file changed, newest first; the newest is in force. Airflow 2 keeps none. */
export async function readVersions(api: Api, connection: string, dag: string): Promise<Change[]> {
  if (!(await api.isNew())) return [];
  const changes: Change[] = [];
  for await (const one of byOffset((offset, limit) => api.versions(dag, offset, limit))) {
    changes.push({
      pipeline: { connection, key: dag },
      kind: 'version',
      version: String(one.version_number),
      at: one.created_at,
      commit: one.bundle_version ?? undefined,
      url: one.bundle_url ?? undefined,
      active: changes.length === 0,
    });
    if (changes.length >= versionsRead) break;
  }
  return changes;
}
