/**
 * What a company decides about Pitcrew: the form of pitcrew.yaml (`SettingsFile`), the form the rest of the program sees (`Settings`),
 * and the rules that only need those. Reading the file, `${ENV}` and the adapters' own keys are the business of src/settings.
 */
import { z } from 'zod';
import { actionKinds } from './action';
import { categories } from './diagnosis';
import { matchesGlob } from './glob';
import type { Pipeline, PipelineFacts } from './pipeline';
import { ownConnection } from './pipeline-event';
import { Policies, strangersInRules } from './policies';
import { Priority } from './request';
import { count, Group, isCalendarDay, LocalDateTime, Name, text, UsergroupId, UserId } from './settings-terms';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

const minutes = z.number().positive().max(525_600);

/** `HH:mm`, 24 hours, wall time. */
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "09:00"');

const Day = z.string().refine(isCalendarDay, 'must be a date such as 2026-12-25');

const ShortDay = z
  .strictObject({ day: Day, from: TimeOfDay.optional(), to: TimeOfDay.optional() })
  .refine(
    ({ from, to }) => from !== undefined || to !== undefined,
    'must say from when or to when people work that day',
  );

const TimeZone = z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin');

/** A channel as people write it: `#name` or `name`, or an id. Always starts with `#` unless it is an id. */
const Channel = z
  .string({
    error: (issue) =>
      issue.input === null
        ? 'is empty: YAML takes an unquoted # for a comment, so write the name in quotes, such as "#data-alerts"'
        : 'must be a channel such as "#data-alerts", or a channel id',
  })
  .regex(
    /^(#?[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CGD][A-Z0-9]{6,})$/u,
    'must be a channel such as "#data-alerts", or a channel id',
  )
  .transform((name) => (name.startsWith('#') || /^[CGD][A-Z0-9]{6,}$/.test(name) ? name : `#${name}`));

const Workspace = z.strictObject({
  timeZone: TimeZone.default('UTC'),
  workingHours: z
    .strictObject({
      days: z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
      from: TimeOfDay.default('09:00'),
      to: TimeOfDay.default('18:00'),
    })
    .refine((hours) => hours.from < hours.to, { path: ['to'], error: 'must be later than `from`' })
    .prefault({}),
  /** Days on which nobody works, in the workspace's zone; or works shorter: { day: 2026-12-24, to: "12:00" }. */
  holidays: z
    .array(
      z.union([Day, ShortDay], {
        error: 'must be a date such as 2026-12-25, or a shorter day such as { day: 2026-12-24, to: "12:00" }',
      }),
    )
    .default([]),
});

/** How a person is named to an orchestrator: their e-mail, the part before its @, or a list of Slack ids and names. */
const ActAs = z.union([z.enum(['email', 'emailName']), z.record(UserId, text)], {
  error: 'must be `email`, `emailName`, or a list of Slack member ids and names such as { U012AB3CD: dana }',
});
export type ActAs = z.infer<typeof ActAs>;

/** The keys that every kind of orchestrator has. What a kind knows beyond them is in its adapter's own schema. */
export const ConnectionKeys = z.object({
  /** The name of the connection in events, addresses and messages. */
  name: Name,
  kind: text,
  url: z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' }).optional(),
  /** Sent with every call. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Asked for news every so often; `pipelines` limits that to the named ones. */
  poll: z
    .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).optional() })
    .optional(),
  actAs: ActAs.default('email'),
});
export type ConnectionKeys = z.output<typeof ConnectionKeys>;

const TeamEntry = z.strictObject({
  name: Name,
  channel: Channel.optional(),
  members: Group.optional(),
  /** Who is called; members when left out is NOT assumed. */
  onCall: Group.optional(),
});
export type Team = z.infer<typeof TeamEntry>;

