import { randomUUID } from 'node:crypto';
import type { By } from '../domain/request-wish';
import type { Clock } from '../lib/clock';
import type { Tx } from '../store/db';
import * as requestRows from '../store/request-rows';
import * as taskRows from '../store/task-rows';
import type { Requests, WishAnswer } from '.';

export type RequestTasks = ReturnType<typeof createRequestTasks>;

const wordsMax = 200;

/** Follow-ups of a request: what is to be done besides the answer. In: a person of its team. Out: rows, and the card that shows them. */
export function createRequestTasks({
  clock,
  requests,
  redact,
}: {
  clock: Clock;
  requests: Requests;
  redact(text: string): string;
}) {
  return {
    /** Nobody adds one without a name. */
    async add(tx: Tx, of: { requestId: string; by: By & { person: string }; words: string }): Promise<WishAnswer> {
      const said = await requests.wish(tx, { requestId: of.requestId, by: of.by, wish: { do: 'add-task' } });
      if (said.outcome !== 'done') return said;
      const words = redact(of.words).slice(0, wordsMax);
      await taskRows.add(tx, { id: randomUUID(), requestId: of.requestId, words, by: of.by.person }, clock.now());
      return said;
    },

    /** Done, or not done after all. Of two who tick it at once, it is the first who did; what is like that already stays. */
    async tick(
      tx: Tx,
      of: { requestId: string; taskId: string; by: By & { person: string }; bySlackId: string; isDone: boolean },
    ): Promise<WishAnswer> {
      const request = await requestRows.find(tx, of.requestId, true);
      if (!request) return { outcome: 'gone' };
      const task = (await taskRows.of(tx, of.requestId)).find(({ id }) => id === of.taskId);
      if (!task) return { outcome: 'gone' };
      if (task.isDone === of.isDone) return { outcome: 'done', request };
      const what = of.isDone ? 'task-done' : 'task-reopened';
      const said = await requests.wish(tx, {
        requestId: of.requestId,
        by: of.by,
        wish: { do: of.isDone ? 'finish-task' : 'reopen-task' },
        tell: (after) => [
          { under: 'triage', notice: requests.noticeOf(after, what, { by: of.bySlackId, say: task.words }) },
        ],
      });
      if (said.outcome !== 'done') return said;
      if (of.isDone)
        await taskRows.finish(tx, { id: of.taskId, requestId: of.requestId, by: of.by.person }, clock.now());
      else await taskRows.reopen(tx, { id: of.taskId, requestId: of.requestId });
      return said;
    },
  };
}
