/**
 * A person's question or feedback, with an owner and an end. What was done is told by its events, from which everything else follows:
 * where it stands (request-state.ts), its clocks (request-clock.ts), and the figures. What may be done is in request-wish.ts.
 */
import { z } from 'zod';

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
 * the run it was about recovered, and the requester said that this does it. `merged`: it goes on in another request. `withdrawn`: its question was deleted
 * before anybody had taken it up.
 */
const howSolved = ['team', 'requester', 'deflected', 'run', 'merged', 'withdrawn', 'import'] as const;
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
  /** Of the question, in Slack. */
  editedAt?: Date;
  question: string;
  resolution?: string;
  scoreWords?: string;
}

/** Stands for a question that has no words (a file alone, or a bare mention), or none any more: it is a request all the same. */
export const standIns = { wordless: '(no words)', deleted: '(deleted)' } as const;

/** Something to do about a request, besides its answer. */
export interface RequestTask {
  id: string;
  words: string;
  isDone: boolean;
}
