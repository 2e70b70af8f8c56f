import { mayOperate } from '../../domain/authorise';
import { groupsInRules, peopleInRules } from '../../domain/policies';
import type { Settings } from '../../domain/settings';
import { afterWorkingTime } from '../../domain/working-time';
import type { Clock } from '../../lib/clock';
import type { Db } from '../../store/db';
import { groupHandles } from '../../store/group-rows';
import { namesOf } from '../../store/person-rows';
import type { ActionDeps } from '../deps';
import { policyOf } from './authorise';

type Policy = Pick<ActionDeps, 'authorise' | 'mayApprove' | 'mayOperate' | 'approvalUntil'>;

/** A second person has this long to say yes: of working time, so that a wish late on Friday waits for Monday. */
const approvalLastsMs = 60 * 60_000;

/** The policy of the settings in force, as actions ask for it. */
export function createPolicy({ db, settings, clock }: { db: Db; settings(): Settings; clock: Clock }): Policy {
  async function current() {
    const inForce = settings();
    const groups = groupsInRules(inForce);
    const people = peopleInRules(inForce).filter((name) => !name.includes('@'));
    if (groups.length + people.length === 0) return policyOf(inForce);
    return policyOf(inForce, new Map([...(await groupHandles(db, groups)), ...(await namesOf(db, people))]));
  }

  return {
    async authorise(actor, kind, { connection, key, facts }, runs) {
      const target = { ...facts, connection, key };
      return (await current()).authorise({ actor, kind, target, runs, now: clock.now() });
    },
    async mayApprove(approver, asker, kind, { connection, key, facts }, runs) {
      const policy = await current();
      const target = { ...facts, connection, key };
      const { approveBy } = policy.authorise({ actor: asker, kind, target, runs, now: clock.now() });
      return approveBy !== undefined && policy.mayApprove(approver, asker, approveBy, target);
    },
    approvalUntil: (at) => afterWorkingTime(at, approvalLastsMs, settings().workspace),
    mayOperate: (actor) => mayOperate(actor, settings()),
  };
}
