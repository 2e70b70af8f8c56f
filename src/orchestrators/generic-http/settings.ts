import { z } from 'zod';
import { runStatuses } from '../../domain/run';
import { Expression } from './expression';
import { BodyTemplate, PathTemplate } from './template';

const text = z.string().trim().min(1);
const address = z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' });

/** How a list goes on. `page` counts from `first`; `next` is an expression for what asks for the next page, absent on the last. */
const Paging = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('offset'), size: z.number().int().min(1).max(1_000).default(100) }),
  z.strictObject({
    by: z.literal('page'),
    size: z.number().int().min(1).max(1_000).default(100),
    first: z.number().int().min(0).default(1),
  }),
  z.strictObject({ by: z.literal('next'), next: Expression, size: z.number().int().min(1).max(1_000).default(100) }),
]);
export type Paging = z.output<typeof Paging>;

const pagePlaces = ['offset', 'page', 'next', 'size'];

const RunFields = z.strictObject({
  pipeline: Expression,
  run: Expression,
  status: Expression,
  attempt: Expression.optional(),
  startedAt: Expression.optional(),
  endedAt: Expression.optional(),
  partition: Expression.optional(),
  step: Expression.optional(),
  error: Expression.optional(),
  url: Expression.optional(),
  owner: Expression.optional(),
  /** Who started it by hand: an address, or a login as `actAs` has it. */
  startedBy: Expression.optional(),
  tags: Expression.optional(),
});
export type RunFields = z.output<typeof RunFields>;

const StepFields = z.strictObject({
  step: Expression,
  status: Expression,
  startedAt: Expression.optional(),
  endedAt: Expression.optional(),
  error: Expression.optional(),
});

const PipelineFields = z.strictObject({
  key: Expression,
  title: Expression.optional(),
  owner: Expression.optional(),
  team: Expression.optional(),
  tags: Expression.optional(),
  schedule: Expression.optional(),
  url: Expression.optional(),
});

const listOf = <T extends z.ZodType>(fields: T, places: string[]) =>
  z.strictObject({
    path: PathTemplate([...places, ...pagePlaces]),
    /** The list in the answer. */
    items: Expression.default('@'),
    paging: Paging.optional(),
    fields,
  });

const runPlaces = ['pipeline', 'run', 'attempt'];
const callPlaces = [...runPlaces, 'partition', 'actor', 'key'];
const endable = runStatuses.filter((status) => status !== 'unknown');

const Action = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  path: PathTemplate(callPlaces),
  body: BodyTemplate([...callPlaces, 'parameters']).optional(),
  /** The id of the run that came of it, in the answer. Left out = the same run. */
  run: Expression.optional(),
  /** True where the server says that it had this key already. */
  duplicate: Expression.optional(),
  /** States of a run in which it is allowed. */
  when: z.array(z.enum(endable)).min(1).optional(),
  /** The server takes `{key}` once however often it is sent. */
  once: z.boolean().default(false),
  /** Where a run that was made with `{key}` is found; `run` is its id in the answer, absent where there is none. */
  find: z.strictObject({ path: PathTemplate(callPlaces), run: Expression }).optional(),
});
export type Action = z.output<typeof Action>;

/** Changes of a run, of a pipeline as a whole, and runs that are made. */
export const actionWords = ['retry', 'stop', 'kill', 'pause', 'resume', 'start', 'backfill'] as const;
export type ActionWord = (typeof actionWords)[number];
/** What a lost answer could make happen twice. */
const making: readonly ActionWord[] = ['retry', 'start', 'backfill'];

/** The words of the server for each state; capitals do not count. */
const Statuses = z.partialRecord(
  z.enum(endable),
  z.array(z.union([z.string(), z.number(), z.boolean()]).transform(String)),
);

