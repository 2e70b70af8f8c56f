/** Where a request stands, by what happened to it. */
import type { Happened, Request, RequestEvent } from './request';

/** The request after one more event. Pure. */
export function apply(request: Request, event: Happened): Request {
  const { at, role } = event;
  switch (event.kind) {
    case 'opened':
      return { ...request, state: 'open', askedAt: at, requesterSaidAt: at };
    case 'said':
      if (role === 'requester') return event.isPleasantry ? request : { ...request, requesterSaidAt: at };
      if (role !== 'team') return request;
      return {
        ...request,
        teamSaidAt: at,
        firstResponseAt: request.firstResponseAt ?? at,
        ...(event.isQuestion ? { teamAskedAt: at } : {}),
      };
    case 'assigned': {
      const isAnswer = event.hasText && role === 'team';
      return {
        ...request,
        assignee: event.to,
        ...(isAnswer ? { teamSaidAt: at, firstResponseAt: request.firstResponseAt ?? at } : {}),
      };
    }
    case 'released':
      return { ...request, assignee: undefined };
    case 'prioritised':
      return { ...request, priority: event.priority };
    case 'categorised':
      return { ...request, category: event.category };
    case 'waiting':
      return { ...request, state: 'waiting', waitsFor: event.for };
    case 'resumed':
      return { ...request, state: 'open', waitsFor: undefined };
    case 'snoozed':
      return { ...request, state: 'snoozed', waitsFor: undefined, snoozedUntil: event.until };
    case 'woken':
      return { ...request, state: 'open', snoozedUntil: undefined };
    case 'linked':
      return linked(request, event);
    case 'moved':
      // Its new team has to take it.
      return { ...request, team: event.isBack ? undefined : event.to, assignee: undefined };
    case 'solved':
      return {
        ...request,
        state: 'solved',
        waitsFor: undefined,
        snoozedUntil: undefined,
        solvedAt: at,
        howSolved: event.how,
        ...(event.how === 'merged' ? { mergedInto: event.into } : {}),
      };
    case 'reopened':
      return { ...request, state: 'open', solvedAt: undefined, howSolved: undefined, surveyedAt: undefined };
    case 'surveyed':
      return { ...request, surveyedAt: at };
    case 'rated':
      return { ...request, score: event.score };
    case 'warned':
      return { ...request, warnedAt: at };
    case 'thread-lost':
      return { ...request, channel: undefined, threadTs: undefined };
    case 'answered-first':
    case 'needs-help-still':
    case 'noted':
    case 'task-added':
    case 'task-done':
    case 'task-reopened':
    case 'took-over':
    case 'rating-explained':
      return request;
  }
}

function linked(request: Request, { what, to, partition }: Extract<RequestEvent, { kind: 'linked' }>): Request {
  switch (what) {
    case 'issue':
      return { ...request, url: to };
    case 'incident':
      return { ...request, incidentId: to };
    case 'run':
      return { ...request, run: to, partition };
    case 'pipeline': {
      const [connection = '', ...key] = to.split('/');
      const before = { run: undefined, partition: undefined, incidentId: undefined };
      return { ...request, ...before, connection, pipeline: key.join('/') };
    }
  }
}
