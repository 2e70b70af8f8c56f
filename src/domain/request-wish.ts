/** What people wish of a request, who may, and what it comes to. */
import { isPleasantry } from './pleasantry';
import type { Happened, HowSolved, Priority, Request, RequestAbout, RequestEvent, RequestState, Role } from './request';

/** A wish to change a request. Who wishes is in `By`. */
export type RequestWish =
  | { do: 'claim' }
  | { do: 'assign'; to: string; how: 'assign' | 'turn' | 'hand-over'; hasText?: boolean }
  | { do: 'release' }
  | { do: 'prioritise'; priority: Priority; reason: string }
  | { do: 'categorise'; category: string }
  /** Something was said in the thread. */
  | { do: 'say'; words: string; ts?: string }
  /** The clock stops; only after a question of the team. */
  | { do: 'wait' }
  | { do: 'await-verdict' }
  | { do: 'go-on' }
  | { do: 'snooze'; until: Date }
  | { do: 'wake' }
  | { do: 'note' }
  | { do: 'add-task' }
  | { do: 'finish-task' }
  | { do: 'reopen-task' }
  | { do: 'link'; what: 'issue'; to: string }
  /** It is about this, whatever was thought before. */
  | { do: 'relate'; about: RequestAbout }
  | { do: 'move'; to: string; isBack: boolean }
  | { do: 'merge'; into: { id: string; state: RequestState; mergedInto?: string } }
  | { do: 'take-over'; from: string }
  | { do: 'solve'; how: Exclude<HowSolved, 'merged' | 'import'>; answer?: string }
  | { do: 'reopen' }
  | { do: 'answer-first'; answers: string[] }
  | { do: 'need-help-still' }
  | { do: 'rate'; score: number }
  /** Words to the rating that was given. */
  | { do: 'explain' }
  | { do: 'warn'; clock: 'first-response' | 'next-response' | 'resolution' }
  | { do: 'lose-thread'; why: 'deleted' | 'archived' };

export interface By {
  /** Surrogate id; left out = Pitcrew by itself. */
  person?: string;
  isTeam: boolean;
  /** Those that they belong to: what was moved to one of them is theirs as well. */
  teams?: readonly string[];
}

/** Asked in private, and with a team whose channel others read as well: what is written stands nowhere but with those who answer it. */
export const isSealed = ({ isDirect, team }: Pick<Request, 'isDirect' | 'team'>): boolean =>
  isDirect && team !== undefined;

/** Do they answer this request? */
export function answersIt({ isTeam, teams }: By, { team }: Pick<Request, 'team'>): boolean {
  const name = team?.toLowerCase();
  return isTeam || (name !== undefined && (teams ?? []).some((each) => each.toLowerCase() === name));
}

/** Why nothing was changed. `taken`: by whom, told kindly. */
export type RequestRefusal =
  | { because: 'taken'; by: string }
  | { because: 'yours-already' }
  | { because: 'over' }
  | { because: 'not-rated' }
  | { because: 'not-over' }
  | { because: 'not-over-yet' }
  | { because: 'not-yours' }
  | { because: 'not-team' }
  | { because: 'no-question' }
  | { because: 'waits-already' }
  | { because: 'same' }
  | { because: 'into-itself' }
  | { because: 'into-merged' }
  | { because: 'in-the-past' }
  /** It was solved too long ago: what is said now is a new request. */
  | { because: 'long-over' };

/** What a person is told in private; `name` of who has it, `team` to which it was moved. `asked`: where nothing else shows it to them. */
export type RequestAnswer =
  | { kind: 'asked'; number: number; isDirect: boolean }
  | {
      kind: 'refused';
      number: number;
      because: RequestRefusal['because'];
      name?: string;
      team?: string;
      isPrivate?: boolean;
    }
  | { kind: 'no-such'; number: string }
  | { kind: 'rated'; score: number; requestId: string; number: number }
  | { kind: 'explained' };

/** Why somebody cannot have their wish about this request. */
export function refusedOf(
  request: Pick<Request, 'number' | 'team' | 'isDirect'> & { assigneeName?: string },
  because: RequestRefusal['because'],
): RequestAnswer {
  const { number, team, isDirect, assigneeName: name } = request;
  return {
    kind: 'refused',
    number,
    because,
    ...(name ? { name } : {}),
    ...(team ? { team } : {}),
    ...(isDirect ? { isPrivate: true } : {}),
  };
}

export type RequestDecision = { ok: true; events: Happened[] } | { ok: false; refusal: RequestRefusal };

/** What is said within this time of the end reopens; later it is a new request. In ms. */
const reopensWithinMs = 30 * 86_400_000;

