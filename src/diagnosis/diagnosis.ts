import type { Diagnosis } from '../domain/diagnosis';
import { createRedactor, type Redacted, type RedactRule } from '../lib/redact';
import { categoryAdvice } from './categories';
import { excerptOf } from './excerpt';
import { type Cause, findCause } from './find-cause';
import { contextOf, fingerprintOf } from './fingerprint';
import { createLogKeeper, HEAD_BYTES, TAIL_BYTES } from './keep-log';
import { type LogLine, readLine } from './log-line';
import { createUtf8, type NumberedText, numbered, textsOf } from './log-text';
import { isNoText, notText } from './not-text';
import type { Rule } from './rule';
import { type OwnRule, ruleOf, strengthScore } from './rule';
import { createRuleSet, type RuleSet } from './rule-set';
import { rules as builtInRules } from './rules';
import { wordRules } from './rules/words';

export interface DiagnosisSettings {
  /** Rules of one's own; a line that one of them matches wins over the built-in ones. */
  rules?: readonly OwnRule[];
  /** Secrets of one's own. */
  redact?: readonly RedactRule[];
}

export interface Diagnoser {
  /** Why the run failed, from a log or an error text. Never throws; an empty text is `unknown`, and so is what is no text. */
  diagnoseText(text: string): Diagnosis;
  /** The same from a stream of any size, in bounded memory. Throws only what the stream throws. */
  diagnoseStream(chunks: AsyncIterable<Buffer | string>): Promise<Diagnosis>;
  redact(text: string): Redacted;
  /** Of an event's own error text: what tells two failures of one cause from two of two. */
  fingerprintOf(errorText: string): string;
  /** The rules as patterns in RE2 syntax, for other tools. */
  patterns(): string[];
}

const CAUSE_MAX = 500;
const CAUSE_IN_FULL_MAX = 4_000;
/** In characters. */
const LONG_LINE = 4_000;

/** Made once: it takes a quarter of a second, and most have no rules of their own. */
let builtInRuleSet: RuleSet | undefined;

function ruleSetOf(own: Rule[], knowledge: readonly Rule[]): RuleSet {
  if (own.length > 0 || knowledge !== builtInRules) return createRuleSet([...own, ...knowledge]);
  builtInRuleSet ??= createRuleSet(builtInRules);
  return builtInRuleSet;
}

let wordRuleSet: RuleSet | undefined;

/** An error whose class says nothing of its kind, so that what it says decides. */
const PLAIN_CLASS =
  /^(?:Caused by: |[\w$.]{1,200} )?(?:[\w$]+\.){0,12}(?:ValueError|IllegalStateException|IllegalArgumentException): /;
const CLASS = /^\s*(?:Caused by: |[\w$.]{1,200} )?[\w$.]{1,200}: (?=\S)/;
const CODE_BY_CLASS = new Set(['python.type', 'java.code']);

/** For a cause that no rule knows: what its plain words say (rules/words.ts). */
function toldByWords(cause: Cause | undefined, lines: readonly LogLine[]): Rule | undefined {
  const body = cause === undefined ? undefined : lines[cause.at]?.body;
  if (cause === undefined || body === undefined) return undefined;
  const isVague = cause.rule === undefined || (CODE_BY_CLASS.has(cause.rule.id) && PLAIN_CLASS.test(body.trimStart()));
  if (!isVague) return undefined;
  wordRuleSet ??= createRuleSet(wordRules);
  return wordRuleSet.bestFor(body.replace(CLASS, ''));
}

/**
 * @param knowledge the rules of the product; another list only to measure what is known without some
 * @throws Error that names the rule or the pattern which is not valid
 */
export function createDiagnosis(
  settings: DiagnosisSettings = {},
  knowledge: readonly Rule[] = builtInRules,
): Diagnoser {
  const ruleSet = ruleSetOf((settings.rules ?? []).map(ruleOf), knowledge);
  const redactor = createRedactor(settings.redact ?? []);

  function isWorthKeeping(line: string): boolean {
    const rule = ruleSet.bestFor(line);
    return rule !== undefined && strengthScore[rule.strength ?? 'names'] >= strengthScore.suggests;
  }

  function diagnoseTexts(texts: readonly NumberedText[]): Diagnosis {
    const { lines: told, redactions } = redactor.redactLines(texts.map((line) => line.text));
    const clean = texts.map(({ no }, at): NumberedText => ({ no, text: told[at] ?? '' }));
    const owner: number[] = [];
    const lines: LogLine[] = [];
    clean.forEach(({ no, text }, at) => {
      for (const line of readLine(no, text)) {
        owner.push(at);
        lines.push(line);
      }
    });
    const cause = findCause(lines, ruleSet);
    const rule = toldByWords(cause, lines) ?? cause?.rule;
    const at = cause === undefined ? 0 : (owner[cause.at] ?? 0);
    const line = cause === undefined ? undefined : lines[cause.at];
    const category = rule?.category ?? (cause?.raised === true ? 'code_bug_exception' : 'unknown');
    const advice = categoryAdvice[category];
    const causeLine = clip(whereItSaysSo((line?.body ?? '').trim()), CAUSE_MAX);
    return {
      category,
      title: advice.title,
      retryable: rule?.retryable ?? advice.retryable,
      ownerSide: rule?.ownerSide ?? advice.ownerSide,
      causeLine,
      causeLineInFull: clip(clean[at]?.text ?? '', CAUSE_IN_FULL_MAX),
      causeLineNo: clean[at]?.no ?? 1,
      fingerprint: fingerprintOf(line?.body ?? '', cause === undefined ? '' : contextOf(lines, cause.at)),
      ...excerptOf(clean, at),
      nextStep: rule?.nextStep ?? advice.nextStep,
      confidence: cause?.confidence ?? 0,
      redactions,
      ...(rule === undefined ? {} : { ruleId: rule.id }),
    };
  }

  /** Of a very long line, its end, where its beginning tells nothing. */
  function whereItSaysSo(body: string): string {
    if (body.length <= LONG_LINE || ruleSet.bestFor(body.slice(0, LONG_LINE)) !== undefined) return body;
    return `…${body.slice(1 - CAUSE_MAX)}`;
  }

  function diagnoseText(text: string): Diagnosis {
    if (isNoText(text)) return notText;
    if (text.length <= HEAD_BYTES + TAIL_BYTES) return diagnoseTexts(numbered(text, 1));
    const keeper = createLogKeeper(ruleSet.matcher, isWorthKeeping);
    for (let at = 0; at < text.length; at += HEAD_BYTES)
      keeper.add(Buffer.from(text.slice(at, at + HEAD_BYTES), 'utf8'));
    return diagnoseTexts(textsOf(keeper.finish()));
  }

  return {
    diagnoseText,
    async diagnoseStream(chunks) {
      const keeper = createLogKeeper(ruleSet.matcher, isWorthKeeping);
      const toUtf8 = createUtf8();
      let isFirst = true;
      for await (const chunk of chunks) {
        const bytes = toUtf8(chunk);
        if (isFirst && isNoText(bytes)) return notText;
        isFirst &&= bytes.length === 0;
        keeper.add(bytes);
      }
      return diagnoseTexts(textsOf(keeper.finish()));
    },
    redact: (text) => redactor.redact(text),
    fingerprintOf: (errorText) => diagnoseText(errorText).fingerprint,
    patterns: () => ruleSet.patterns(),
  };
}

function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
