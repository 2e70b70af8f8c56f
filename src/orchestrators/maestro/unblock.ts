import type { ActionAbility, Call, Receipt } from '../orchestrator';
import { isSince } from '../since';
import { callerOf } from './caller';
import type { ChangeDeps } from './change-deps';
import { runIdOf } from './run-id';
import { strategyOf } from './run-strategy';
import { instanceStatus } from './status';

const onlyThere = 'Only a pipeline that runs strictly one after another is held up by a failed run.';

/**
 * Lets the next runs of a strictly sequential pipeline go on past a failed one, or past all failed ones. The failed run stays failed.
 * Asking again does no harm.
 */
export function createUnblock({ api, runs, legality, aims, refusals, user }: ChangeDeps): ActionAbility & {
  lookUp(call: Call): Promise<Receipt | undefined>;
} {
  async function obstacle(target: Parameters<ActionAbility['perform']>[0]): Promise<string | undefined> {
    const { key } = aims.pipeline(target);
    const overview = await api.overview(key);
    if (strategyOf(overview.properties_snapshot).rule !== 'STRICT_SEQUENTIAL')
      return `${onlyThere} ${key} is not; there is nothing to unblock.`;
    if (target.kind === 'pipeline')
      return overview.failed_instances > 0 ? undefined : `No failed run holds up ${key}; there is nothing to unblock.`;
    const { workflow_instance_id: number, status } = await runs.newest(aims.run(target));
    return (await legality.ofRun(status, 'UNBLOCK'))
      ? undefined
      : `Run ${number} is ${instanceStatus(status)} and not in the way; there is nothing to unblock.`;
  }

  return {
    async plan(target) {
      const why = await obstacle(target);
      if (why) throw refusals.no(why);
      if (target.kind === 'pipeline')
        return [{ note: 'Lets the next runs go on past all failed ones, which stay failed.' }];
      const run = aims.run(target);
      return [{ run, note: 'Lets the next runs go on past this one, which stays failed.' }];
    },

    async perform(target, call) {
      const why = await obstacle(target);
      if (why) throw refusals.no(why);
      const caller = callerOf(call, user);
      if (target.kind === 'pipeline') {
        const answer = await api.unblockAll(target.pipeline.key, caller);
        return { note: answer?.message ?? undefined };
      }
      const id = runIdOf(aims.run(target), api.where);
      const answer = await api.onRun('unblock', id.workflow, id.instance, id.run, caller);
      return { note: answer.info ?? undefined };
    },

    async lookUp(call) {
      const { target } = call;
      if (target.kind === 'pipeline') {
        const { failed_instances: failed } = await api.overview(target.pipeline.key);
        return failed === 0 ? { note: 'No failed run is in the way any more.', duplicate: true } : undefined;
      }
      const { timeline } = await runs.newest(aims.run(target));
      const isOurs = timeline.some((entry) => entry.action === 'UNBLOCK' && isSince(call, entry.timestamp));
      return isOurs ? { note: 'It is unblocked.', duplicate: true } : undefined;
    },
  };
}