function roleOf(request: Pick<Request, 'requester' | 'team'>, by: By): Role {
  const { person: who } = by;
  if (who === undefined) return 'pitcrew';
  if (who === request.requester) return 'requester';
  return answersIt(by, request) ? 'team' : 'other';
}

/** What a wish comes to. Pure; an empty list of events: nothing to do, and nothing wrong. */
export function decide(request: Request, wish: RequestWish, by: By, now: Date): RequestDecision {
  const role = roleOf(request, by);
  const isOver = request.state === 'solved';
  const happened = (...events: RequestEvent[]): RequestDecision => ({
    ok: true,
    events: events.map((event) => ({ ...event, at: now, role, ...(by.person ? { by: by.person } : {}) })),
  });
  const no = (refusal: RequestRefusal): RequestDecision => ({ ok: false, refusal });
  const wake: RequestEvent[] = request.state === 'snoozed' ? [{ kind: 'woken' }] : [];
  const resume: RequestEvent[] = request.state === 'waiting' ? [{ kind: 'resumed' }] : [];

  if (needsTeam.has(wish.do) && !answersIt(by, request) && role !== 'pitcrew') return no({ because: 'not-team' });
  if (isOver && !allowedWhenOver.has(wish.do)) return no({ because: 'over' });

  switch (wish.do) {
    case 'claim':
      if (by.person === undefined) return no({ because: 'not-team' });
      if (request.assignee === by.person) return no({ because: 'yours-already' });
      if (request.assignee !== undefined) return no({ because: 'taken', by: request.assignee });
      return happened(...wake, { kind: 'assigned', to: by.person, how: 'claim', hasText: false });
    case 'assign': {
      if (request.assignee === wish.to) return no({ because: 'same' });
      const from = request.assignee === undefined ? {} : { from: request.assignee };
      return happened({ kind: 'assigned', to: wish.to, ...from, how: wish.how, hasText: wish.hasText ?? false });
    }
    case 'release':
      return request.assignee === undefined ? no({ because: 'same' }) : happened({ kind: 'released' });
    case 'prioritise': {
      const { priority, reason } = wish;
      if (priority === request.priority) return no({ because: 'same' });
      return happened({ kind: 'prioritised', priority, from: request.priority, reason });
    }
    case 'categorise':
      if (wish.category === request.category) return no({ because: 'same' });
      return happened({ kind: 'categorised', category: wish.category });
    case 'say':
      return said();
    case 'wait':
      if (request.state === 'waiting') return no({ because: 'waits-already' });
      if (!request.teamAskedAt || request.teamAskedAt < request.requesterSaidAt) return no({ because: 'no-question' });
      return happened(...wake, { kind: 'waiting', for: 'answer' });
    case 'await-verdict':
      if (request.state === 'waiting') return happened();
      return happened(...wake, { kind: 'waiting', for: 'verdict' });
    case 'go-on':
      return request.state === 'waiting' ? happened(...resume) : no({ because: 'same' });
    case 'snooze':
      if (wish.until <= now) return no({ because: 'in-the-past' });
      return happened(...resume, { kind: 'snoozed', until: wish.until });
    case 'wake':
      return request.state === 'snoozed' ? happened(...wake) : no({ because: 'same' });
    case 'note':
      return happened({ kind: 'noted' });
    case 'add-task':
      return happened({ kind: 'task-added' });
    case 'finish-task':
      return happened({ kind: 'task-done' });
    case 'reopen-task':
      return happened({ kind: 'task-reopened' });
    case 'link':
      return happened({ kind: 'linked', what: wish.what, to: wish.to });
    case 'relate':
      return isAbout(request, wish.about) ? no({ because: 'same' }) : happened(...related(wish.about));
    case 'move':
      if (wish.isBack ? request.team === undefined : request.team?.toLowerCase() === wish.to.toLowerCase())
        return no({ because: 'same' });
      return happened(...wake, { kind: 'moved', to: wish.to, isBack: wish.isBack });
    case 'merge':
      if (wish.into.id === request.id) return no({ because: 'into-itself' });
      if (wish.into.mergedInto !== undefined) return no({ because: 'into-merged' });
      return happened({ kind: 'solved', how: 'merged', into: wish.into.id });
    case 'take-over':
      return happened({ kind: 'took-over', from: wish.from });
    case 'solve':
      if (role === 'other') return no({ because: 'not-yours' });
      return withSurvey(
        happened({ kind: 'solved', how: howOf(wish.how), ...(wish.answer ? { answer: wish.answer } : {}) }),
      );
    case 'reopen':
      if (!isOver) return no({ because: 'not-over' });
      if (role === 'other') return no({ because: 'not-yours' });
      if (request.mergedInto !== undefined) return no({ because: 'into-merged' });
      return happened({ kind: 'reopened', why: 'pressed' });
    case 'answer-first':
      return happened({ kind: 'answered-first', answers: wish.answers });
    case 'need-help-still':
      if (role !== 'requester') return no({ because: 'not-yours' });
      return happened({ kind: 'needs-help-still' }, ...resume);
    case 'rate':
      if (role !== 'requester') return no({ because: 'not-yours' });
      return wish.score === request.score ? happened() : happened({ kind: 'rated', score: wish.score });
    case 'explain':
      if (role !== 'requester') return no({ because: 'not-yours' });
      return request.score === undefined ? no({ because: 'not-rated' }) : happened({ kind: 'rating-explained' });
    case 'warn':
      return happened({ kind: 'warned', clock: wish.clock });
    case 'lose-thread':
      return happened({ kind: 'thread-lost', why: wish.why });
  }

  /** What they say to the recovery of its run is their verdict on that. */
  function howOf(how: Exclude<HowSolved, 'merged' | 'import'>): HowSolved {
    return how === 'requester' && role === 'requester' && request.waitsFor === 'verdict' ? 'run' : how;
  }

  /** How satisfied they are is asked with the end, until it is known. */
  function withSurvey(decision: RequestDecision): RequestDecision {
    if (!decision.ok || request.score !== undefined || (wish.do === 'solve' && wish.how === 'withdrawn'))
      return decision;
    return { ok: true, events: [...decision.events, { kind: 'surveyed', at: now, role: 'pitcrew' }] };
  }

  function said(): RequestDecision {
    const words = wish.do === 'say' ? wish.words : '';
    const isQuestion = role === 'team' && asksSomething(words);
    // To a question of the team a bare "yes" is an answer.
    const isThanks = role === 'requester' && request.state !== 'waiting' && isPleasantry(words);
    const saying: RequestEvent = { kind: 'said', isQuestion, isPleasantry: isThanks };
    if (role === 'team') {
      if (isOver) return happened(saying);
      // A question stops the clock; any other word of the team lets it go on where it stood.
      const waits: RequestEvent[] =
        isQuestion && request.state !== 'waiting' ? [{ kind: 'waiting', for: 'answer' }] : [];
      return happened(...wake, saying, ...waits);
    }
    if (role !== 'requester') return happened(saying);
    if (isThanks) return happened(saying);
    if (!isOver) return happened(...wake, saying, ...resume);
    const since = now.getTime() - (request.solvedAt ?? request.askedAt).getTime();
    if (request.mergedInto !== undefined || since > reopensWithinMs) return no({ because: 'long-over' });
    return happened(saying, { kind: 'reopened', why: 'said' });
  }
}

