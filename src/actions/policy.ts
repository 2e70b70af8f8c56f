import { authorise, mayApprove, mayOperate } from '../domain/authorise';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { ActionDeps } from './deps';

type Policy = Pick<ActionDeps, 'authorise' | 'mayApprove' | 'mayOperate'>;

/** The policy of the settings in force, as actions ask for it. */
export function createPolicy({ settings, clock }: { settings(): Settings; clock: Clock }): Policy {
  return {
    authorise: async (actor, kind, { facts }, size) =>
      authorise(actor, kind, { ...facts, size }, settings(), clock.now()),
    async mayApprove(approver, asker, kind, { facts }, size) {
      const { approveBy } = authorise(asker, kind, { ...facts, size }, settings(), clock.now());
      return approveBy !== undefined && mayApprove(approver, asker, approveBy, { ...facts, size }, settings());
    },
    mayOperate: (actor) => mayOperate(actor, settings()),
  };
}
