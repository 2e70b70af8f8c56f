import { can } from '../domain/ability';
import type { ActionCard } from '../domain/action';
import type { IncidentView } from '../domain/incident';
import type { Notice } from '../domain/notice';
import { nameOf } from '../domain/pipeline';
import { catalogueFacts } from '../domain/settings';
import { redactWithin } from '../lib/redact';
import { renderActionCard } from '../slack/action-card';
import { renderAlert } from '../slack/alert';
import { renderDigestPart } from '../slack/digest/details';
import type { Message } from '../slack/message';
import { type RequestView, renderMoved, renderRequest, renderTriage } from '../slack/request-card';
import { renderStorm, renderStormFile, renderStormList } from '../slack/storm';
import { renderNotice } from '../slack/story';
import { renderYouAskedMessage } from '../slack/you-asked';
import { wordsOf } from '../store/feedback-item-rows';
import * as figureRows from '../store/figure-rows';
import * as incidentRows from '../store/incident-rows';
import * as personRows from '../store/person-rows';
import type { SendablePost } from '../store/post-rows';
import * as stormRows from '../store/storm-rows';
import { readActionCard } from './action-view';
import { readIncidentView, type ViewDeps } from './incident-view';
import { readRequestView } from './request-view';

export interface RenderDeps extends ViewDeps {
  /** Names are stored as they came, so that two pipelines never become one; nobody is shown a secret in one. */
  redact(text: string): string;
}

/** A post as it is to be shown now, from present rows. `undefined` = there is nothing to show any more. */
export async function renderPost(
  deps: RenderDeps,
  post: SendablePost,
): Promise<(Message & { replyBroadcast?: boolean }) | undefined> {
  const { redact } = deps;
  const cardId = post.role === 'card' ? post.id : post.notice?.kind === 'storm-grew' ? post.rootId : undefined;
  if (cardId) {
    const storm = await stormRows.lines(deps.db, cardId);
    if (!storm) return undefined;
    const lines = storm.lines.map(({ failed, ...line }) => ({
      ...line,
      retriable: failed
        .filter(({ connection }) => can(deps.abilitiesOf(connection), 'retry'))
        .reduce((sum, { count }) => sum + count, 0),
    }));
    const view = { ...redactWithin({ ...storm, lines }, redact), timeZone: deps.settings().workspace.timeZone };
    return post.role === 'card' ? renderStorm(view) : renderStormList(view);
  }
  if (post.notice?.kind === 'storm-listed') return renderStormFile(redactWithin(post.notice, redact));
  const { timeZone } = deps.settings().workspace;
  if (post.notice?.kind === 'digest') return renderDigestPost(deps, post.notice);
  if (post.role === 'note' && post.notice) {
    const note = redactWithin(post.notice, redact);
    if (note.kind === 'you-asked')
      return renderYouAskedMessage({ words: await wordsOf(deps.db, note.items), say: note.say, url: note.url });
    return renderNotice(note, { name: '', timeZone, nameOf: await namesIn(deps, note) });
  }
  if (post.requestId) {
    if (post.notice) {
      const notice = redactWithin(post.notice, redact);
      return renderNotice(notice, { name: '', timeZone, nameOf: await namesIn(deps, notice) });
    }
    const view = await readRequestView(deps, post.requestId, post.role === 'triage');
    if (!view) return undefined;
    const shown = { ...redactWithin(view, redact), id: view.id };
    if (post.role === 'moved') return renderMoved(shown);
    return post.role === 'triage' ? renderTriage(shown, await namesIn(deps, shown)) : renderRequest(shown);
  }
  if (post.actionId && post.role === 'action') {
    const card = await readActionCard(deps, post.actionId);
    if (!card) return undefined;
    const shown = redactWithin(card, redact);
    return renderActionCard(shown, await namesIn(deps, shown));
  }
  if (post.notice && post.actionId && !post.incidentId) {
    const notice = redactWithin(post.notice, redact);
    const name = redact((await readActionCard(deps, post.actionId))?.what ?? 'it');
    return renderNotice(notice, { name, timeZone, nameOf: await namesIn(deps, notice) });
  }
  if (!post.incidentId) return undefined;
  if (post.role === 'parent') {
    const view = await readIncidentView(deps, post.incidentId, post.channel);
    if (!view) return undefined;
    // An edit calls nobody, so the mention of the first version is left out of the others.
    const shown = redactWithin(post.ts ? { ...view, mention: undefined } : view, redact);
    return renderAlert(shown, await namesIn(deps, shown), view.lead);
  }
  if (!post.notice) return undefined;
  const notice = redactWithin(post.notice, redact);
  const told = await incidentRows.toldIn(deps.db, post.incidentId, post.channel);
  if (!told) return undefined;
  const { cause, mention, connection = '', pipeline: key = '' } = told;
  const ref = { connection, key };
  const message = renderNotice(notice, {
    name: redact(nameOf({ key, facts: catalogueFacts(ref, deps.settings()) })),
    timeZone,
    nameOf: await namesIn(deps, notice),
    incidentId: post.incidentId,
    ...(cause && cause.category !== 'unknown' ? { cause: redact(cause.title) } : {}),
  });
  // Who was called for the trouble is told of its end in the channel as well; nobody is called again.
  return { ...message, replyBroadcast: notice.kind === 'recovered' && mention !== undefined };
}

async function renderDigestPost(
  { db, redact, settings }: RenderDeps,
  { week, scope, part }: Extract<Notice, { kind: 'digest' }>,
): Promise<Message | undefined> {
  const printed = await figureRows.printed(db, week, scope);
  const command = settings().commands.pipeline;
  if (!printed) return undefined;
  const names = await figureRows.namesOfPeople(
    db,
    printed.thanks.map(({ personId }) => personId),
  );
  return renderDigestPart(part, redactWithin(printed, redact), {
    nameOf: (personId) => names.get(personId),
    command,
  });
}

async function namesIn(
  deps: ViewDeps,
  facts: IncidentView | Notice | ActionCard | RequestView,
): Promise<(slackId: string) => string | undefined> {
  const ids = JSON.stringify(facts).match(/\b(?!UTC\b)[UW][A-Z0-9]{2,}\b/g) ?? [];
  if (ids.length === 0) return () => undefined;
  const names = await personRows.namesOf(deps.db, [...new Set(ids)]);
  return (slackId) => names.get(slackId);
}
