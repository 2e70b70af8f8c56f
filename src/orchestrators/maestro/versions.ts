import type { Change } from '../../domain/change';
import { orGone } from '../gone';
import type { Api } from './api';
import type { Definition } from './schema';

const versionsPerPage = 50;
const versionsRead = 200;

/** Pushed versions, the activation of the one in force, and what else the server's change history tells; newest first. */
export async function readVersions(api: Api, connection: string, workflow: string): Promise<Change[]> {
  const pipeline = { connection, key: workflow };
  const [definitions, history] = await Promise.all([readDefinitions(api, workflow), orGone(api.history(workflow))]);
  const pushed = definitions.flatMap((definition): Change[] => {
    const { workflow_version_id: version, create_time: at, version_author: by, git_info: git } = definition.metadata;
    if (!at) return [];
    const what = {
      pipeline,
      version: String(version),
      commit: git?.sha ?? undefined,
      branch: git?.branch ?? undefined,
    };
    const active = definition.is_active;
    const push: Change = { ...what, kind: 'version', by: by ?? undefined, at, active };
    if (!active || !definition.activate_time) return [push];
    return [
      { ...what, kind: 'activated', by: definition.activated_by ?? undefined, at: definition.activate_time, active },
      push,
    ];
  });
  // Pushes and activations are known better from the definitions; the rest of the history is text for people.
  const told = (history?.timeline_events ?? [])
    .filter(({ timestamp }) => !pushed.some((change) => Math.abs(change.at.getTime() - timestamp.getTime()) < 1_000))
    .map(({ timestamp, author, log }): Change => {
      const kind = /\bactivat/i.test(log) ? 'activated' : 'settings';
      return { pipeline, kind, by: author ?? undefined, at: timestamp, note: log };
    });
  return [...pushed, ...told].sort((a, b) => b.at.getTime() - a.at.getTime());
}

async function readDefinitions(api: Api, workflow: string): Promise<Definition[]> {
  const found: Definition[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.definitions(workflow, versionsPerPage, cursor);
    found.push(...page.elements);
    cursor = page.page_info.has_next_page ? (page.page_info.end_cursor ?? undefined) : undefined;
  } while (cursor && found.length < versionsRead);
  return found;
}
