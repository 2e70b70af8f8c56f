import { abilitiesOf } from '../../domain/ability';
import { Failure } from '../../domain/failure';
import { type RunStatus, runStatuses } from '../../domain/run';
import type { Settings } from '../../domain/settings';
import type { Connections, Reached } from '../../main/connections';
import type { Orchestrator } from '../../orchestrators/orchestrator';
import type { Queryable } from '../../store/db';
import * as replayRows from '../../store/replay-rows';

/** Orchestrators that say what Pitcrew had read of their runs. Nothing can be asked of them, and no call leaves. */
export function recordedConnections(
  db: Queryable,
  real: string,
  { orchestrators }: Pick<Settings, 'orchestrators'>,
): Connections {
  const all = new Map(
    orchestrators.map(({ name, kind }): [string, Reached] => [
      name,
      {
        name,
        kind: { id: kind, title: kind },
        orchestrator: recorded(name),
        abilities: abilitiesOf([], () => 'This is a replay: nothing is changed.'),
      },
    ]),
  );

  function recorded(connection: string): Orchestrator {
    const find = (pipeline: string, run: string, attempt?: number) =>
      replayRows.run(db, real, { connection, pipeline, run, attempt });
    return {
      normalise: () => ({ events: [], changes: [] }),
      async fetchRun({ pipeline, run, attempt }) {
        const found = await find(pipeline.key, run, attempt);
        if (!found) throw new Failure('not-found', connection);
        return {
          pipeline,
          run,
          attempt: attempt ?? 1,
          status: statusOf(found.status),
          partition: found.partition || undefined,
          startedAt: found.startedAt ?? undefined,
          step: found.step ?? undefined,
          error: found.error ?? undefined,
          url: found.url ?? undefined,
          logUrl: found.logUrl ?? undefined,
        };
      },
      /** Logs are not kept; the lines around their cause are. */
      async *openLog({ pipeline, run, attempt }) {
        const found = await find(pipeline.key, run, attempt);
        if (!found?.excerpt) throw new Failure('not-found', connection);
        yield Buffer.from(found.excerpt);
      },
      check: async () => [],
      actions: {},
    };
  }

  return { get: (name) => all.get(name), all: () => all.values(), close: async () => undefined };
}

const statusOf = (word: string): RunStatus => runStatuses.find((status) => status === word) ?? 'unknown';
