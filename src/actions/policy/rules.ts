import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability';
import { type ActionKind, actionKinds } from '../../domain/action';
import { admin, operator } from '../../domain/authorise';
import { matchesGlob } from '../../domain/glob';
import type { When } from '../../domain/policies';
import { teamOf } from '../../domain/settings';
import { type PolicySettings, type PolicyTarget, standingFor } from './who';

/** What the conditions of rules are held against. */
interface Asked {
  /** All that the person is to the target; see `standingsOf`. */
  is: string[];
  tier?: number;
  tags: string[];
  environment?: string;
  team?: string;
  /** The patterns of the policy that the pipeline's name fits. */
  patterns: string[];
  /** Runs that the action would touch. */
  runs: number;
  /** The same, for the most that a rule allows. */
  atMost: number;
}

/** `second:` = needs a second person's yes. */
type Word = ActionKind | `second:${ActionKind}`;
type Ability = MongoAbility<[Word, 'change' | Asked]>;
type Raw = RawRuleOf<Ability>;

/** What a rule says beside its conditions. */
interface Meaning {
  who?: string;
  by?: string;
  maxRuns?: number;
  because?: string;
  when: When;
  /** No rule of the file, but what holds without one. */
  isDefault?: boolean;
}

/** What the owning team may do where no rule says otherwise. */
const harmless: readonly ActionKind[] = ['retry', 'stop'];

/**
 * The rules of the settings as those of CASL, which finds the ones that fit. Later ones win there: what is allowed, then what is
 * denied. Held against a target and all that a person is to it.
 */
export function compileRules(settings: PolicySettings) {
  const { rules } = settings.policies;
  const raw: Raw[] = [];
  const meanings = new Map<unknown, Meaning>();
  function add(action: Word, meaning: Meaning, words: string[], inverted = false): void {
    const rule: Raw = { action, subject: 'change', inverted, conditions: conditionsOf(meaning, words) };
    raw.push(rule);
    meanings.set(rule, meaning);
  }

  const standings = (words: readonly string[]) => words.map((word) => standingFor(word, settings));
  for (const kind of actionKinds) {
    const fitting = rules.filter((rule) => rule.kinds.includes(kind));
    const allowing = fitting.flatMap((rule) => (rule.effect === 'allow' ? [rule] : []));
    const approving = fitting.flatMap((rule) => (rule.effect === 'approve' ? [rule] : []));
    for (const rule of allowing) add(kind, rule, standings([rule.who]));
    for (const rule of allowing) add(kind, { ...rule, who: admin }, standings([admin]));
    if (allowing.length === 0) {
      const asking = harmless.includes(kind) ? [{ when: {} }] : approving;
      for (const { when } of asking) add(kind, { who: 'owningTeam', when, isDefault: true }, standings(['owningTeam']));
      for (const who of [operator, admin]) add(kind, { who, when: {}, isDefault: true }, standings([who]));
    }
    for (const rule of [...approving].reverse()) add(`second:${kind}`, rule, []);
    for (const rule of fitting)
      if (rule.effect === 'deny') add(kind, rule, rule.who === undefined ? [] : standings([rule.who]), true);
  }
  const ability: Ability = createMongoAbility<Ability>(raw, { detectSubjectType: () => 'change' });
  const patterns = rules.flatMap(({ when }) => when.pipeline ?? []);

  return {
    /** @param is all that a person is to the target */
    asked(target: PolicyTarget, runs: number, is: string[]): Asked {
      return {
        is,
        tier: target.tier,
        tags: target.tags ?? [],
        environment: target.environment,
        team: (teamOf(target, settings)?.name ?? target.team)?.toLowerCase(),
        patterns: patterns.filter((pattern) => fitsName(pattern, target)),
        runs,
        atMost: runs,
      };
    },

    /** The rule that decides, if one fits. */
    deciding(word: Word, asked: Asked): { isDenied: boolean; meaning: Meaning } | undefined {
      const rule = ability.relevantRuleFor(word, asked);
      const meaning = meanings.get(rule?.origin);
      return rule && meaning ? { isDenied: rule.inverted, meaning } : undefined;
    },

    /** The rules that would let this pass for somebody, in the order of the file. `isFor`: only those that let this one pass. */
    allowing(kind: ActionKind, asked: Asked, isFor: 'anybody' | 'this'): Meaning[] {
      const found = ability.possibleRulesFor(kind, 'change').flatMap((rule) => {
        const meaning = meanings.get(rule.origin);
        if (rule.inverted || meaning?.who === undefined) return [];
        const is = isFor === 'this' ? asked.is : standings([meaning.who]);
        return rule.matchesConditions({ ...asked, is, atMost: 0 }) ? [meaning] : [];
      });
      return found.reverse();
    },
  };
}

export type CompiledRules = ReturnType<typeof compileRules>;

function conditionsOf({ when, maxRuns }: Meaning, words: string[]): NonNullable<Raw['conditions']> {
  return {
    ...(words.length > 0 ? { is: { $in: words } } : {}),
    ...(when.tier ? { tier: { $in: when.tier } } : {}),
    ...(when.tags ? { tags: { $all: when.tags } } : {}),
    ...(when.environment ? { environment: { $in: when.environment } } : {}),
    ...(when.pipeline ? { patterns: { $in: when.pipeline } } : {}),
    ...(when.team ? { team: { $in: when.team.map((team) => team.toLowerCase()) } } : {}),
    ...(when.runsAbove === undefined ? {} : { runs: { $gt: when.runsAbove } }),
    ...(maxRuns === undefined ? {} : { atMost: { $lte: maxRuns } }),
  };
}

function fitsName(pattern: string, { connection, key }: PolicyTarget): boolean {
  if (key === undefined) return false;
  return matchesGlob(pattern, key) || (connection !== undefined && matchesGlob(pattern, `${connection}/${key}`));
}
