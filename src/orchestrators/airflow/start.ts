import { Failure } from '../../domain/failure';
import { orGone } from '../gone';
import type { Call, Receipt } from '../orchestrator';
import type { Ability, ChangeDeps } from './change-deps';
import { withMark } from './notes';

/** What ids of runs begin with that we ask for. */
export const ownPrefix = 'pitcrew__';

/** Another run has the same id, or the same logical date. */
export function isTaken(error: unknown): boolean {
  return error instanceof Failure && error.status === 409;
}

export const noteOf = ({ kind, actor, idempotencyKey: key }: Call): string =>
  withMark(undefined, { kind, by: actor || 'Pitcrew', key, attempt: 'none' });

/** Triggers a new run, under an id of ours, so that asking twice is asking once. */
export function createStart({ api, runs, aims, refusals }: ChangeDeps): Ability {
  const idOf = ({ idempotencyKey }: Call) => `${ownPrefix}${idempotencyKey}`;

  async function find(call: Call): Promise<Receipt | undefined> {
    const run = await orGone(api.run(aims.pipeline(call.target).key, idOf(call)));
    return run && { run: runs.refOf(run), duplicate: true };
  }

  async function mustRun(key: string): Promise<void> {
    const dag = await orGone(api.dag(key));
    if (!dag) throw refusals.no(`There is no pipeline ${key}. Look whether it was renamed or removed.`);
    if (dag.is_paused)
      throw refusals.no(`${key} is paused, so that a run would wait without end. Resume the pipeline first.`);
  }

  return {
    async plan(target) {
      await mustRun(aims.pipeline(target).key);
      return [{ note: 'A new run, for no day in particular.' }];
    },
    async perform(target, call) {
      const { key } = aims.pipeline(target);
      await mustRun(key);
      const conf = target.kind === 'pipeline' ? (target.parameters ?? {}) : {};
      try {
        return { run: runs.refOf(await api.trigger(key, { id: idOf(call), conf, note: noteOf(call) }, call.signal)) };
      } catch (error) {
        const found = isTaken(error) ? await find(call) : undefined;
        if (found) return found;
        throw error;
      }
    },
    lookUp: find,
  };
}
