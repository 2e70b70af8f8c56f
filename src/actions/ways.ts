import { can } from '../domain/ability';
import { actionKinds } from '../domain/action';
import { type OpenWay, openWays } from '../domain/repair';
import type { RunRef } from '../domain/run';
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
      return openWays({ status, steps: steps ?? [], abilities, partition });
    },
  };
}