/** Keys of a generic HTTP connection in pitcrew.yaml: where things are, and what they are called there. */
export const GenericHttpSettings = z
  .strictObject({
    url: address,
    /** Sent with every call: the token among them. */
    headers: z.record(z.string(), z.string()).default({}),
    poll: z
      .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).optional() })
      .optional(),
    statuses: Statuses,
    /** How times are written that are put into addresses. */
    times: z.enum(['iso', 'seconds', 'milliseconds']).default('iso'),
    run: z.strictObject({ path: PathTemplate(runPlaces), item: Expression.default('@'), fields: RunFields }),
    /** Runs that changed since a time: what polling asks for. */
    runs: listOf(RunFields.partial(), ['since', 'pipeline']).optional(),
    pipelines: listOf(PipelineFields, []).optional(),
    steps: listOf(StepFields, runPlaces).optional(),
    log: z
      .strictObject({
        path: PathTemplate([...runPlaces, 'step']),
        /** The lines in a JSON answer. Left out = the answer is plain text. */
        lines: Expression.optional(),
      })
      .optional(),
    /** What is posted to /ingest/<connection>. */
    events: z.strictObject({ items: Expression.default('@'), fields: RunFields.partial().default({}) }).optional(),
    actions: z
      .strictObject({
        retry: Action.optional(),
        stop: Action.optional(),
        kill: Action.optional(),
        pause: Action.optional(),
        resume: Action.optional(),
        start: Action.optional(),
        /** A run for one partition; how many go at once is for Pitcrew to see to. */
        backfill: Action.extend({
          /** No more runs of a pipeline at a time than this. */
          atOnce: z.number().int().min(1).max(1_000).optional(),
        }).optional(),
      })
      .default({}),
    /** Whether a pipeline is held: `is` finds true, or anything but false, null, 0 and an empty text. Needed for pause and resume. */
    paused: z.strictObject({ path: PathTemplate(['pipeline']), is: Expression }).optional(),
    /** What feeds what: `from` and `to` name pipelines, one or a list; `table:orders` and `dashboard:sales` are no pipelines. */
    lineage: listOf(z.strictObject({ from: Expression, to: Expression }), []).optional(),
    /** Asked by `pitcrew doctor`. */
    health: z.strictObject({ path: PathTemplate([]), version: Expression.optional() }).optional(),
  })
  .superRefine(({ statuses, actions, poll, runs, paused }, context) => {
    const seen = new Map<string, string>();
    for (const [ours, theirs] of Object.entries(statuses)) {
      for (const [at, word] of (theirs ?? []).entries()) {
        const other = seen.get(word.toLowerCase());
        if (other !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['statuses', ours, at],
            message: `"${word}" is also said to be ${other}`,
          });
        seen.set(word.toLowerCase(), ours);
      }
    }
    for (const needed of ['running', 'succeeded', 'failed'] as const)
      if (!statuses[needed]?.length)
        context.addIssue({
          code: 'custom',
          path: ['statuses', needed],
          message: 'needs a word at least: nothing could be told without it',
        });
    if (poll && !runs)
      context.addIssue({ code: 'custom', path: ['poll'], message: 'needs `runs`: where to ask for runs that changed' });
    for (const kind of ['pause', 'resume'] as const)
      if (actions[kind] && !paused)
        context.addIssue({
          code: 'custom',
          path: ['actions', kind],
          message: 'needs `paused`: where to see whether a pipeline is held',
        });
    if (actions.backfill && !JSON.stringify(actions.backfill).includes('{partition}'))
      context.addIssue({
        code: 'custom',
        path: ['actions', 'backfill'],
        message: 'needs {partition} in `path` or `body`: else the runs would all be for the same day',
      });
    for (const kind of making) {
      const action = actions[kind];
      if (action && !action.once && !action.find)
        context.addIssue({
          code: 'custom',
          path: ['actions', kind],
          message: 'needs `find` or `once: true`: else a call whose answer is lost could be made twice',
        });
    }
  });
export type GenericHttpSettings = z.output<typeof GenericHttpSettings>;
