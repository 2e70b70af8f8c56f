/** The key `policies` of pitcrew.yaml: who may change what, and when nobody may. What follows from it is decided in src/actions/policy. */
import { z } from 'zod';
import { actionKinds } from './action';
import { count, Group, LocalDateTime, Name, oneOrMore, text, UsergroupId, UserId } from './settings-terms';

const kinds = z.array(z.enum(actionKinds)).min(1);

/** Which changes a rule is about; all that is named must fit, and what is not known of a pipeline fits nothing. */
const When = z.strictObject({
  /** One of these. */
  tier: z.array(z.number().int().min(0)).min(1).optional(),
  /** All of these. */
  tags: oneOrMore.optional(),
  /** One of these. */
  environment: oneOrMore.optional(),
  /** One of these patterns (`*`, `?`), on the key or on `connection/key`. */
  pipeline: oneOrMore.optional(),
  /** Owned by one of these teams. */
  team: oneOrMore.optional(),
  /** More runs than this at once. */
  runsAbove: count.optional(),
});
export type When = z.output<typeof When>;

type Kinds = z.output<typeof kinds>;

/**
 * What the policy says about kinds of change. `who` and `by` name `owningTeam`, a role of `policies.roles`, a team, a person (Slack id
 * or e-mail address) or a Slack user group (id). `who` left out = everybody. `because` is a sentence for whom it stops.
 */
export type Rule =
  | { effect: 'allow'; kinds: Kinds; who: string; maxRuns?: number; when: When }
  | { effect: 'approve'; kinds: Kinds; by: string; when: When; because?: string }
  | { effect: 'deny'; kinds: Kinds; who?: string; when: When; because?: string };

const RuleEntry = z
  .strictObject({
    allow: kinds.optional(),
    approve: kinds.optional(),
    deny: kinds.optional(),
    who: text.optional(),
    by: text.optional(),
    /** The most runs one action may touch. */
    maxRuns: count.optional(),
    when: When.optional(),
    because: text.optional(),
  })
  .transform((rule, context): Rule => {
    const { allow, approve, deny, who, by, maxRuns, because, when = {} } = rule;
    if (allow && who && !approve && !deny && !by && !because)
      return { effect: 'allow', kinds: allow, who, when, ...(maxRuns ? { maxRuns } : {}) };
    const why = because ? { because } : {};
    if (approve && by && !allow && !deny && !who && !maxRuns)
      return { effect: 'approve', kinds: approve, by, when, ...why };
    if (deny && !allow && !approve && !by && !maxRuns)
      return { effect: 'deny', kinds: deny, when, ...(who ? { who } : {}), ...why };
    context.addIssue({
      code: 'custom',
      message:
        'must be one of: `allow` with `who` (and `maxRuns`), `approve` with `by` (and `because`), or `deny` (with `who` and `because`, where wished); each may have `when`',
      input: rule,
    });
    return z.NEVER;
  });

export const Policies = z.strictObject({
  roles: z.record(Name, Group).default({}),
  /** None = full members of the owning team may retry. */
  rules: z.array(RuleEntry).default([]),
  /** No changes from `from` until before `to`, for pipelines that have every tag of the list; none = for all. */
  freezes: z
    .array(
      z
        .strictObject({ name: text, from: LocalDateTime, to: LocalDateTime, tags: z.array(text).optional() })
        .refine((freeze) => freeze.from < freeze.to, { path: ['to'], error: 'must be later than `from`' }),
    )
    .default([]),
});
export type Policies = z.infer<typeof Policies>;
export type Freeze = Policies['freezes'][number];

/** What a word of `who` or `by` names. Roles and teams come first: a role may well be called OPS or S3. */
export type Who =
  | { kind: 'owningTeam' }
  | { kind: 'role' | 'team' | 'group' | 'person'; name: string }
  | { kind: 'unknown'; name: string };

export function readWho(
  word: string,
  { policies, teams }: { policies: Pick<Policies, 'roles'>; teams: readonly { name: string }[] },
): Who {
  if (word === 'owningTeam') return { kind: 'owningTeam' };
  if (policies.roles[word] !== undefined) return { kind: 'role', name: word };
  const team = teams.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (team) return { kind: 'team', name: team.name };
  if (UserId.safeParse(word).success) return { kind: 'person', name: word };
  if (UsergroupId.safeParse(word).success) return { kind: 'group', name: word };
  if (z.email().safeParse(word).success) return { kind: 'person', name: word.toLowerCase() };
  return { kind: 'unknown', name: word };
}

/** Slack ids of user groups that rules name beside the roles. */
export function groupsInRules(settings: Parameters<typeof readWho>[1] & { policies: Policies }): string[] {
  return namedInRules(settings).flatMap((who) => (who.kind === 'group' ? [who.name] : []));
}

/** People whom rules name, by Slack id or by e-mail address. */
export function peopleInRules(settings: Parameters<typeof readWho>[1] & { policies: Policies }): string[] {
  return namedInRules(settings).flatMap((who) => (who.kind === 'person' ? [who.name] : []));
}

function namedInRules(settings: Parameters<typeof readWho>[1] & { policies: Policies }): Who[] {
  return settings.policies.rules.flatMap((rule) => {
    const word = rule.effect === 'approve' ? rule.by : rule.who;
    return word === undefined ? [] : [readWho(word, settings)];
  });
}

/** What in the rules nothing bears the name of. `known` are the words that it could have been. */
export function strangersInRules(settings: Parameters<typeof readWho>[1] & { policies: Policies }) {
  const teams = settings.teams.map(({ name }) => name);
  const known = ['owningTeam', ...Object.keys(settings.policies.roles), ...teams];
  return settings.policies.rules.flatMap((rule, index) => {
    const [key, word] = rule.effect === 'approve' ? (['by', rule.by] as const) : (['who', rule.who] as const);
    const path = ['policies', 'rules', index];
    const isStranger = word !== undefined && readWho(word, settings).kind === 'unknown';
    const strangers = (rule.when.team ?? []).filter(
      (name) => !teams.some((team) => team.toLowerCase() === name.toLowerCase()),
    );
    return [
      ...(isStranger
        ? [
            {
              path: [...path, key],
              message: `\`${word}\` is neither \`owningTeam\` nor a role nor a team of this file, nor the id or e-mail address of a person, nor the id of a user group`,
              word,
              known,
            },
          ]
        : []),
      ...strangers.map((name) => ({
        path: [...path, 'when', 'team'],
        message: `\`${name}\` is not a team of this file`,
        word: name,
        known: teams,
      })),
    ];
  });
}
