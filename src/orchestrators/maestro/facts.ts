import type { Pipeline, PipelineFacts } from '../../domain/pipeline';
import { orGone } from '../gone';
import { tierOf } from '../tier';
import type { Api } from './api';
import type { Links } from './links';
import type { Definition, Overview, Properties } from './schema';

/** The named workflows with what the server knows about them. One that it does not know is left out. */
export async function* discover(deps: {
  api: Api;
  connection: string;
  links: Links;
  pipelines(): Promise<string[]>;
}): AsyncIterable<Pipeline> {
  for (const key of await deps.pipelines()) {
    const [overview, definition] = await Promise.all([
      orGone(deps.api.overview(key)),
      orGone(deps.api.definition(key, 'default')),
    ]);
    if (!overview && !definition) continue;
    yield { connection: deps.connection, key, facts: factsOf(key, overview, definition, deps.links) };
  }
}

function factsOf(
  key: string,
  overview: Overview | undefined,
  definition: Definition | undefined,
  links: Links,
): PipelineFacts {
  const workflow = definition?.workflow;
  const properties = overview?.properties_snapshot ?? definition?.properties_snapshot;
  const tags = [...new Set([...(workflow?.tags ?? []), ...(properties?.tags ?? [])])];
  const trigger = workflow?.time_triggers?.[0];
  // Without a version in force, or with its triggers held, it does not start by itself: nothing is due then.
  const isHeld = properties?.time_trigger_disabled === true || (overview && !overview.active_version_id);
  return {
    title: workflow?.name ?? undefined,
    kind: 'job',
    owner: properties?.owner ?? undefined,
    tags: tags.length > 0 ? tags : undefined,
    tier: tierOf(tags, workflow?.criticality),
    schedule: isHeld ? undefined : (trigger?.cron ?? trigger?.expression ?? trigger?.interval ?? undefined),
    timeZone: trigger?.timezone ?? undefined,
    deadline: isHeld ? undefined : deadlineOf(properties, trigger?.timezone),
    repository: definition?.metadata.git_info?.origin ?? undefined,
    url: links.page({ workflow: key }),
  };
}

/** The hour by which its owners want it to be complete, where they count it in the time zone of its schedule. */
function deadlineOf(properties: Properties, timeZone: string | null | undefined): string | undefined {
  const { completed_by_hour: hour, tz } = properties?.alerting?.tct ?? {};
  const isSameZone = !tz || tz === (timeZone ?? 'UTC');
  return typeof hour === 'number' && isSameZone ? `${String(hour).padStart(2, '0')}:00` : undefined;
}
