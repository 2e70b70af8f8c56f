/**
 * A person's question or feedback, with an owner and an end. What may be done with it is decided here; what was done is told by its
 * events, from which everything else follows: where it stands, its clocks, and the figures.
 */
import { z } from 'zod';
import { isPleasantry } from './pleasantry';

/** `open` with an assignee is claimed. `waiting`: its clock stands, since the requester is asked. A merged one is solved. */
export const requestStates = ['open', 'waiting', 'snoozed', 'solved'] as const;
export type RequestState = (typeof requestStates)[number];

export const priorities = ['urgent', 'high', 'normal', 'low'] as const;
export const Priority = z.enum(priorities);
export type Priority = z.infer<typeof Priority>;

/** The run or incident that a question is about, as far as it is known. */
export const RequestAbout = z.object({
  connection: z.string().optional(),
  pipeline: z.string().optional(),
  run: z.string().optional(),
  partition: z.string().optional(),
  incidentId: z.uuid().optional(),
});
export type RequestAbout = z.infer<typeof RequestAbout>;

/** Where people asked. `import`: the history of another tool. */
const sources = [
  'command',
  'form',
  'message-shortcut',
  'shortcut',
  'emoji',
  'mention',
  'home',
  'channel',
  'alert',
  'again',
  'import',
] as const;
export const Source = z.enum(sources);
export type Source = z.infer<typeof Source>;

/**
 * `team`: a person of the team said so. `requester`: the one who asked. `deflected`: an answer offered by Pitcrew was enough. `run`:
 * the run it was about recovered, and the requester said that this does it. `merged`: it goes on in another request.
 */
const howSolved = ['team', 'requester', 'deflected', 'run', 'merged', 'import'] as const;
export const HowSolved = z.enum(howSolved);
export type HowSolved = z.infer<typeof HowSolved>;

/** What somebody is to a request. `other`: a colleague who says something in its thread. `pitcrew`: nobody, the program itself. */
export const roles = ['requester', 'team', 'other', 'pitcrew'] as const;
export type Role = (typeof roles)[number];

/** A surrogate id (people.person_id). */
const person = z.string();

/**
 * One thing that happened to a request, as stored in `request_events` (kind, by_role, person_id, at, and the rest in `detail`).
 *
 * For figures: a request joins the backlog by `opened` and `reopened`, and leaves it by `solved`; there is exactly one `opened`, and
 * `solved` and `reopened` take turns, so that backlog(w) = backlog(w-1) + opened + reopened − solved always balances. `at` of
 * `opened` is the time of the requester's first message. A reply of a person of the team is `said` with role `team`, a reply of who
 * asked `said` with role `requester`; Pitcrew's own answers are no events. A clock stands from `waiting` to the `resumed` (or
 * `solved`) after it. `rated` may come several times: the last one counts. `surveyed`: the question for a rating was shown.
 */
export const RequestEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), source: Source, isStaff: z.boolean() }),
  /** `isQuestion`: of the team, to the requester. `isPleasantry`: of the requester, and wants no answer. */
  z.object({ kind: z.literal('said'), isQuestion: z.boolean(), isPleasantry: z.boolean() }),
  /** `how`: by oneself, by somebody else, or in turn. `hasText`: with a word in the thread, which counts as an answer. */
  z.object({
    kind: z.literal('assigned'),
    to: person,
    from: person.optional(),
    how: z.enum(['claim', 'assign', 'turn', 'hand-over']),
    hasText: z.boolean(),
  }),
  z.object({ kind: z.literal('released') }),
  z.object({ kind: z.literal('prioritised'), priority: Priority, from: Priority, reason: z.string() }),
  z.object({ kind: z.literal('categorised'), category: z.string() }),
  z.object({ kind: z.literal('waiting'), for: z.enum(['answer', 'verdict']) }),
  z.object({ kind: z.literal('resumed') }),
  z.object({ kind: z.literal('snoozed'), until: z.coerce.date() }),
  z.object({ kind: z.literal('woken') }),
  z.object({ kind: z.literal('noted') }),
  /** `to` of a pipeline: `connection/key`; another pipeline lets go of the run and the incident before. */
  z.object({
    kind: z.literal('linked'),
    what: z.enum(['run', 'pipeline', 'incident', 'issue']),
    to: z.string(),
    partition: z.string().optional(),
  }),
  /** To the queue of another team, by its name. `isBack`: to the one that answers by the settings. */
  z.object({ kind: z.literal('moved'), to: z.string(), isBack: z.boolean() }),
  z.object({ kind: z.literal('task-added') }),
  z.object({ kind: z.literal('task-done') }),
  /** It is not done after all. */
  z.object({ kind: z.literal('task-reopened') }),
  /** What was answered first: how many likely answers were shown. */
  z.object({ kind: z.literal('answered-first'), answers: z.array(z.string()) }),
  z.object({ kind: z.literal('needs-help-still') }),
  z.object({ kind: z.literal('solved'), how: HowSolved, answer: z.string().optional(), into: z.string().optional() }),
  z.object({ kind: z.literal('reopened'), why: z.enum(['said', 'pressed']) }),
  /** Another one goes on in this one. */
  z.object({ kind: z.literal('took-over'), from: z.string() }),
  z.object({ kind: z.literal('surveyed') }),
  z.object({ kind: z.literal('rated'), score: z.number().int().min(1).max(5) }),
  /** In words, kept apart. */
  z.object({ kind: z.literal('rating-explained') }),
  z.object({ kind: z.literal('warned'), clock: z.enum(['first-response', 'next-response', 'resolution']) }),
  /** Its thread is gone: what is left of it goes to the requester directly. */
  z.object({ kind: z.literal('thread-lost'), why: z.enum(['deleted', 'archived']) }),
]);
export type RequestEvent = z.infer<typeof RequestEvent>;

