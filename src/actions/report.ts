import { stringify } from 'csv-stringify/sync';
import type { ActionList, ListedAction } from '../domain/action-list';
import { BulkProgress } from '../domain/conductor';
import { Failure } from '../domain/failure';
import { Plan, readBrief } from '../domain/plan';
import { sayTarget, sayTargets } from '../domain/target';
import * as actionRows from '../store/action-rows';
import type { Condition } from '../store/due';
import type { ActionDeps } from './deps';
import { type Ledger, targetOf } from './ledger';

/** More of them nobody reads in one answer. */
const listed = 20;

/** Files made in one go; between two tries of one; and how long after the end it is tried. */
const filedAtOnce = 5;
const fileAgainMs = 60_000;
const fileTriesMs = 24 * 3_600_000;

export interface ReportDeps extends Pick<ActionDeps, 'db' | 'clock' | 'log' | 'messageUrl' | 'uploadFile'> {
  ledger: Pick<Ledger, 'tell'>;
}

export function createReports({ db, clock, log, messageUrl, uploadFile, ledger }: ReportDeps) {
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

    /** Every item of a large action, one a line, as a file. */
    csv: async (actionId: string): Promise<string> => csvOf(await actionRows.items(db, actionId)),

    isFileDue: (): Condition => actionRows.isAnyToFile(clock.now()),

    /** Makes the files of large actions that are over, and tells in their threads where they are. @returns how many */
    async file(): Promise<number> {
      const startedAt = clock.now().getTime();
      let made = 0;
      for (let each = 0; each < filedAtOnce; each += 1) {
        const again = new Date(clock.now().getTime() + fileAgainMs + each);
        const taken = await actionRows.takeToFile(db, clock.now(), again);
        if (!taken) break;
        try {
          made += (await fileOne(taken)) ? 1 : 0;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          log.warn({ err: error, actionId: taken.action.id }, 'action.file-not-taken');
          if (startedAt - (taken.action.settledAt?.getTime() ?? 0) > fileTriesMs)
            await db.transaction((tx) => actionRows.noFileAnyMore(tx, taken.action.id, taken.takenUntil));
          break;
        }
      }
      return made;
    },
  };

  /** Uploaded where nobody sees it; only with the story that leads to it is it told, and then never again. */
  async function fileOne({ action, takenUntil }: { action: actionRows.StoredAction; takenUntil: Date }) {
    const items = action.channel ? await actionRows.items(db, action.id) : [];
    const uploaded =
      items.length > 0
        ? await uploadFile({
            name: `${action.kind}-${action.askedAt.toISOString().slice(0, 10)}.csv`,
            title: `${action.kind}: ${items.length} items`,
            content: csvOf(items),
          })
        : undefined;
    return db.transaction(async (tx) => {
      if (!(await actionRows.noFileAnyMore(tx, action.id, takenUntil)) || !uploaded) return false;
      const { fileId, permalink: url } = uploaded;
      await ledger.tell(tx, action, {
        kind: 'bulk-listed',
        at: clock.now(),
        action: action.kind,
        count: items.length,
        fileId,
        ...(url ? { url } : {}),
      });
      return true;
    });
  }
}

/** A cell that a spreadsheet would take for a formula is made harmless. */
function csvOf(items: readonly actionRows.ItemRow[]): string {
  const rows = items.map((item) => [
    item.itemNo + 1,
    item.connection,
    item.pipeline,
    sayTarget(targetOf(item).target),
    item.state,
    item.say || item.cause || '',
    item.triedAt?.toISOString() ?? '',
    item.settledAt?.toISOString() ?? '',
  ]);
  const header = ['no', 'connection', 'pipeline', 'what', 'state', 'reason', 'tried at', 'ended at'];
  return stringify([header, ...rows], { escape_formulas: true });
}

/** What it is about, as a part of a sentence. */
function sayWhat(action: actionRows.StoredAction): string {
  return action.pace === undefined ? sayTargets([targetOf(action).target]) : (readBrief(action)?.what ?? 'many runs');
}
