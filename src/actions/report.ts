import { stringify } from 'csv-stringify/sync';
import { Plan } from '../domain/plan';
import { sayTarget } from '../domain/target';
import * as actionRows from '../store/action-rows';
import type { Db } from '../store/db';
import { targetOf } from './ledger';

export function createReports({ db }: { db: Db }) {
  return {
    /** An action with its plan, as it is now; `undefined` = there is none. */
    async look(actionId: string): Promise<{ action: actionRows.StoredAction; plan?: Plan } | undefined> {
      const action = await actionRows.find(db, actionId);
      if (!action) return undefined;
      const plan = Plan.safeParse(await actionRows.planOf(db, actionId)).data;
      return plan ? { action, plan } : { action };
    },

    /** Every item of a large action, one a line, as a file. A cell that a spreadsheet would take for a formula is made harmless. */
    async csv(actionId: string): Promise<string> {
      const items = await actionRows.items(db, actionId);
      const rows = items.map((item) => [
        item.itemNo + 1,
        item.connection,
        item.pipeline,
        sayTarget(targetOf(item).target),
        item.state,
        item.say ?? '',
        item.triedAt?.toISOString() ?? '',
        item.settledAt?.toISOString() ?? '',
      ]);
      const header = ['no', 'connection', 'pipeline', 'what', 'state', 'reason', 'tried at', 'ended at'];
      return stringify([header, ...rows], { escape_formulas: true });
    },
  };
}