/** Only for people of the team, or Pitcrew itself. */
const needsTeam = new Set<RequestWish['do']>([
  'claim',
  'assign',
  'release',
  'prioritise',
  'categorise',
  'wait',
  'snooze',
  'wake',
  'note',
  'add-task',
  'finish-task',
  'reopen-task',
  'link',
  'relate',
  'move',
  'merge',
]);

const allowedWhenOver = new Set<RequestWish['do']>([
  'say',
  'reopen',
  'note',
  'add-task',
  'finish-task',
  'reopen-task',
  'rate',
  'explain',
  'lose-thread',
  'link',
  'relate',
  'categorise',
]);

type Linked = Extract<RequestEvent, { kind: 'linked' }>;

const isAbout = (request: Request, about: RequestAbout): boolean =>
  (['connection', 'pipeline', 'run', 'partition', 'incidentId'] as const).every((key) => request[key] === about[key]);

function related({ connection, pipeline, run, partition, incidentId }: RequestAbout): Linked[] {
  const to = (what: Linked['what'], id: string | undefined): Linked[] =>
    id === undefined ? [] : [{ kind: 'linked', what, to: id, ...(what === 'run' && partition ? { partition } : {}) }];
  const name = connection && pipeline ? `${connection}/${pipeline}` : undefined;
  return [...to('pipeline', name), ...to('run', run), ...to('incident', incidentId)];
}

/** A sentence of it ends with a question mark. Addresses and quoted lines do not count. */
export function asksSomething(words: string): boolean {
  const own = words
    .split('\n')
    .filter((line) => !/^\s*(>|&gt;)/.test(line))
    .join('\n')
    .replace(/https?:\/\/\S+/g, '');
  return /[?？؟](\s|$|["')\]*_~])/.test(own);
}