/** An event with who, what they are to the request, and when. */
export type Happened = RequestEvent & { at: Date; by?: string; role: Role };

export interface Request {
  id: string;
  number: number;
  state: RequestState;
  waitsFor?: 'answer' | 'verdict';
  /** Surrogate ids. */
  requester: string;
  assignee?: string;
  /** The team that answers, where it was moved to another than that of the settings. */
  team?: string;
  isStaff: boolean;
  source: Source;
  priority: Priority;
  category?: string;
  channel?: string;
  threadTs?: string;
  isDirect: boolean;
  connection?: string;
  pipeline?: string;
  run?: string;
  partition?: string;
  incidentId?: string;
  url?: string;
  mergedInto?: string;
  snoozedUntil?: Date;
  askedAt: Date;
  requesterSaidAt: Date;
  teamSaidAt?: Date;
  /** The last question of the team. */
  teamAskedAt?: Date;
  firstResponseAt?: Date;
  solvedAt?: Date;
  howSolved?: HowSolved;
  score?: number;
  surveyedAt?: Date;
  dueAt?: Date;
  dueFor?: 'first-response' | 'next-response' | 'resolution';
  warnedAt?: Date;
  question: string;
  resolution?: string;
  scoreWords?: string;
}

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

/** Do they answer this request? */
export function answersIt({ isTeam, teams }: By, { team }: Pick<Request, 'team'>): boolean {
  const name = team?.toLowerCase();
  return isTeam || (name !== undefined && (teams ?? []).some((each) => each.toLowerCase() === name));
}

/** Something to do about a request, besides its answer. */
export interface RequestTask {
  id: string;
  words: string;
  isDone: boolean;
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

/** What a person is told in private; `name` of who has it. `asked`: where nothing else shows it to them. */
export type RequestAnswer =
  | { kind: 'asked'; number: number; isDirect: boolean }
  | { kind: 'refused'; number: number; because: RequestRefusal['because']; name?: string }
  | { kind: 'no-such'; number: string }
  | { kind: 'rated'; score: number; requestId: string; number: number }
  | { kind: 'explained' };

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
      return withSurvey(happened({ kind: 'solved', how: wish.how, ...(wish.answer ? { answer: wish.answer } : {}) }));
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
      return happened({ kind: 'rated', score: wish.score });
    case 'explain':
      if (role !== 'requester') return no({ because: 'not-yours' });
      return request.score === undefined ? no({ because: 'not-rated' }) : happened({ kind: 'rating-explained' });
    case 'warn':
      return happened({ kind: 'warned', clock: wish.clock });
    case 'lose-thread':
      return happened({ kind: 'thread-lost', why: wish.why });
  }

  /** How satisfied they are is asked with the end, until it is known. */
  function withSurvey(decision: RequestDecision): RequestDecision {
    if (!decision.ok || request.score !== undefined) return decision;
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

function linked(request: Request, { what, to, partition }: Linked): Request {
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

/** A sentence of it ends with a question mark. Addresses and quoted lines do not count. */
export function asksSomething(words: string): boolean {
  const own = words
    .split('\n')
    .filter((line) => !/^\s*(>|&gt;)/.test(line))
    .join('\n')
    .replace(/https?:\/\/\S+/g, '');
  return /[?？؟](\s|$|["')\]*_~])/.test(own);
}

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
