import { targetsFor } from '../domain/request-clock';
import { isSealed } from '../domain/request-wish';
import type { RequestView } from '../slack/request-card';
import * as pinnedRows from '../store/pinned-rows';
import * as requestRows from '../store/request-rows';
import * as taskRows from '../store/task-rows';
import { type ContextDeps, readRequestContext } from './request-context';

/**
 * Reads all that the messages of a request show, as it is now. `undefined` = it is gone.
 *
 * @param isForTeam with what the team would look up first
 */
export async function readRequestView(
  deps: ContextDeps,
  requestId: string,
  isForTeam: boolean,
): Promise<RequestView | undefined> {
  const { db, settings, messageUrl } = deps;
  const request = await requestRows.find(db, requestId);
  if (!request) return undefined;
  const { support, workspace } = settings();
  const [own] = await db.query<{ channel: string; ts: string }>(
    `select channel_id as channel, ts from posts where request_id = $1 and role = 'request' and ts is not null`,
    [requestId],
  );
  const lost = request.isDirect ? await requestRows.lostThread(db, requestId) : undefined;
  const into = request.mergedInto ? await requestRows.find(db, request.mergedInto) : undefined;
  const pinnedId = isForTeam ? await pinnedRows.ofRequest(db, requestId) : undefined;
  const head = request.threadTs && request.channel ? { channel: request.channel, ts: request.threadTs } : own;
  return {
    ...request,
    timeZone: workspace.timeZone,
    targetMinutes: targetsFor(request.priority, support).firstResponseMinutes,
    team: request.team ?? support.team,
    isSealed: isSealed(request),
    ...(lost ? { lost } : {}),
    ...(into ? { into: into.number } : {}),
    ...(pinnedId ? { pinnedId } : {}),
    ...(isForTeam ? { tasks: await taskRows.of(db, requestId) } : {}),
    ...(isForTeam ? { known: await readRequestContext(deps, request) } : {}),
    ...(head ? { threadUrl: messageUrl(head.channel, head.ts) } : {}),
  };
}