const RouteEntry = z.strictObject({
  /** All that is named must fit: the pattern (`*`, `?`) on the key or on `connection/key`, and every tag of the list. Empty fits all. */
  match: z.strictObject({ pipeline: text.optional(), tags: z.array(text).optional() }),
  channel: Channel,
  /** The story goes into the thread of the alert. False: the alert alone, kept up to date. */
  threads: z.boolean().default(true),
  /** Whom a new alert calls. */
  mention: z.enum(['onCall', 'none']).default('none'),
});
export type RouteEntry = z.infer<typeof RouteEntry>;

const MaintenanceWindow = z
  .strictObject({
    name: text,
    /** As of a route. Empty fits all. */
    match: z.strictObject({ pipeline: text.optional(), tags: z.array(text).optional() }).default({}),
    /** Weekly, on these days: then `from` and `to` are times of day, and a `to` that is not later is on the next day. */
    every: z.array(z.enum(weekdays)).min(1).optional(),
    from: z.string(),
    to: z.string(),
  })
  .superRefine(({ every, from, to }, context) => {
    const form = every ? TimeOfDay : LocalDateTime;
    for (const [key, value] of Object.entries({ from, to })) {
      const fault = form.safeParse(value).error?.issues[0]?.message;
      if (fault) context.addIssue({ code: 'custom', path: [key], message: fault, input: value });
    }
    const isEmpty = every ? from === to : from >= to;
    if (isEmpty)
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: every ? 'must differ from `from`' : 'must be later than `from`',
        input: to,
      });
  });
export type MaintenanceEntry = z.infer<typeof MaintenanceWindow>;

const Noise = z.strictObject({
  sameCauseWindowMinutes: minutes.default(10),
  acknowledgeExpiresMinutes: minutes.default(120),
  /** Minutes after the first post at which nobody's alert is repeated in its thread; rising. Empty = never. */
  reminders: z
    .array(minutes)
    .refine(
      (list) => list.every((value, index) => index === 0 || value > (list[index - 1] ?? 0)),
      'must be rising minutes',
    )
    .default([30, 60, 120]),
  stormAbovePostsPerMinute: count.default(20),
  /** Planned silence, wall time of the workspace: alerts that begin in it are told at its end, where they are not over by then. */
  maintenance: z.array(MaintenanceWindow).default([]),
});
export type Noise = z.infer<typeof Noise>;

/** Shared by all replicas. Defaults keep clear of Slack's own limits. */
const Budgets = z.strictObject({
  postsPerSecondPerChannel: z
    .number()
    .positive()
    .max(1, 'must be at most 1: Slack takes about one post a second in a channel')
    .default(1),
  postsPerMinute: count.default(300),
  editsPerMinute: count.default(50),
  viewsPerMinute: count.default(100),
  filesPerMinute: count.default(100),
});
export type Budgets = z.infer<typeof Budgets>;

const SourceEntry = z
  .strictObject({
    name: Name,
    token: z.string().min(1).optional(),
    hmac: z
      .strictObject({
        secret: z.string().min(1),
        header: z
          .string()
          .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
          .transform((header) => header.toLowerCase()),
        algorithm: z.enum(['sha256', 'sha512']).default('sha256'),
      })
      .optional(),
  })
  .transform((source, context): Source => {
    if (source.token !== undefined && !source.hmac) return { name: source.name, token: source.token };
    if (source.hmac && source.token === undefined) return { name: source.name, hmac: source.hmac };
    context.addIssue({ code: 'custom', message: 'must have either `token` or `hmac`', input: undefined });
    return z.NEVER;
  });

/** Who may bring events, and how they prove it. `header` is in lower case. */
export type Source =
  | { name: string; token: string; hmac?: undefined }
  | { name: string; token?: undefined; hmac: { secret: string; header: string; algorithm: 'sha256' | 'sha512' } };

