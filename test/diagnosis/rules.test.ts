import { createDiagnosis } from '../../src/diagnosis';
import { createRuleSet } from '../../src/diagnosis/rule-set';
import { rules as productRules } from '../../src/diagnosis/rules';
import { wordRules } from '../../src/diagnosis/rules/words';
import { requiredLiterals } from '../../src/lib/required-literals';
import { said } from './said';
import { saidByRuntimes } from './said-by-runtimes';
import { saidByVendors } from './said-by-vendors';

const diagnoser = createDiagnosis();
const rules = [...productRules, ...wordRules];

describe('rules', () => {
  it('have names of their own', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it.each(rules.map((rule) => ({ rule, title: `${rule.id}: ${rule.example}` })))('$title', ({ rule }) => {
    const found = createRuleSet([rule]).bestFor(rule.example ?? '', () => rule.trace ?? '');
    expect(found?.id).toBe(rule.id);
  });

  it('all have texts that the sieve can look for', () => {
    const blind = rules.filter(({ pattern }) => pattern !== undefined && requiredLiterals(pattern) === undefined);
    expect(blind.map(({ id }) => id)).toEqual([]);
  });

  it('leave the sieve room in 16-bit states', () => {
    const states = new Set<string>();
    for (const literal of createRuleSet(rules).matcher.literals)
      for (let end = 1; end <= literal.length; end++) states.add(literal.slice(0, end));
    expect(states.size).toBeLessThan(0x1_0000);
  });

  it('are written as every engine reads them: none escapes a quote', () => {
    expect(diagnoser.patterns().filter((pattern) => /\\['"`]/.test(pattern))).toEqual([]);
  });

  it('are exported as patterns, one each', () => {
    expect(diagnoser.patterns()).toHaveLength(productRules.length);
    expect(diagnoser.patterns().every((pattern) => pattern.startsWith('(?i)') && pattern.length > 7)).toBe(true);
  });
});

describe('what products say', () => {
  const cases = [said, saidByVendors, saidByRuntimes].flatMap((list) =>
    Object.entries(list).flatMap(([category, texts]) => (texts ?? []).map((text) => ({ category, text }))),
  );
  it.each(cases)('is $category: $text', ({ category, text }) => {
    expect(diagnoser.diagnoseText(text).category).toBe(category);
  });
});

describe('an error that no product’s rule knows', () => {
  it.each([
    ['acme.GleamError: time out while the moon rose', 'timeout'],
    ['acme.GleamError: the plugin glimmer is not installed', 'missing_dependency_or_import'],
    ['acme.GleamError: the moon is green', 'code_bug_exception'],
  ])('is what its plain words say: %s', (text, category) => {
    expect(diagnoser.diagnoseText(text).category).toBe(category);
  });

  it('is no more sure for it', () => {
    expect(diagnoser.diagnoseText('acme.GleamError: time out while the moon rose').confidence).toBeLessThan(0.2);
  });
});

describe('rules of one’s own', () => {
  const own = createDiagnosis({
    rules: [
      {
        name: 'billing-window',
        pattern: 'billing window (?:is )?closed',
        category: 'timeout',
        retryable: 'no',
        nextStep: 'Ask billing to open it.',
      },
    ],
  });

  it('win over ours, with what they say of retry and next step', () => {
    const { category, retryable, nextStep, ruleId, ownerSide } = own.diagnoseText(
      'ValueError: the billing window is closed: permission denied',
    );
    expect({ category, retryable, nextStep, ruleId, ownerSide }).toEqual({
      category: 'timeout',
      retryable: 'no',
      nextStep: 'Ask billing to open it.',
      ruleId: 'billing-window',
      ownerSide: 'platform',
    });
  });

  it('are refused by name when they are not RE2', () => {
    const rule = { name: 'bad', pattern: '(?=x)', category: 'timeout' as const };
    expect(() => createDiagnosis({ rules: [rule] })).toThrow('rule bad: not a valid RE2 pattern');
  });
});
