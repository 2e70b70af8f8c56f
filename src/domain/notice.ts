import { z } from 'zod';
import { actionKinds, actionStates } from './action';
import { ClosingReason } from './closing';
import { Priority, requestStates } from './request';

/** The message that everybody reads, and the replies under it. */
export const digestParts = ['summary', 'adoption', 'reliability', 'definitions'] as const;

const at = z.coerce.date();
/** A Slack user id. Rendered as a mention that pings only where the notice says so. */
const person = z.string();
/** What a large action is about: "31 partitions of orders_daily". Notices of earlier releases lack it. */
const many = z.string().optional();

/** A request as the post of the day names it. `name` of who has it. */
const PressingRequest = z.object({
  number: z.number(),
  question: z.string(),
  askedAt: at,
  dueAt: at.optional(),
  name: z.string().optional(),
  url: z.string().optional(),
  /** Where it stands by now, and that by which it is found again. Notices of earlier releases lack both. */
  state: z.enum(requestStates).optional(),
  id: z.string().optional(),
});

/** How the queue of the team stands on a morning. `fresh` since `since`; all others of what is open now. */
const TriageDay = z.object({
  kind: z.literal('triage-day'),
  at,
  since: at,
  fresh: z.number(),
  open: z.number(),
  unanswered: z.number(),
  overdue: z.number(),
  waiting: z.number(),
  snoozed: z.number(),
  pressing: z.array(PressingRequest),
  oldest: PressingRequest.optional(),
  /** There is the post of a later day: this one is history. */
  isOver: z.boolean().optional(),
});
export type TriageDay = z.infer<typeof TriageDay>;