const DiagnosisKeys = z.strictObject({
  /** Tried before the built-in ones, in order. What is left out follows from the category. */
  rules: z
    .array(
      z.strictObject({
        name: Name,
        /** An RE2 pattern, tried on each line of the log. */
        pattern: text,
        category: z.enum(categories),
        retryable: z.enum(['yes', 'no', 'after_change', 'maybe']).optional(),
        ownerSide: z.enum(['user_code', 'data', 'platform', 'upstream', 'credentials', 'quota']).optional(),
        /** What to do, in a sentence or two for people. */
        nextStep: text.optional(),
      }),
    )
    .default([]),
  /** RE2 patterns of further secrets to remove; counted under `kind`. */
  redact: z.array(z.strictObject({ kind: Name, pattern: text })).default([]),
});
export type DiagnosisSettings = z.infer<typeof DiagnosisKeys>;

const Promised = z.strictObject({ firstResponseMinutes: minutes.optional(), resolutionMinutes: minutes.optional() });

const Support = z.strictObject({
  channels: z.array(Channel).default([]),
  triageChannel: Channel.optional(),
  team: Name.optional(),
  /** Name without colons. */
  emoji: z
    .string()
    .regex(/^:?[a-z0-9_+'-]+:?$/, 'must be the name of an emoji such as ticket')
    .transform((name) => name.replaceAll(':', ''))
    .default('ticket'),
  /** Who takes a new request: `claim`, whoever presses; `turn`, those at work of the group on call, else of the team, in turn. */
  assign: z.enum(['claim', 'turn']).default('claim'),
  /** How the queue stands, in `triageChannel` on working days at this time where most of the team live; `false` = never. */
  daily: z
    .union(
      [z.literal(false), z.strictObject({ at: TimeOfDay.default('09:00'), whenNothing: z.boolean().default(false) })],
      {
        error: 'must be false, or a time such as { at: "09:00" }; `whenNothing: true` also says that nothing waits',
      },
    )
    .prefault({}),
  /** What a request can be sorted under, as the team reads it. None = nothing is sorted. */
  categories: z
    .array(text.max(75, 'must have at most 75 characters'))
    .max(100, 'must be at most 100, as a list in Slack holds no more')
    .refine(
      (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
      'must each be given once',
    )
    .default(['question', 'bug', 'access', 'data', 'idea']),
  /** A folder of Markdown files, from the folder of this file; the program sees the whole path. Found by their headings and words. */
  runbooks: text.optional(),
  /** Words of requests are taken out so many days after their end; what happened and when stays, for the figures. */
  keepWordsDays: z.number().int().min(1).max(3_650).default(730),
  /** In working time. A priority that says nothing has what is said for all. */
  targets: z
    .strictObject({
      firstResponseMinutes: minutes.default(60),
      resolutionMinutes: minutes.default(960),
      byPriority: z.partialRecord(Priority, Promised).optional(),
    })
    .prefault({}),
});
export type Support = z.infer<typeof Support>;

/** Answers that would take a person time to find out without Pitcrew. */
const answerKinds = ['status', 'impact', 'log'] as const;
export type AnswerKind = (typeof answerKinds)[number];

const Adoption = z.strictObject({
  eligibleGroups: z.array(UsergroupId).default([]),
  excludeUsers: z.array(UserId).default([]),
  /** Test channels: what is done, asked or alerted in them does not count. */
  excludeChannels: z.array(Channel).default([]),
  /** A file of JSON lines, from the folder of this file, in which tools say how many people used them in a week; the program sees the whole path. */
  counters: text.optional(),
  /** How long it takes without Pitcrew, measured by stopwatch or by asking in so many cases. None = no time saved is told. */
  byHand: z
    .array(
      z.strictObject({
        action: z.enum([...actionKinds, ...answerKinds]),
        minutes: z.number().positive(),
        measured: count,
      }),
    )
    .refine((all) => new Set(all.map(({ action }) => action)).size === all.length, 'must name each action once')
    .default([]),
  tools: z
    .array(z.strictObject({ name: Name, title: text.optional(), goalMonthlyUsers: count.optional() }))
    .default([]),
  /** One question a quarter, by direct message, to those of `eligibleGroups`. */
  pulse: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** Working days over which the questions of a round are spread. */
      spreadDays: z.number().int().min(1).max(20).default(5),
      /** Of fewer answers nothing is shown, so that nobody can tell who said what. */
      minimum: z.number().int().min(3).max(100).default(5),
    })
    .prefault({}),
});
export type Adoption = z.infer<typeof Adoption>;

const Digest = z.strictObject({
  /** Left out = no digest is posted. */
  channel: Channel.optional(),
  /** Weekday and wall time in the workspace's zone. */
  at: z
    .string()
    .regex(
      /^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$/,
      'must be a weekday and a time such as "mon 09:00"',
    )
    .prefault('mon 09:00')
    .transform((at) => ({ day: weekdays.find((day) => at.startsWith(day)) ?? 'mon', time: at.slice(4) })),
  /** One for each team in its own channel as well. */
  teams: z.boolean().default(true),
});
export type Digest = z.infer<typeof Digest>;

const SlashCommand = z
  .string()
  .regex(/^\/[a-z0-9_-]{1,31}$/, 'must be a slash and 1 to 31 lower-case letters, digits, dashes or underscores');

const Commands = z.strictObject({
  pipeline: SlashCommand.default('/pipeline'),
  support: SlashCommand.default('/support'),
});

/** pitcrew.yaml. Keys of one kind of orchestrator are let through here and checked by its adapter's schema. */
export const SettingsFile = z
  .strictObject({
    workspace: Workspace.prefault({}).describe('When the people here work.'),
    orchestrators: z
      .array(ConnectionKeys.loose())
      .default([])
      .describe('The orchestrators to talk to. Each kind has further keys of its own.'),
    catalogue: z
      .array(text)
      .default([])
      .describe('Patterns of files with catalogue entries, from the folder of this file.'),
    teams: z.array(TeamEntry).default([]).describe('Who owns pipelines.'),
    routes: z
      .array(RouteEntry)
      .default([])
      .describe('Where alerts go: the first that fits, else the channel of the team, else defaultChannel.'),
    defaultChannel: Channel.prefault('#data-alerts').describe('For alerts that no route and no team takes.'),
    platformChannel: Channel.optional().describe('One post for each cause that hits more than one channel.'),
    policies: Policies.prefault({}).describe('Who may change what, and when nobody may.'),
    noise: Noise.prefault({}).describe('How alerts are held together, repeated and bundled.'),
    budgets: Budgets.prefault({}).describe('How much Slack is sent, by all replicas together.'),
    ingest: z
      .strictObject({ sources: z.array(SourceEntry).default([]) })
      .prefault({})
      .describe('Who may bring events, and how they prove it.'),
    diagnosis: DiagnosisKeys.prefault({}).describe(
      'Rules of your own for causes of failure, and secrets of your own to remove.',
    ),
    support: Support.prefault({}).describe('Where people ask for help, and how fast they are to get it.'),
    adoption: Adoption.prefault({}).describe('Whose use of which tools is counted.'),
    digest: Digest.prefault({}).describe('The weekly digest.'),
    commands: Commands.prefault({}).describe('What the slash commands are called here.'),
  })
  .superRefine((file, context) => {
    for (const { path, message, word, known } of contradictions(file))
      context.addIssue({ code: 'custom', path, message, input: undefined, params: { word, known } });
  });
export type SettingsFile = z.output<typeof SettingsFile>;

/** One entry of a catalogue file. The file wins over what the orchestrator says. */
export const CatalogueEntry = z.strictObject({
  pipeline: text,
  /** Left out = whichever connection knows the key. */
  orchestrator: Name.optional(),
  title: text.optional(),
  kind: z.enum(['job', 'app']).optional(),
  team: Name.optional(),
  owner: text.optional(),
  tags: z.array(text).optional(),
  /** 1 is what matters most. */
  tier: z.number().int().min(0).optional(),
  environment: text.optional(),
  schedule: text.optional(),
  timeZone: TimeZone.optional(),
  /** When its data is due, wall time in `timeZone`, else in the workspace's. */
  deadline: TimeOfDay.optional(),
  runbook: z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' }).optional(),
  repository: text.optional(),
  /** Whether it has tests, or where they are. */
  tests: z.union([z.boolean(), text], { error: 'must be true, false, or where the tests are' }).optional(),
  feeds: z.array(text).optional(),
});
export type CatalogueEntry = z.output<typeof CatalogueEntry>;

/** One configured orchestrator. `settings` holds what its adapter's schema made of the entry. */
export interface OrchestratorEntry extends ConnectionKeys {
  settings: unknown;
}

/** What the program works with: the file with its catalogue read and its orchestrators checked by their adapters. */
export interface Settings extends Omit<SettingsFile, 'catalogue' | 'orchestrators'> {
  orchestrators: OrchestratorEntry[];
  catalogue: CatalogueEntry[];
}

/** Where a pipeline's alerts go, and why there: `route 1` (counted from 1), `team orders`, or `default`. */
export interface Route {
  channel: string;
  threads: boolean;
  mention: 'onCall' | 'none';
  reason: string;
}

/** What Pitcrew watches itself is for the platform's people. Else the first match wins; without one the channel of its team, else the default channel. */
export function routeFor(
  pipeline: Pipeline,
  settings: Pick<Settings, 'routes' | 'teams' | 'defaultChannel' | 'platformChannel'>,
): Route {
  if (pipeline.connection === ownConnection) {
    const channel = settings.platformChannel ?? settings.defaultChannel;
    return { channel, threads: true, mention: 'none', reason: 'a watch of Pitcrew’s own' };
  }
  const index = settings.routes.findIndex((route) => isMatch(pipeline, route.match));
  const route = settings.routes[index];
  if (route)
    return { channel: route.channel, threads: route.threads, mention: route.mention, reason: `route ${index + 1}` };
  const team = teamOf(pipeline.facts, settings);
  if (team?.channel) return { channel: team.channel, threads: true, mention: 'none', reason: `team ${team.name}` };
  return { channel: settings.defaultChannel, threads: true, mention: 'none', reason: 'default' };
}

/** The team that the facts name: in `team`, else in `owner`. Capitals do not count. */
export function teamOf(
  facts: Pick<PipelineFacts, 'team' | 'owner'>,
  settings: Pick<Settings, 'teams'>,
): Team | undefined {
  return teamNamed(facts.team, settings) ?? teamNamed(facts.owner, settings);
}

function teamNamed(name: string | undefined, settings: Pick<Settings, 'teams'>): Team | undefined {
  const wanted = name?.trim().toLowerCase();
  return settings.teams.find((team) => team.name.toLowerCase() === wanted);
}

/** The facts of the catalogue about a pipeline; an entry that names the connection wins over one that does not. */
export function catalogueFacts(
  pipeline: { connection: string; key: string },
  settings: Pick<Settings, 'catalogue'>,
): PipelineFacts | undefined {
  const entries = entriesByKey(settings.catalogue).get(pipeline.key) ?? [];
  const entry =
    entries.find(({ orchestrator }) => orchestrator === pipeline.connection) ??
    entries.find(({ orchestrator }) => orchestrator === undefined);
  if (!entry) return undefined;
  const { pipeline: _key, orchestrator: _connection, ...facts } = entry;
  return facts;
}

const laidOut = new WeakMap<Settings['catalogue'], Map<string, Settings['catalogue']>>();

/** A catalogue is as long as it likes, and is asked for each event. */
function entriesByKey(catalogue: Settings['catalogue']): Map<string, Settings['catalogue']> {
  const before = laidOut.get(catalogue);
  if (before) return before;
  const byKey = new Map<string, Settings['catalogue']>();
  for (const entry of catalogue) byKey.set(entry.pipeline, [...(byKey.get(entry.pipeline) ?? []), entry]);
  laidOut.set(catalogue, byKey);
  return byKey;
}

function isMatch(pipeline: Pipeline, match: RouteEntry['match']): boolean {
  const { key, connection, facts } = pipeline;
  const fitsName =
    match.pipeline === undefined ||
    matchesGlob(match.pipeline, key) ||
    matchesGlob(match.pipeline, `${connection}/${key}`);
  return fitsName && (match.tags ?? []).every((tag) => facts.tags?.includes(tag));
}

interface Contradiction {
  path: (string | number)[];
  message: string;
  /** What may be a slip of the pen, and the words it could have been. */
  word?: string;
  known?: string[];
}

/** What no single key can tell: names given twice, and names that nothing bears. */
function contradictions(file: z.output<typeof SettingsFile>): Contradiction[] {
  const teams = new Set(file.teams.map(({ name }) => name.toLowerCase()));
  const roles = new Set(Object.keys(file.policies.roles));
  const found: Contradiction[] = [
    ...file.orchestrators.flatMap(({ name }, index) =>
      name === 'events'
        ? [
            {
              path: ['orchestrators', index, 'name'],
              message: 'must not be `events`: /ingest/events is an address of its own',
            },
          ]
        : [],
    ),
    ...file.orchestrators.flatMap(({ name }, index) =>
      name === ownConnection
        ? [
            {
              path: ['orchestrators', index, 'name'],
              message: `must not be \`${ownConnection}\`: what Pitcrew watches itself is named so`,
            },
          ]
        : [],
    ),
    ...repeats(file.orchestrators, ['orchestrators']),
    ...repeats(file.teams, ['teams']),
    ...repeats(file.ingest.sources, ['ingest', 'sources']),
    ...repeats(file.policies.freezes, ['policies', 'freezes']),
    ...repeats(file.noise.maintenance, ['noise', 'maintenance']),
    ...repeats(file.adoption.tools, ['adoption', 'tools']),
    ...repeats(file.diagnosis.rules, ['diagnosis', 'rules']),
    ...sharedTokens(file.ingest.sources),
  ];
  for (const role of roles) {
    if (role === 'owningTeam' || teams.has(role.toLowerCase())) {
      found.push({
        path: ['policies', 'roles', role],
        message: `\`${role}\` is ${role === 'owningTeam' ? 'a word of the rules' : 'also a team'}: choose another name`,
      });
    }
  }
  found.push(...strangersInRules(file));
  if (file.adoption.pulse.enabled && file.adoption.eligibleGroups.length === 0)
    found.push({ path: ['adoption', 'pulse', 'enabled'], message: 'needs `eligibleGroups`: they say who is asked' });
  if (file.support.team !== undefined && !teams.has(file.support.team.toLowerCase())) {
    found.push({ path: ['support', 'team'], message: `\`${file.support.team}\` is not a team of this file` });
  }
  if (file.commands.pipeline === file.commands.support)
    found.push({ path: ['commands', 'support'], message: 'must differ from `pipeline`' });
  return found;
}

function repeats(list: { name: string }[], path: (string | number)[]): Contradiction[] {
  const first = new Map<string, number>();
  return list.flatMap(({ name }, index): Contradiction[] => {
    const earlier = first.get(name.toLowerCase());
    if (earlier === undefined) {
      first.set(name.toLowerCase(), index);
      return [];
    }
    return [{ path: [...path, index, 'name'], message: `\`${name}\` is given twice` }];
  });
}

/** A token is all that tells one source from another. */
function sharedTokens(sources: Source[]): Contradiction[] {
  return sources.flatMap(({ token }, index): Contradiction[] => {
    const earlier = sources.slice(0, index).find((source) => token !== undefined && source.token === token);
    return earlier
      ? [{ path: ['ingest', 'sources', index, 'token'], message: `is also the token of \`${earlier.name}\`` }]
      : [];
  });
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
