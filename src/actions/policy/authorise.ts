import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import type { ActionKind } from '../../domain/action';
import type { Actor } from '../../domain/actor';
import { freezeOf, listOr, type Verdict } from '../../domain/authorise';
import type { When } from '../../domain/policies';
import { type CompiledRules, compileRules } from './rules';
import { type Names, type PolicySettings, type PolicyTarget, sayWho, slackIdOf, standingFor, standingsOf } from './who';

/** @property runs that the whole action would touch */
export interface Question {
  actor: Actor;
  kind: ActionKind;
  target: PolicyTarget;
  runs: number;
  now: Date;
}

const nobody = 'nobody so far';
const noNames: Names = new Map();

/**
 * The policy of these settings. Pure.
 *
 * 1. Bots, deactivated people and guests change nothing.
 * 2. A `deny` rule that fits stands above all others, for whom it names.
 * 3. `allow` rules that name the kind and fit are alternatives: one is enough. Where none names the kind, the default holds: the owning
 *    team, or the named owner, may retry and stop; operators and admins may do all.
 * 4. In a freeze nobody changes anything.
 * 5. The first `approve` rule that fits asks for a second person on top; where it is the only word on a kind, the owning team may ask.
 */
export function policyOf(settings: PolicySettings, names: Names = noNames) {
  const rules = compiled(settings);

  function authorise({ actor, kind, target, runs, now }: Question): Verdict {
    const asked = rules.asked(target, runs, standingsOf(actor, target, settings));
    const whoMay = whoMayBe(kind, asked, target);
    const deny = (reason: string): Verdict => ({ verdict: 'deny', reason, whoMay });

    if (actor.isBot) return deny('Apps and workflows may not do that here; a person has to.');
    if (actor.isDeactivated) return deny('This account is deactivated.');
    if (actor.isGuest) return deny('Guests may look, but not change anything.');

    const rule = rules.deciding(kind, asked);
    if (rule?.isDenied) return deny(rule.meaning.because ?? sayDenied(kind, target, rule.meaning));
    if (!rule) {
      const most = Math.max(0, ...rules.allowing(kind, asked, 'this').map(({ maxRuns }) => maxRuns ?? 0));
      if (most > 0)
        return deny(`You may ${kind} at most ${most} ${most === 1 ? 'run' : 'runs'} at once; this is ${runs}.`);
      return deny(
        whoMay === nobody ? `No rule of the policy lets anybody ${kind} this.` : `Only ${whoMay} may ${kind} this.`,
      );
    }
    // Only who might do it otherwise is told of the freeze, and only for them the glass can be broken.
    const freeze = freezeOf(target.tags ?? [], settings, now);
    if (freeze) {
      const until = format(new TZDate(`${freeze.to}:00Z`, 'UTC'), 'd MMM yyyy, HH:mm');
      const reason = `Changes are frozen until ${until}, ${settings.workspace.timeZone} (${freeze.name}).`;
      return { ...deny(reason), freeze: freeze.name };
    }
    const second = rules.deciding(`second:${kind}`, asked)?.meaning;
    if (second?.by) {
      const by = sayWho(second.by, target, settings, names) ?? nobody;
      const calls = slackIdOf(second.by, target, settings);
      const because = second.because === undefined ? '' : ` ${ended(second.because)}`;
      return {
        verdict: 'needs-approval',
        reason: `This needs a yes from ${by}.${because}`,
        whoMay,
        approveBy: second.by,
        ...(calls === undefined ? {} : { calls }),
      };
    }
    const { who, isDefault } = rule.meaning;
    return {
      verdict: 'allow',
      reason: isDefault ? `By default ${who} may ${kind}.` : `The policy allows ${kind} for ${who}.`,
      whoMay,
    };
  }

  /** "members of *orders*, its owner, or people with the role *admin*" */
  function whoMayBe(kind: ActionKind, asked: ReturnType<CompiledRules['asked']>, target: PolicyTarget): string {
    if (rules.deciding(kind, { ...asked, is: [], atMost: 0 })?.isDenied) return nobody;
    const said = rules
      .allowing(kind, asked, 'anybody')
      .flatMap(({ who }) => (who === undefined ? [] : (sayWho(who, target, settings, names) ?? [])));
    return said.length > 0 ? listOr([...new Set(said)]) : nobody;
  }

  function sayDenied(kind: ActionKind, target: PolicyTarget, { who, when }: { who?: string; when: When }): string {
    const where = sayWhen(when);
    const whom = who === undefined ? undefined : sayWho(who, target, settings, names);
    return `The policy ${whom === undefined ? `lets nobody ${kind} this` : `does not let ${whom} ${kind} this`}${where}.`;
  }

  return {
    authorise,

    /** Whether this person's yes counts for an action that needs approval. Nobody approves what they asked for themselves. */
    mayApprove(approver: Actor, asker: Pick<Actor, 'personId'>, approveBy: string, target: PolicyTarget): boolean {
      if (approver.isBot || approver.isDeactivated || approver.isGuest) return false;
      if (approver.personId === asker.personId) return false;
      return standingsOf(approver, target, settings).includes(standingFor(approveBy, settings));
    },
  };
}

/** The settings are an object of their own each time they are taken anew. */
const known = new WeakMap<object, CompiledRules>();

function compiled(settings: PolicySettings): CompiledRules {
  const before = known.get(settings);
  if (before) return before;
  const rules = compileRules(settings);
  known.set(settings, rules);
  return rules;
}

/** What a rule is limited to, in brackets, or nothing. */
function sayWhen({ tier, tags, environment, pipeline, team, runsAbove }: When): string {
  const parts = [
    ...(pipeline ? [listOr(pipeline)] : []),
    ...(team ? [`of ${listOr(team)}`] : []),
    ...(tier ? [`tier ${listOr(tier.map(String))}`] : []),
    ...(tags ? [`tagged ${tags.join(', ')}`] : []),
    ...(environment ? [`in ${listOr(environment)}`] : []),
    ...(runsAbove === undefined ? [] : [`more than ${runsAbove} ${runsAbove === 1 ? 'run' : 'runs'}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
