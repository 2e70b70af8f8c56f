import { can } from '../domain/ability';
import { actionKinds } from '../domain/action';
import { Failure } from '../domain/failure';
import { aimOf, type OpenWay, openWays } from '../domain/repair';
import type { RunRef } from '../domain/run';
import type { Orchestrator } from '../orchestrators/orchestrator';
import type { ActionDeps } from './deps';

/** What can be done with one run besides going on where it failed: as the orchestrator has it now, not as we heard of it. */
export function createWays({ orchestrator, abilitiesOf }: Pick<ActionDeps, 'orchestrator' | 'abilitiesOf'>) {
  return {
    /** @throws Failure */
    async ways({ pipeline, run, partition }: RunRef & { partition?: string }): Promise<OpenWay[]> {
      const at = orchestrator(pipeline.connection);
      if (!at) return [];
      const newest = { pipeline, run };
      const [{ status }, steps] = await Promise.all([at.fetchRun(newest), at.steps?.(newest)]);
      const abilities = actionKinds.filter((kind) => can(abilitiesOf(pipeline.connection), kind));
      const open = openWays({ status, steps: steps ?? [], abilities, partition });
      if (!open.some(({ way }) => way === 'unblock') || (await holdsUpOthers(at, newest))) return open;
      return open.filter(({ way }) => way !== 'unblock');
    },
  };
}

/** Whether others wait behind a failed run is known to its orchestrator alone; where it does not say, the way stays open. */
async function holdsUpOthers({ actions }: Orchestrator, run: RunRef): Promise<boolean> {
  try {
    await actions.unblock?.plan?.(aimOf('unblock', run).target);
    return true;
  } catch (error) {
    return !(error instanceof Failure && error.kind === 'rejected');
  }
}
