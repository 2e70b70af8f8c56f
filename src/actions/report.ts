import { stringify } from 'csv-stringify/sync';
import type { ActionList, ListedAction } from '../domain/action-list';
import { BulkProgress } from '../domain/conductor';
import { Plan, readBrief } from '../domain/plan';
import { sayTarget, sayTargets } from '../domain/target';
import * as actionRows from '../store/action-rows';
import type { Db } from '../store/db';
import { targetOf } from './ledger';

/** More of them nobody reads in one answer. */
const listed = 20;

export interface ReportDeps {
  db: Db;
  messageUrl(channelId: string, ts: string): string;
}

export function createReports({ db, messageUrl }: ReportDeps) {
  async function list(of: Parameters<typeof actionRows.notOver>[1]): Promise<ActionList> {
    const { actions, total } = await actionRows.notOver(db, of, listed);
    return { actions: actions.map(asListed), more: total - actions.length };
  }

  function asListed(action: actionRows.ShownAction): ListedAction {
    const progress = BulkProgress.safeParse(action.progress).data;
    return {
      id: action.id,
      kind: action.kind,
      state: action.state,
      what: sayWhat(action),
      by: action.slackId,
      askedAt: action.askedAt,
      isLarge: action.pace !== undefined,
      ...(progress ? { progress } : {}),
      ...(action.channelId && action.ts ? { url: messageUrl(action.channelId, action.ts) } : {}),
    };
  }

  return {
    /** What is under way or waits, shown in this channel or asked for by this person. */
    underWay: (of: { slackId: string; channelId: string }) => list(of),

    /** Large ones, anywhere. */
    largeUnderWay: () => list('large'),

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

/** What it is about, as a part of a sentence. */
function sayWhat(action: actionRows.StoredAction): string {
  return action.pace === undefined ? sayTargets([targetOf(action).target]) : (readBrief(action)?.what ?? 'many runs');
}
