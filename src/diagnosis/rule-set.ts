import { compileLinear, type LinearPattern } from '../lib/linear-pattern';
import { createLiteralMatcher, type LiteralMatcher } from '../lib/literal-matcher';
import { alternativesOf, requiredLiterals, requiredSets } from '../lib/required-literals';
import { type Rule, strengthScore } from './rule';

export interface RuleSet {
  /** The line end (literal 0), and the literals that stand before the rules: a line without one of them matches no rule. */
  matcher: LiteralMatcher;
  /** Whether a line may match a rule at all: without it `bestFor` finds none. */
  mayMatch(line: string): boolean;
  /**
   * Best rule of a line, if any: the strongest, and among equals the earlier. The line comes without its logger's prefix;
   * `trace` gives the frames above it.
   */
  bestFor(line: string, trace?: () => string): Rule | undefined;
  /** For export to other tools: one RE2 pattern a rule. */
  patterns(): string[];
}

/** A rule, or one of the alternatives of its pattern. */
interface Compiled {
  rule: Rule;
  score: number;
  /** One of these is in every line that it matches; undefined where no such text is known. */
  literals?: string[];
  /** @param lower the text in lower case */
  matches(text: string, lower: string): boolean;
}

/** Of a longer line its first and its last characters are read for its rules: what a cause says, it says early or at the end. */
const READ_HEAD = 4_000;
const READ_TAIL = 2_000;

/** The beginning of a long literal sifts as well as the whole, and keeps the automaton small enough for 16-bit states. */
const LITERAL_MAX = 16;

/** @throws Error that names the rule whose pattern is not RE2, or that has neither a pattern nor a text. */
export function createRuleSet(rules: readonly Rule[]): RuleSet {
  const literals: string[] = ['\n'];
  // The strongest first, and among equals the earlier: the first that matches is the best.
  const compiled = rules.flatMap(compile).sort((a, b) => b.score - a.score);
  const rulesOfLiteral: number[][] = [];
  const idOf = new Map<string, number>();
  const always: number[] = [];
  compiled.forEach(({ literals: needed }, at) => {
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
    mayMatch: (line) => always.length > 0 || matcher.has(readOf(line)),
    bestFor(line, trace = () => '') {
      const text = readOf(line);
      const asked = [...always];
      matcher.each(text, (id) => {
        asked.push(...(rulesOfLiteral[id] ?? []));
      });
      if (asked.length === 0) return undefined;
      asked.sort((a, b) => a - b);
      const lower = text.toLowerCase();
      let before = -1;
      for (const at of asked) {
        const candidate = compiled[at];
        if (at === before || candidate === undefined) continue;
        before = at;
        if (!candidate.matches(text, lower)) continue;
        const { rule } = candidate;
        if (rule.trace === undefined || trace().includes(rule.trace)) return rule;
      }
      return undefined;
    },
    patterns: () => rules.map((rule) => `(?i)${rule.pattern ?? (rule.says ?? []).map(quoted).join('|')}`),
  };
}

function readOf(line: string): string {
  return line.length > READ_HEAD + READ_TAIL ? `${line.slice(0, READ_HEAD)} … ${line.slice(-READ_TAIL)}` : line;
}

function compile(rule: Rule): Compiled[] {
  const score = strengthScore[rule.strength ?? 'names'];
  const { pattern } = rule;
  const said = rule.says?.map((text) => text.toLowerCase());
  if (pattern === undefined) {
    if (said === undefined || said.length === 0)
      throw new Error(`rule ${rule.id}: give it a pattern, or the words that it says`);
    return [{ rule, score, literals: said, matches: () => true }];
  }
  // Those of the configuration are checked at once, ours by a test.
  if (rule.strength === 'own') compilePattern(rule.id, pattern);
  return (said === undefined ? alternativesOf(pattern) : [pattern]).map((source) => {
    const literals = (said ?? requiredLiterals(source))?.map((literal) => literal.slice(0, LITERAL_MAX));
    // Most never meet a line that holds what they need: what sifts is made for the first that has a literal, the pattern for one that passes.
    let sets: string[][] | undefined;
    let compiled: LinearPattern | undefined;
    return {
      rule,
      score,
      ...(literals === undefined ? {} : { literals: [...new Set(literals)] }),
      matches(text, lower) {
        sets ??= requiredSets(source);
        if (!sets.every((texts) => texts.some((needed) => lower.includes(needed)))) return false;
        compiled ??= compilePattern(rule.id, source);
        return compiled.test(text);
      },
    };
  });
}

function compilePattern(id: string, source: string): LinearPattern {
  try {
    return compileLinear(`(?i)${source}`);
  } catch (error) {
    throw new Error(`rule ${id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