/** One fact to be told in a thread: facts, not blocks. Stored as `posts.notice` (jsonb). */
export const Notice = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('failed-again'),
    at,
    pipeline: z.string(),
    run: z.string(),
    attempt: z.number(),
    step: z.string().optional(),
    error: z.string().optional(),
    url: z.string().optional(),
    /** The retry of a person that came to this. */
    actionId: z.uuid().optional(),
    /** It did not fail: a person ended it before its time. */
    ended: z.object({ by: person, kind: z.enum(['stop', 'kill']) }).optional(),
  }),
  /** `pipelines` holds at most 20 names; `count` says how many joined, `total` how many are hit now. */
  z.object({
    kind: z.literal('joined'),
    at,
    pipelines: z.array(z.string()),
    count: z.number(),
    total: z.number(),
    why: z.enum(['same-cause', 'downstream']),
  }),
  /** `pipelines` holds at most 20 names; `count` says how many recovered, `left` how many are still hit. */
  z.object({
    kind: z.literal('member-recovered'),
    at,
    pipelines: z.array(z.string()),
    count: z.number(),
    left: z.number(),
  }),
  z.object({ kind: z.literal('running-again'), at, run: z.string(), attempt: z.number(), url: z.string().optional() }),
  z.object({ kind: z.literal('acknowledged'), at, by: person }),
  z.object({ kind: z.literal('acknowledge-expired'), at }),
  z.object({ kind: z.literal('muted'), at, by: person, until: at }),
  z.object({ kind: z.literal('unmuted'), at, by: person.optional(), hid: z.number() }),
  /** The mute of a pipeline in a channel is over: what came and went meanwhile without an alert there. */
  z.object({
    kind: z.literal('mute-ended'),
    at,
    pipeline: z.string(),
    mutedBy: person,
    by: person.optional(),
    alerts: z.number(),
    failures: z.number(),
    /** News kept from the threads of alerts that it shares with others. */
    hid: z.number(),
    lastAt: at.optional(),
  }),
  /** Planned silence is over: what came and went in it. `pipelines` holds at most 5 names; `count` says how many they are. */
  z.object({
    kind: z.literal('maintenance-ended'),
    at,
    name: z.string(),
    alerts: z.number(),
    pipelines: z.array(z.string()),
    count: z.number(),
  }),
  /** `auto`: nobody pressed; it names what let it go by itself, and `by` is who allowed that. */
  z.object({
    kind: z.literal('action-asked'),
    at,
    by: person,
    action: z.enum(actionKinds),
    what: z.string(),
    auto: z.string().optional(),
  }),
  /** A plain retry of one cause could go, goes, or goes no more by itself. `by`: the person who said so. */
  z.object({
    kind: z.literal('auto-retry'),
    at,
    id: z.string(),
    what: z.enum(['suggested', 'allowed', 'stopped', 'did-not-help', 'not-allowed']),
    by: person.optional(),
    pipeline: z.string(),
    cause: z.string(),
    fixed: z.number(),
    tried: z.number(),
    say: z.string().optional(),
  }),
  z.object({
    kind: z.literal('action-settled'),
    at,
    by: person,
    action: z.enum(actionKinds),
    outcome: z.enum(actionStates),
    say: z.string().optional(),
    url: z.string().optional(),
  }),
  /** What a second person said, or did not say in time; `broken`: somebody went on without. */
  z.object({
    kind: z.literal('consent'),
    at,
    by: person.optional(),
    action: z.enum(actionKinds),
    what: z.string(),
    outcome: z.enum(['asked', 'approved', 'declined', 'withdrawn', 'expired', 'broken']),
    say: z.string().optional(),
    /** Who can say yes: a user group or a person. */
    calls: person.optional(),
  }),
  /** A large action goes on or stops, by a person or (no `by`) by itself; or the orchestrator does not let it. */
  z.object({
    kind: z.literal('bulk'),
    at,
    by: person.optional(),
    action: z.enum(actionKinds),
    what: z.enum(['paused', 'resumed', 'cancelled', 'stopped-itself', 'still-paused', 'word-refused']),
    of: many,
    say: z.string().optional(),
  }),
  /** All bulk work is held, or goes on. */
  z.object({
    kind: z.literal('bulk-switched'),
    at,
    by: person,
    to: z.enum(['off', 'on']),
    reason: z.string().optional(),
    /** Large actions that were under way. */
    count: z.number(),
  }),
  /** How the first run went on a version that was put in force from here. `back`: the one that was in force before. */
  z.object({
    kind: z.literal('first-run'),
    at,
    actionId: z.string(),
    pipeline: z.string(),
    version: z.string(),
    outcome: z.enum(['succeeded', 'failed', 'cancelled', 'skipped', 'not-over', 'none-came']),
    tookMs: z.number().optional(),
    cause: z.string().optional(),
    url: z.string().optional(),
    back: z.object({ connection: z.string(), key: z.string(), version: z.string() }).optional(),
  }),
  /** It was taken, and nothing has begun since. */
  z.object({
    kind: z.literal('nothing-began'),
    at,
    action: z.enum(actionKinds),
    what: z.string(),
    waitedMs: z.number(),
    usuallyMs: z.number().optional(),
  }),
  /** What became of a large action. `reasons` are the commonest, at most 5. */
  z.object({
    kind: z.literal('bulk-ended'),
    at,
    by: person,
    action: z.enum(actionKinds),
    outcome: z.enum(actionStates),
    of: many,
    total: z.number(),
    succeeded: z.number(),
    failed: z.number(),
    left: z.number(),
    tookMs: z.number(),
    reasons: z.array(z.object({ say: z.string(), count: z.number(), names: z.array(z.string()) })),
  }),
  /** Every item of a large action that is over, as one file. */
  z.object({
    kind: z.literal('bulk-listed'),
    at,
    action: z.enum(actionKinds),
    of: many,
    count: z.number(),
    fileId: z.string(),
    url: z.string().optional(),
  }),
  z.object({
    kind: z.literal('log'),
    at,
    by: person,
    pipeline: z.string(),
    step: z.string().optional(),
    text: z.string(),
    lines: z.number(),
    fromLine: z.number(),
    url: z.string().optional(),
  }),
  z.object({
    kind: z.literal('log-missing'),
    at,
    by: person,
    pipeline: z.string(),
    say: z.string(),
    url: z.string().optional(),
  }),
  /** Who is hit here; `members` holds those that fit a reply, `count` says how many there are, `url` leads to a file with all. */
  z.object({
    kind: z.literal('members'),
    at,
    by: person,
    members: z.array(z.object({ pipeline: z.string(), partition: z.string(), isOver: z.boolean() })),
    count: z.number(),
    /** Failed runs of the incident, in all channels, that can be retried. */
    retriable: z.number().optional(),
    url: z.string().optional(),
  }),
  z.object({
    kind: z.literal('recovered'),
    at,
    tookMs: z.number(),
    by: person.optional(),
    auto: z.boolean().optional(),
    how: z.enum(['retry', 'by-itself', 'elsewhere']),
    /** Where it was no retry: what a person did that brought it back. */
    action: z.enum(actionKinds).optional(),
    /** Of the retry. */
    actionId: z.uuid().optional(),
    mentions: z.array(z.string()).default([]),
  }),
  /** `by` and `why`: a person said so. */
  z.object({ kind: z.literal('skipped'), at, by: z.string().optional(), why: ClosingReason.optional() }),
  /** That was taken back. */
  z.object({ kind: z.literal('closing-undone'), at, by: person }),
  /** To one person, who asked to be told. */
  z.object({
    kind: z.literal('followed-ended'),
    at,
    pipeline: z.string(),
    outcome: z.enum(['recovered', 'skipped']),
    tookMs: z.number(),
    url: z.string().optional(),
  }),
  z.object({ kind: z.literal('reopened'), at, pipeline: z.string(), error: z.string().optional() }),
  /** It fails and recovers again and again: from here on, single ones are not told. */
  z.object({ kind: z.literal('flapping'), at, pipeline: z.string(), times: z.number(), since: at }),
  /** Nothing has changed for long enough; `isUp`: it is well. */
  z.object({ kind: z.literal('calmed'), at, pipeline: z.string(), times: z.number(), since: at, isUp: z.boolean() }),
  z.object({
    kind: z.literal('reminder'),
    at,
    count: z.number(),
    of: z.number(),
    /** It is late, and has not failed. */
    late: z.boolean().optional(),
    mention: z.string().optional(),
  }),
  /** To those whose pipelines wait for one; `waiting` holds at most 20 names of `count`. Belongs to no incident. */
  z.object({
    kind: z.literal('owners-told'),
    at,
    by: person,
    connection: z.string(),
    pipeline: z.string(),
    name: z.string(),
    waiting: z.array(z.string()),
    count: z.number(),
    since: at.optional(),
    cause: z.string().optional(),
    url: z.string().optional(),
  }),
  /** What became of a request for help. `by` and `to` are people; `say` is what somebody wrote. */
  z.object({
    kind: z.literal('request'),
    at,
    what: z.enum([
      'claimed',
      'assigned',
      'asked-back',
      'answered',
      'wrote',
      'prioritised',
      'solved',
      'merged',
      'reopened',
      'needs-help-still',
      'due-soon',
      'answers',
      'run-recovered',
      'rating-explained',
      'released',
      'noted',
      'moved',
      'took-over',
      'solved-elsewhere',
      'task-done',
      'task-reopened',
      'question-deleted',
      'added',
    ]),
    number: z.number(),
    by: person.optional(),
    to: person.optional(),
    say: z.string().optional(),
    /** Something was written that is not for all who read here. */
    isSealed: z.boolean().optional(),
    /** Of the promise that is broken next. */
    dueAt: at.optional(),
    clock: z.enum(['first-response', 'next-response', 'resolution']).optional(),
    /** How satisfied somebody was, from 1 to 5. */
    score: z.number().optional(),
    /** Of the other request. */
    into: z.number().optional(),
    /** `to` is called, as it is news to them. */
    calls: z.boolean().optional(),
    /** It was their turn: of so many at work, the one who was given nothing for longest. */
    turn: z.object({ atWork: z.number(), since: at.optional() }).optional(),
    /** Name of the team it went to. */
    team: z.string().optional(),
    priority: Priority.optional(),
    /** The number of the request in whose thread it was said, where that goes on in this one. */
    from: z.number().optional(),
    requestId: z.string().optional(),
    /** What solved the like before (with the number of its request) what a runbook says (with its file), or what the team pinned, the best first; at most 3. */
    answers: z
      .array(
        z.object({
          id: z.string(),
          number: z.number().optional(),
          runbook: z.string().optional(),
          pinned: z.boolean().optional(),
          question: z.string(),
          resolution: z.string(),
        }),
      )
      .optional(),
  }),
  /** To one person: what they asked for is done. `items` is what they had said; it is read when the message is sent. */
  z.object({
    kind: z.literal('you-asked'),
    at,
    by: person,
    items: z.array(z.string()),
    say: z.string(),
    url: z.string().optional(),
  }),
  /** The question of the quarter, to one person. */
  z.object({ kind: z.literal('pulse'), at, quarter: z.string() }),
  TriageDay,
  /** To the team: the like was asked so often. `numbers` of the requests, at most 10. */
  z.object({
    kind: z.literal('asked-often'),
    at,
    groupId: z.string(),
    question: z.string(),
    times: z.number(),
    days: z.number(),
    numbers: z.array(z.number()),
    settled: z.object({ how: z.enum(['pinned', 'dismissed']), by: person }).optional(),
  }),
  z.object({ kind: z.literal('caught-up'), at, facts: z.array(z.string()) }),
  /** A storm has grown: its reply lists the problems as they are when it is sent. */
  z.object({ kind: z.literal('storm-grew'), at }),
  z.object({ kind: z.literal('storm-listed'), at, count: z.number(), url: z.string().optional() }),
  /** The weekly digest, as the week was printed; `part`: the message itself, or a reply in its thread. */
  z.object({ kind: z.literal('digest'), at, week: z.string(), scope: z.string(), part: z.enum(digestParts) }),
  /** A chart of it. `alt` states what it shows. */
  z.object({ kind: z.literal('digest-chart'), at, title: z.string(), alt: z.string(), fileId: z.string() }),
]);
export type Notice = z.infer<typeof Notice>;
export type NoticeKind = Notice['kind'];

/** What is told in a muted thread all the same: the end, the mute itself, and answers to what a person pressed there. */
export const toldWhileMuted: readonly NoticeKind[] = [
  'recovered',
  'skipped',
  'closing-undone',
  'calmed',
  'acknowledged',
  'muted',
  'unmuted',
  'action-asked',
  'auto-retry',
  'action-settled',
  'consent',
  'bulk',
  'bulk-ended',
  'bulk-listed',
  'first-run',
  'nothing-began',
  'log',
  'log-missing',
  'members',
];

/** A Notice with the thread it belongs to. */
export interface Story {
  incidentId: string;
  channel: string;
  notice: Notice;
}
