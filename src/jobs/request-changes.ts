import { TZDate } from '@date-fns/tz';
import { z } from 'zod';
import type { Actor } from '../domain/actor';
import { Priority, type RequestAbout } from '../domain/request';
import type { Settings } from '../domain/settings';
import { atWallTime, nextWorkingMoment } from '../domain/working-time';
import type { Requests, WishAnswer } from '../requests';
import { aboutAlert } from '../requests/about';
import type { Assigning } from '../requests/assigning';
import type { RequestTasks } from '../requests/tasks';
import type { Tx } from '../store/db';
import type { StoredRequest } from '../store/request-rows';
import * as requestRows from '../store/request-rows';
import type { Done } from './done';
import { done } from './request-done';

export interface RequestChangeDeps {
  requests: Requests;
  assigning: Pick<Assigning, 'give' | 'atWork'>;
  requestTasks: RequestTasks;
  settings(): Settings;
  actor(slackId: string): Promise<Actor>;
  /** What is meant by the name of a pipeline, with its newest failed run. */
  aboutNamed(name: string): Promise<RequestAbout | undefined>;
}

/** What the form of the team asks for; what was left as it is, is left out. */
export const Changed = z.object({
  id: z.uuid(),
  assignee: z.string().optional(),
  give: z.enum(['turn', 'queue']).optional(),
  summary: z.string().optional(),
  team: z.string().optional(),
  priority: Priority.optional(),
  reason: z.string().optional(),
  category: z.string().optional(),
  snooze: z.string().optional(),
  about: z.string().optional(),
  issue: z.string().optional(),
  merge: z.number().optional(),
  tasks: z.string().optional(),
  note: z.string().optional(),
});
type Changed = z.infer<typeof Changed>;

/** One thing that is asked for. @returns why nothing is changed; nothing = the next one */
type Step = (tx: Tx) => Promise<Done | undefined>;

const tasksAtOnce = 10;

