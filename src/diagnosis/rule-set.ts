import { compileLinear, type LinearPattern } from '../lib/linear-pattern';
import { createLiteralMatcher, type LiteralMatcher } from '../lib/literal-matcher';
import { requiredLiterals } from '../lib/required-literals';
import { type Rule, strengthScore } from './rule';

export interface RuleSet {
  /** The line end (literal 0), and the literals that stand before the rules: a line without one of them matches no rule. */
  matcher: LiteralMatcher;
  /**
   * Best rule of a line, if any: the strongest, and among equals the earlier. The line comes without its logger's prefix;
   * `trace` gives the frames above it.
   */
  bestFor(line: string, trace?: () => string): Rule | undefined;
  /** For export to other tools: one RE2 pattern a rule. */
  patterns(): string[];
}

interface Compiled {
  rule: Rule;
  score: number;
  matches(text: string): boolean;
}

/** Of a longer line its first and its last characters are read for its rules: what a cause says, it says early or at the end. */
const READ_HEAD = 4_000;
const READ_TAIL = 2_000;

/** The beginning of a long literal sifts as well as the whole, and keeps the automaton small enough for 16-bit states. */
const LITERAL_MAX = 16;

/** @throws Error that names the rule whose pattern is not RE2, or that has neither a pattern nor a text. */
export function createRuleSet(rules: readonly Rule[]): RuleSet {
  const compiled = rules.map(compile);
  const literals: string[] = ['\n'];
  const rulesOfLiteral: number[][] = [];
  const idOf = new Map<string, number>();
  const always: number[] = [];
  rules.forEach((rule, at) => {
    const needed = literalsOf(rule);
    if (needed === undefined) always.push(at);
    for (const literal of needed ?? []) {
      const id = idOf.get(literal) ?? literals.push(literal) - 1;
      idOf.set(literal, id);
      rulesOfLiteral[id] ??= [];
      rulesOfLiteral[id].push(at);
    }
  });
  const matcher = createLiteralMatcher(literals);

  return {
    matcher,
    bestFor(line, trace = () => '') {
      const text =
        line.length > READ_HEAD + READ_TAIL ? `${line.slice(0, READ_HEAD)} … ${line.slice(-READ_TAIL)}` : line;
      const asked = new Set<number>(always);
      matcher.each(text, (id) => {
        for (const at of rulesOfLiteral[id] ?? []) asked.add(at);
      });
      if (asked.size === 0) return undefined;
      const inOrder = [...asked].sort((a, b) => (compiled[b]?.score ?? 0) - (compiled[a]?.score ?? 0) || a - b);
      for (const at of inOrder) {
        const candidate = compiled[at];
        if (candidate === undefined || !candidate.matches(text)) continue;
        const { rule } = candidate;
        if (rule.trace === undefined || trace().includes(rule.trace)) return rule;
      }
      return undefined;
    },
    patterns: () => rules.map((rule) => `(?i)${rule.pattern ?? (rule.says ?? []).map(quoted).join('|')}`),
  };
}

function compile(rule: Rule): Compiled {
  const score = strengthScore[rule.strength ?? 'names'];
  const { pattern: source } = rule;
  if (source === undefined) {
    if ((rule.says ?? []).length === 0)
      throw new Error(`rule ${rule.id}: give it a pattern, or the words that it says`);
    return { rule, score, matches: () => true };
  }
  // Ours are tested to compile, and do so when they are first needed; those of the configuration are checked at once.
  let pattern: LinearPattern | undefined = rule.strength === 'own' ? compilePattern(rule.id, source) : undefined;
  return {
    rule,
    score,
    matches(text) {
      pattern ??= compilePattern(rule.id, source);
      return pattern.test(text);
    },
  };
}

function compilePattern(id: string, source: string): LinearPattern {
  try {
    return compileLinear(`(?i)${source}`);
  } catch (error) {
    throw new Error(`rule ${id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function literalsOf(rule: Rule): string[] | undefined {
  const said = rule.says?.map((text) => text.toLowerCase());
  if (rule.pattern === undefined) return said;
  const literals = (said ?? requiredLiterals(rule.pattern))?.map((literal) => literal.slice(0, LITERAL_MAX));
  return literals === undefined ? undefined : [...new Set(literals)];
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