/** All changes that the form asks for, or none where one is refused; what is as it was is no change. */
export function createRequestChanges(deps: RequestChangeDeps) {
  const { requests, assigning, requestTasks, settings, actor } = deps;

  return async function changing(tx: Tx, who: Actor, change: Changed): Promise<Done> {
    const request = await requests.find(change.id);
    if (!request) return { outcome: 'not understood', answer: { kind: 'gone' } };
    const steps = stepsOf(who, change, request);
    await tx.query('savepoint changes');
    for (const step of steps) {
      const end = await step(tx);
      if (!end) continue;
      await tx.query('rollback to savepoint changes');
      return end;
    }
    return { outcome: steps.length > 0 ? 'changed' : 'nothing to change' };
  };

  function stepsOf(who: Actor, change: Changed, request: StoredRequest): Step[] {
    const by = requests.byOf(who);
    const wish =
      (of: Omit<Parameters<Requests['wish']>[1], 'requestId' | 'by'>): Step =>
      async (tx) =>
        endOf(await requests.wish(tx, { requestId: request.id, by, ...of }));
    const { note, priority, reason, category, issue, about, assignee, give, snooze, merge, team, tasks, summary } =
      change;
    const steps: Step[] = [];
    if (note)
      steps.push(
        wish({
          wish: { do: 'note' },
          words: { kind: 'note', words: note },
          tell: (after) => [
            { under: 'triage', notice: requests.noticeOf(after, 'noted', { by: who.slackId, say: note }) },
          ],
        }),
      );
    if (priority && priority !== request.priority)
      steps.push(
        reason
          ? wish({
              wish: { do: 'prioritise', priority, reason },
              words: { kind: 'note', words: reason },
              tell: (after) => [
                {
                  under: 'triage',
                  notice: requests.noticeOf(after, 'prioritised', { by: who.slackId, priority, say: reason }),
                },
              ],
            })
          : async () => cannot('Please say why the priority changes; nothing was changed.'),
      );
    if (category && category !== request.category) steps.push(wish({ wish: { do: 'categorise', category } }));
    if (about && about !== request.pipeline) steps.push((tx) => relate(tx, about));
    if (issue && issue !== request.url) steps.push(wish({ wish: { do: 'link', what: 'issue', to: issue } }));
    for (const words of linesOf(tasks))
      steps.push(async (tx) => endOf(await requestTasks.add(tx, { requestId: request.id, by, words })));
    if (team) steps.push((tx) => move(tx, team));
    if (assignee) steps.push((tx) => assign(tx, assignee));
    if (give === 'turn') steps.push(inTurn);
    if (give === 'queue')
      steps.push(
        wish({
          wish: { do: 'release' },
          ...(summary ? { words: { kind: 'summary', words: summary } } : {}),
          tell: (after) => [
            {
              under: 'triage',
              notice: requests.noticeOf(after, 'released', { by: who.slackId, ...(summary ? { say: summary } : {}) }),
            },
          ],
        }),
      );
    if (snooze) steps.push(wish({ wish: { do: 'snooze', until: morningOf(snooze) } }));
    if (merge !== undefined) steps.push((tx) => mergeInto(tx, merge));
    return steps;

    async function relate(tx: Tx, typed: string): Promise<Done | undefined> {
      const found = await aboutTyped(tx, typed);
      return found
        ? endOf(await requests.wish(tx, { requestId: request.id, by, wish: { do: 'relate', about: found } }))
        : cannot(
            'I know no pipeline of that name, and no alert at that address; nothing was changed. Please give its whole name, or the link of its alert.',
          );
    }

    async function move(tx: Tx, name: string): Promise<Done | undefined> {
      const { teams, support } = settings();
      const found = teams.find((each) => each.name.toLowerCase() === name.toLowerCase());
      const isHome = name.toLowerCase() === support.team?.toLowerCase();
      const channel = (isHome ? support.triageChannel : undefined) ?? found?.channel;
      if (!found || !channel)
        return cannot(
          'That team has no channel any more; nothing was changed. Please choose another team, or a person.',
        );
      // Who gets it from there hears it themselves.
      const to = { to: found.name, channel, ...(summary && !assignee ? { summary } : {}) };
      return endOf(await requests.move(tx, { requestId: request.id, by, bySlackId: who.slackId, ...to }));
    }

    async function assign(tx: Tx, slackId: string): Promise<Done | undefined> {
      const to = await actor(slackId);
      const now = (await requestRows.find(tx, request.id)) ?? request;
      if (!requests.mayAnswer(to, now))
        return cannot(
          'That person is not in the team that answers; nothing was changed. Please choose somebody of it, or the queue of their team.',
        );
      const told = { by: who.slackId, to: to.slackId };
      const said = await requests.wish(tx, {
        requestId: request.id,
        by,
        wish: { do: 'assign', to: to.personId, how: request.assignee ? 'hand-over' : 'assign' },
        ...(summary ? { words: { kind: 'summary', words: summary } } : {}),
        tell: (after) => [
          { under: 'request', notice: requests.noticeOf(after, 'assigned', told) },
          {
            under: 'triage',
            notice: requests.noticeOf(after, 'assigned', {
              ...told,
              ...(summary ? { say: summary } : {}),
              calls: true,
            }),
          },
        ],
      });
      return endOf(said);
    }

    async function inTurn(tx: Tx): Promise<Done | undefined> {
      const people = await assigning.atWork(request.team);
      const said = await assigning.give(tx, {
        request,
        by,
        bySlackId: who.slackId,
        people,
        ...(summary ? { summary } : {}),
      });
      return said
        ? endOf(said)
        : cannot(
            'Nobody else of the team is at work now; nothing was changed. Please choose a person, or leave it in the queue.',
          );
    }

    async function mergeInto(tx: Tx, number: number): Promise<Done | undefined> {
      const into = await goesOnIn(tx, await requests.idOfNumber(number));
      if (!into)
        return { outcome: 'no-such', answer: { kind: 'request', said: { kind: 'no-such', number: `#${number}` } } };
      const said = await requests.wish(tx, {
        requestId: request.id,
        by,
        wish: { do: 'merge', into: { id: into.id, state: into.state, mergedInto: into.mergedInto } },
        tell: (after) => [
          {
            under: 'request',
            notice: requests.noticeOf(after, 'merged', { by: who.slackId, into: into.number }),
          },
        ],
      });
      if (said.outcome !== 'done' || into.state === 'solved') return endOf(said);
      await requests.wish(tx, {
        requestId: into.id,
        by,
        wish: { do: 'take-over', from: request.id },
        tell: (after) => [
          {
            under: 'triage',
            notice: requests.noticeOf(after, 'took-over', {
              by: who.slackId,
              into: request.number,
              ...(request.isDirect ? {} : { say: request.question }),
            }),
          },
        ],
      });
      return undefined;
    }
  }

  /** The request itself, or where it goes on. */
  async function goesOnIn(tx: Tx, id: string | undefined): Promise<StoredRequest | undefined> {
    const found = id === undefined ? undefined : await requestRows.find(tx, id);
    return found?.mergedInto ? goesOnIn(tx, found.mergedInto) : found;
  }

  async function aboutTyped(tx: Tx, typed: string): Promise<RequestAbout | undefined> {
    const [, channel, seconds, micros] = /\/archives\/([CGD][A-Z0-9]+)\/p(\d{10})(\d{6})\b/.exec(typed) ?? [];
    return channel ? aboutAlert(tx, channel, `${seconds}.${micros}`) : deps.aboutNamed(typed);
  }

  /** When people begin to work that day, or the next one after it. */
  function morningOf(day: string): Date {
    const { workspace } = settings();
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    const wanted = new TZDate(year, month - 1, date, 12, workspace.timeZone);
    return nextWorkingMoment(atWallTime(wanted, '00:00'), workspace);
  }
}

/** Why it ends here; what is like that already is no reason to. */
function endOf(said: WishAnswer): Done | undefined {
  const goesOn = said.outcome === 'done' || (said.outcome === 'refused' && said.refusal.because === 'same');
  return goesOn ? undefined : done(said);
}

const cannot = (say: string): Done => ({ outcome: 'cannot', answer: { kind: 'cannot', say } });

/** Each line is one; marks of a list before it do not count. */
function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*•☐]|\[ ?\])\s*/, '').trim())
    .filter((line) => line !== '')
    .slice(0, tasksAtOnce);
}
