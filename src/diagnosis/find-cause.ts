import type { Category } from '../domain/diagnosis';
import { createLiteralMatcher } from '../lib/literal-matcher';
import type { LogLine } from './log-line';
import { isAnnouncement, NOWHERE, type Place, placesOf } from './places';
import { type Rule, strengthScore } from './rule';
import type { RuleSet } from './rule-set';

export interface Cause {
  /** Index into the lines that were read. */
  at: number;
  rule?: Rule;
  /** The line is what a program raised: the message of a trace, an exception by its class, or what was announced as the error. */
  raised: boolean;
  /** 0 to 1. */
  confidence: number;
}

interface Candidate {
  at: number;
  rule?: Rule;
  score: number;
}

/** The base score of a line that no rule knows: an exception's class, an error by its level, anything that says "error". */
const UNKNOWN_EXCEPTION = 45;
const UNKNOWN_ERROR = 18;
/** "… failed due to org.acme.LoadException: no such key": an error that holds what was raised. */
const HELD_EXCEPTION = 38;
const HOLDS_EXCEPTION = /\b[a-z][\w$]*(?:\.[\w$]+){1,12}(?:Exception|Error): \S/;
const UNKNOWN_TEXT = 2;
/** From here on a line tells something of the cause. */
const TELLING = 40;
/** What follows "Encountered an error:" is the error, whatever it says. */
const ANNOUNCED_ERROR = 40;

/**
 * The line that best shows the cause: every line gets the score of its rule, raised and lowered by where it stands, and the
 * highest wins. Within a chain of exceptions the innermost wins, and among equals the first of the log.
 */
export function findCause(lines: readonly LogLine[], rules: RuleSet): Cause | undefined {
  const places = placesOf(lines);
  const candidates: Candidate[] = [];
  lines.forEach((line, at) => {
    const candidate = score(line, at, places[at] ?? NOWHERE, rules, () => traceAbove(lines, at));
    if (candidate !== undefined) candidates.push(candidate);
  });
  let best = strongest(beforeTheEnd(ofLastRun(candidates, places), lines, places));
  if (best !== undefined) best = firstTold(best, candidates, lines, places);
  if (best !== undefined) best = unmasked(announced(best, candidates, lines, places), lines, places);
  if (best !== undefined) best = explained(best, candidates, lines);
  if (best === undefined) {
    const isSaid = ({ kind, body }: LogLine): boolean =>
      (kind === 'text' || kind === 'exception' || kind === 'caused-by') && !ABOUT_ERRORS.test(body);
    const said = lines.findLastIndex(
      (line) => isSaid(line) && (line.exception !== undefined || SAYS_ERROR.test(line.body)),
    );
    const last = said >= 0 ? said : lines.findLastIndex(isSaid);
    const any = last >= 0 ? last : lines.findLastIndex(({ kind }) => kind !== 'blank');
    return any < 0 ? undefined : { at: any, raised: false, confidence: 0 };
  }
  const place = places[best.at];
  const raised =
    lines[best.at]?.exception !== undefined ||
    place?.message === true ||
    place?.announced === true ||
    HOLDS_EXCEPTION.test(lines[best.at]?.body ?? '');
  return {
    at: best.at,
    raised,
    ...(best.rule === undefined ? {} : { rule: best.rule }),
    confidence: confidenceOf(best, candidates),
  };
}

function strongest(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) if (best === undefined || candidate.score > best.score) best = candidate;
  return best;
}

/**
 * A file may hold several runs one after another: what counts is why the last one failed. A run in which nothing but an end
 * or a wrapper is told says nothing, so the one before it is taken.
 */
function ofLastRun(candidates: readonly Candidate[], places: readonly Place[]): readonly Candidate[] {
  const isTelling = ({ score }: Candidate): boolean => score >= TELLING;
  const last =
    candidates.findLast((candidate) => isTelling(candidate) && candidate.rule?.category !== ENDED) ??
    candidates.findLast(isTelling);
  if (last === undefined) return candidates;
  const run = places[last.at]?.run;
  return candidates.filter(({ at }) => places[at]?.run === run);
}

/** Only that something ended. */
const ENDED: Category = 'killed_or_zombie_unknown';

/** What a process says when it is told to end. */
const TOLD_TO_END = /\bSIGTERM\b|\bSIGNAL TERM\b/;
/** Breaks on the other side's end once this side ends. */
const BREAKS_WITH_IT: readonly (Category | undefined)[] = ['network', 'service_unavailable_5xx', 'dns'];

function breaksWithAnEnd(rule: Rule | undefined): boolean {
  return rule === undefined || rule.category === ENDED || BREAKS_WITH_IT.includes(rule.category);
}

/** So many lines of a logger after it was told to end, a process goes on and did not end of that. */
const WENT_ON_LINES = 8;

/**
 * A process that was told to end loses its connections: what then breaks is of that end, and no cause. One that worked on, and
 * raised something of its own long after, was not ended by it.
 */
function beforeTheEnd(
  candidates: readonly Candidate[],
  lines: readonly LogLine[],
  places: readonly Place[],
): readonly Candidate[] {
  const isEnd = ({ at, rule }: Candidate): boolean =>
    rule?.category === ENDED && TOLD_TO_END.test(lines[at]?.body ?? '');
  const end = candidates.find(isEnd);
  if (end === undefined) return candidates;
  const rest = candidates.filter(({ at, rule }) => at <= end.at || !BREAKS_WITH_IT.includes(rule?.category));
  const later = rest.findLast(
    ({ at, rule, score }) =>
      at > end.at && score >= TELLING && places[at]?.message === true && rule?.category !== ENDED,
  );
  if (later === undefined) return rest;
  const loggedAfter = lines.slice(end.at + 1, later.at).filter(({ logged }) => logged).length;
  return loggedAfter < WENT_ON_LINES ? rest : rest.filter((candidate) => candidate.at > later.at || !isEnd(candidate));
}

/** The same words may stand in the log several times, each with another prefix: the first is where it happened. */
const RETELLING_MARGIN = 70;
/** Shorter words stand in other lines by chance. */
const WORDS_MIN = 15;

function firstTold(
  best: Candidate,
  candidates: readonly Candidate[],
  lines: readonly LogLine[],
  places: readonly Place[],
): Candidate {
  const words = wordsOf(lines[best.at]);
  const message = words.replace(/^(?:Caused by: )?[\w$.]{1,200}: /, '');
  const { depth, run } = places[best.at] ?? NOWHERE;
  const isRaised = (at: number): boolean => places[at]?.message === true || lines[at]?.exception !== undefined;
  const inner = innermostOf(words);
  const tells = ({ at, rule }: Candidate): boolean => {
    if (places[at]?.quoted === true || places[at]?.mishap === true) return false;
    const other = wordsOf(lines[at]);
    if (RETOLD.test(other) && !RETOLD.test(words)) return false;
    if (MOST_RECENT.test(other)) return rule?.category === best.rule?.category;
    if (other.replace(CAUSED_BY, '') === words.replace(CAUSED_BY, '')) return true;
    if (isQuiet(lines[at]) && isRaised(best.at) && !isRaised(at)) return false;
    // Outer exceptions repeat the words of the inner one: of a chain, the innermost stays.
    return depth === 0 && message.length >= WORDS_MIN && other.includes(message);
  };
  const isBare = ({ at }: Candidate): boolean =>
    inner !== words && isRaised(at) && wordsOf(lines[at]).replace(CAUSED_BY, '') === inner;
  const isOfRun = ({ at }: Candidate): boolean => places[at]?.run === run;
  const named = words.replace(CAUSED_BY, '');
  // The innermost exception may be a class alone, whose words stand where it was caught: `a.EOFException: between acme and …`.
  const saysMore = ({ at, rule }: Candidate): boolean =>
    at < best.at &&
    BARE_CLASS.test(named) &&
    isRaised(at) &&
    rule?.category === best.rule?.category &&
    wordsOf(lines[at]).replace(CAUSED_BY, '').startsWith(`${named}: `);
  return (
    candidates.find((candidate) => isOfRun(candidate) && saysMore(candidate)) ??
    candidates.find((candidate) => isOfRun(candidate) && isBare(candidate)) ??
    candidates.find(
      (candidate) =>
        candidate.at < best.at &&
        candidate.score >= best.score - RETELLING_MARGIN &&
        isOfRun(candidate) &&
        tells(candidate),
    ) ??
    best
  );
}

/** What a program's own logger tells as a matter of course, and not as an error. */
function isQuiet(line: LogLine | undefined): boolean {
  if (line === undefined || line.relayed) return false;
  return (line.level === 'info' || line.level === 'debug') && !OPENS_WITH_ERROR.test(line.body);
}

const OPENS_WITH_ERROR = /^\W*(?:error|exception|fail|could not|cannot|unable)/i;

const CAUSED_BY = /^Caused by: /;
const WRAPPED = /^(?:[\w$]+\.){1,12}[\w$]{1,100}: (?=(?:[\w$]+\.){1,12}[\w$]*(?:Exception|Error)\b)/;

/** `a.OuterException: b.InnerException: words` without what wraps it. */
function innermostOf(words: string): string {
  let inner = words.replace(CAUSED_BY, '');
  if (!WRAPPED.test(inner)) return words;
  while (WRAPPED.test(inner)) inner = inner.replace(WRAPPED, '');
  return inner;
}

/** Where the best line only announces an error ("Credentials in profile x invalid: Runtime Error"), the line after it says which. */
function announced(
  best: Candidate,
  candidates: readonly Candidate[],
  lines: readonly LogLine[],
  places: readonly Place[],
): Candidate {
  let { at } = best;
  while (isAnnouncement(lines[at]?.body ?? '')) {
    let next = at + 1;
    while (lines[next]?.kind === 'blank') next++;
    const line = lines[next];
    if (line === undefined || (line.level !== lines[at]?.level && line.logged) || !/[a-z]{3}/i.test(line.body)) break;
    if (places[next]?.announced !== true || (line.kind !== 'text' && line.kind !== 'exception')) break;
    at = next;
  }
  if (at === best.at) return best;
  const said = candidates.find((candidate) => candidate.at === at)?.rule;
  const strength = (of: Rule | undefined): number => (of === undefined ? 0 : strengthScore[of.strength ?? 'names']);
  const rule = strength(said) >= TELLING && strength(said) > strength(best.rule) ? said : best.rule;
  return { at, score: best.score, ...(rule === undefined ? {} : { rule }) };
}

/** Kubernetes gives a state as a reason of one word and a message in whole words, in either order: the message says which. */
const STATE_REASON = /^\s*reason: +[A-Z][A-Za-z]{3,60}\s*$/i;
const STATE_MESSAGE = /^\s*message: +\S{1,200} \S/i;
const ONE_WORD = /^\w{4,60}$/;
const STATE_LINES = 3;

function explained(best: Candidate, candidates: readonly Candidate[], lines: readonly LogLine[]): Candidate {
  const { body = '', field } = lines[best.at] ?? {};
  if (!(field === 'reason' && ONE_WORD.test(body)) && !STATE_REASON.test(body)) return best;
  for (let away = 1; away <= STATE_LINES; away++)
    for (const at of [best.at - away, best.at + away]) {
      const line = lines[at];
      if (line === undefined || !(line.field === 'message' || STATE_MESSAGE.test(line.body))) continue;
      const said = candidates.find((candidate) => candidate.at === at);
      return said !== undefined && said.score >= TELLING ? said : { ...best, at };
    }
  return best;
}

/** Streamlit's cloud keeps the message of an error to itself; the line of code that raised it is what is left. */
const MASKED = /original error message is redacted/;
const MASKED_TRACE_LINES = 60;

function unmasked(best: Candidate, lines: readonly LogLine[], places: readonly Place[]): Candidate {
  if (!MASKED.test(lines[best.at]?.body ?? '')) return best;
  let code = best.at;
  for (let at = best.at + 1; at < lines.length && at < best.at + MASKED_TRACE_LINES; at++) {
    if (places[at]?.quoted === true && lines[at]?.kind === 'text') code = at;
  }
  return { ...best, at: code };
}

/** Spark's driver tells in one line which task failed, where, and of what, the innermost cause with it. */
const MOST_RECENT = /most recent failure: /;

/** A line's words, however they end; py4j puts a colon before what the JVM raised. */
function wordsOf(line: LogLine | undefined): string {
  return (line?.body ?? '').trim().replace(/^: /, '').replace(/\.$/, '');
}

/** Lines of a trace that are looked at above its message. */
const TRACE_LINES = 40;

/** The places in the code above a line, as far up as the trace goes. */
function traceAbove(lines: readonly LogLine[], at: number): string {
  return lines
    .slice(Math.max(0, at - TRACE_LINES), at)
    .filter(({ kind }) => kind === 'frame')
    .map(({ body }) => body)
    .join('\n');
}

/** Says again what another line says, with less of it. */
const RETELLINGS = [
  /Failed to execute (?:job|task)/,
  /Task failed with exception/,
  /Task exited with/,
  /Task \S+ raised unexpected/,
  /Marking task as/,
  /Job \S+ failed/,
  /Error: Job failed/,
  /The job failed because a work item/,
  /Exception in (?:task|callback)/,
  /Exception ignored/,
  /ERROR - Failed/,
  /Failure caused by/,
  /Immediate failure/,
  /FAILED: Execution Error, return code/,
  /Finished in state/,
  /Encountered an exception/,
  /Error executing/,
  /Pod Launching failed/,
  /Pod \S+ returned/,
  /Lost task/,
  /The error message is/,
  /Running hook/,
  /Full log/,
  /Retrying/,
  /Will retry/,
  /Attempt \d/,
  /b?['"]?Skipping line \d+/,
  /Dag run .{0,200} failed/,
  /Flow run .{0,200} failed/,
  /.{0,90}\[STREAM_FAILED\]/,
  /.{0,40}Py4J(?:Java)?Error: An error occurred while calling/,
  /.{0,60}StepExecutionError: Error occurred while/,
];
const RETOLD = new RegExp(`^\\s*(?:${RETELLINGS.map(({ source }) => source).join('|')})`, 'i');
/** What a program raises and catches as a matter of course; when it then raises something else, that is the cause. */
const LOOKED_FOR =
  /^\s*(?:KeyError|IndexError|AttributeError|StopIteration|StopAsyncIteration|LookupError|ValueError|queue\.Empty|asyncio\.CancelledError)\b/;
/** dbt's heading of an error: what failed, and the node in which it did. */
const NODE_HEADING =
  /^(\s*(?:\w+ )?(?:Error|Failure|Warning)) in (?:unit_)?(?:model|seed|snapshot|macro|operation|source|analysis|exposure|hook|test)\b.{0,300}$/i;
/** py4j's own reading of the line to the JVM broke: the one or the other was ended, and why stands elsewhere. */
const JVM_LINE_BROKE =
  /py4j\W{1,2}(?:clientserver|java_gateway)\.py\W.{0,20}, in send_command(?![\s\S]*py4j\W{1,2}protocol\.py)/;
/** A row of `kubectl describe`'s events: a Warning says more than the Normal rows around it. */
const KUBERNETES_NORMAL = /^\s*(?:\S+\s+)?Normal\s+\w+\s/;
/** What is closed when all is done; told below the level of an error it is no failure. */
const ORDERLY_END =
  /^\s*(?:[\w.-]+ ){0,4}(?:connections?|sessions?|clients?|cursors?|pools?|consumers?|producers?|channels?|sockets?) (?:(?:was|is|has been|were) )?(?:closed|released|terminated|disconnected|stopped)(?: (?:successfully|cleanly|gracefully))?\W{0,3}$/i;
/** Where a library or a program tells where to read about its errors. */
const ABOUT_ERRORS =
  /^\s*\(Background on this error|^\s*Need help|^\s*For (?:more|further) (?:information|details)|^\s*See https?:/i;
/** A line without one of these says none of the words below: the quick look spares most lines the full one. */
const signsOfError = createLiteralMatcher([
  'error',
  'fail',
  'fatal',
  'exception',
  'abort',
  'cannot',
  'unable',
  'invalid',
  'denied',
  'not found',
]);
const SAYS_ERROR = /\b(?:error|failed|failure|fatal|exception|abort(?:ed)?|cannot|unable|invalid|denied|not found)\b/i;
const SQL_ECHO =
  /^\s*(?:select|with|from|where|join|left|inner|group by|order by|insert|update|delete|create|alter|drop|merge|union|and|or|case|when|--|\/\*)\b/i;
/** A build repeats the command of the step that failed; its words are no message. */
const BUILD_COMMAND = /["'[]\/bin\/(?:ba)?sh -.{0,4000}["'\]](?=: | did not| returned| failed)/;
/** The heading of a build's step: `> [2/7] RUN pip install …`. */
const BUILD_STEP =
  /^\s*(?:=> |> )?(?:CACHED |ERROR )?\[[^\]]{0,80}\d{1,3}\/\d{1,3}\] (?:RUN|COPY|ADD|FROM|WORKDIR|USER|ENV|ARG)\b/;
/** A field of an answer that holds a code alone: the message beside it says what it means. */
const BARE_CODE =
  /^\s*["']?(?:code|status|state|severity|level|failure_?type|status_?code|errno|http_?status|error_?code|exit[ _]?(?:code|status))["']?\s*[:=]\s*["']?[\w.-]{1,40}["']?,?\s*$/i;
/** It was met, and the program goes on. */
const PASSED_OVER =
  /\b(?:skipping|skipped|ignoring|ignored|continuing|nothing to do|(?:will )?use existing|using (?:the )?existing)\b/i;
/** "No checks failed": all is well. */
const NOTHING_FAILED =
  /\b(?:no|0|zero) (?:[\w-]{1,30} )?(?:checks?|tests?|errors?|failures?|expectations?|problems?) (?:have |has |were |was )?(?:failed|found|occurred|detected|reported)\b/i;
/** Integration Services puts the time and nothing else after the word; what failed stands some lines below. */
const DATED_HEADING = /^\s*(?:Error|Warning): \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d\s*$/;
/** What was not there is made up for. */
const TAKEN_INSTEAD = /\b(?:defaulting to|falling back to|using (?:the )?defaults?\b)/i;
/** The class of an error, or a heading: what it says follows on the next line. */
const ONLY_NAMED = /:\s*$/;
/** A process that ended well tells no failure. */
const ENDED_WELL =
  /\b(?:exit(?:ed)?|return(?:ed)?)(?: with)?(?: return| exit| status)?[ _]?(?:code|status)?[:= ]{1,3}0\s*$/i;
/** The answer's status and nothing else: what broke on the other side stands beside it, where it is told. */
const STATUS_ALONE =
  /^\W*(?:[\w.]{1,80}(?:Error|Exception): )?(?:request failed with status(?: code)?|http(?: error)?|server error:?|(?:http )?status(?: code)?:?|error:?) ?'?(?:http )?5\d\d(?:[: ]{1,2}internal server error)?\W{0,3}$/i;
/** A class alone that no trace ends with: a heading, a name in a list. */
const BARE_CLASS = /^\s*[\w.$]+\s*$/;
const INFORMATIVE = /[`'"“‘(]|\d{3}|: ./;

/** The driver's heading of a failed stage, and which task of it failed where: what follows is what was raised. */
const STAGE_FAILURE =
  /^.{0,200}?\bJob aborted due to stage failure: (?:.{0,200}?most recent failure: (?:Lost task \S{1,20} in stage \S{1,20} (?:\([^)]{0,200}\) ?){1,3}: )?)?/;
/** Flink names the task, as its author did, before it tells that it failed. */
const TASK_FAILED = /^.{0,600}? (?=switched from [A-Z]+ to FAILED\b)/;

/** A line without the names and the headings in which a rule would find words that say nothing of the cause. */
function toldBy(body: string): string {
  let told = body;
  if (told.includes('/bin/')) told = told.replace(BUILD_COMMAND, '');
  if (told.includes(' in ')) told = told.replace(NODE_HEADING, '$1');
  if (told.includes('stage failure')) told = told.replace(STAGE_FAILURE, '');
  if (told.includes('to FAILED')) told = told.replace(TASK_FAILED, '');
  return told.trim() === '' ? body : told;
}

/** A row of Kubernetes' events on what a container needs: what it could not be given, and why. */
const NOT_GIVEN =
  /(?:\bMountVolume\.\w{1,40} failed for volume "[^"]{1,300}" ?|\bfailed to create pod sandbox): (?:rpc error: code = \w{1,30} desc = )?/i;

/** The command that gave it failed, and says why on a line of its own. */
const SAYS_STATUS_ONLY = /: mount failed: exit status \d{1,3}\s*$/;

/** The rule of a line; where it tells what could not be given and why, the reason says more than that it was not given. */
function ruleFor(body: string, rules: RuleSet, trace: () => string): Rule | undefined {
  // What is taken out of a command may join what stood apart.
  if (!rules.mayMatch(body) && !body.includes('/bin/')) return undefined;
  const told = toldBy(body);
  const notGiven = NOT_GIVEN.exec(told);
  const reason = notGiven === null ? undefined : rules.bestFor(told.slice(notGiven.index + notGiven[0].length), trace);
  return reason !== undefined && strengthScore[reason.strength ?? 'names'] >= TELLING
    ? reason
    : rules.bestFor(told, trace);
}

function score(line: LogLine, at: number, place: Place, rules: RuleSet, trace: () => string): Candidate | undefined {
  if (
    line.kind === 'blank' ||
    line.kind === 'traceback' ||
    line.kind === 'chain-direct' ||
    line.kind === 'chain-handling' ||
    line.kind === 'chain-inner'
  )
    return undefined;
  if (line.kind === 'frame' || line.kind === 'code') return undefined;
  if (line.body.includes('] ') && BUILD_STEP.test(line.body)) return undefined;
  if (DATED_HEADING.test(line.body)) return undefined;
  const isLoud =
    line.level === 'error' ||
    line.level === 'fatal' ||
    (line.body.includes('to FAILED') && TASK_FAILED.test(line.body));
  let rule = ruleFor(line.body, rules, trace);
  // A logger's wrapper that holds what was raised says more than that something failed.
  if (rule?.strength === 'wrapper' && isLoud && HOLDS_EXCEPTION.test(line.body)) rule = undefined;
  const isException = line.exception !== undefined || place.message;
  let base: number;
  if (rule !== undefined) base = strengthScore[rule.strength ?? 'names'];
  else if (isException) base = UNKNOWN_EXCEPTION;
  else if (place.announced) base = UNKNOWN_ERROR;
  else if (isLoud) base = HOLDS_EXCEPTION.test(line.body) ? HELD_EXCEPTION : UNKNOWN_ERROR;
  else if (signsOfError.has(line.body) && SAYS_ERROR.test(line.body)) base = UNKNOWN_TEXT;
  else return undefined;
  // An exception class is itself evidence: a wrapper's words in an exception's message do not make it a wrapper.
  if (rule?.strength === 'wrapper' && isException && !/^\s*(?:airflow|prefect|dagster)\b/i.test(line.body))
    base = Math.max(base, UNKNOWN_EXCEPTION - 12);

  let score = base;
  if (place.quoted) score -= 60;
  if (place.mishap) score -= 50;
  if (place.message && breaksWithAnEnd(rule) && JVM_LINE_BROKE.test(trace())) score -= 45;
  if (rule?.category !== ENDED) score += (place.message ? 5 : 0) + (isException ? 3 : 0);
  score += Math.min(place.depth, 12) + Math.min(place.trace, 40) / 50;
  if (place.next === 'direct') score += 1;
  if (place.next === 'handling') score += LOOKED_FOR.test(line.body) ? -4 : 1;
  if (line.kind === 'suppressed') score -= 20;
  if (!line.relayed && !isException && !isLoud) score -= base * levelCost(line);
  if (isLoud) score += 3;
  if (RETOLD.test(line.body)) score -= 12;
  if (place.announced && !SQL_ECHO.test(line.body)) score = Math.max(score, ANNOUNCED_ERROR);
  if (isAnnouncement(line.body)) score -= 20;
  if (!isException && !isLoud && rule?.category === 'constraint_violation_or_duplicate' && PASSED_OVER.test(line.body))
    score -= 60;
  if (!isException && !isLoud && TAKEN_INSTEAD.test(line.body)) score -= 40;
  if (!isException && NOTHING_FAILED.test(line.body)) score -= 60;
  if (KUBERNETES_NORMAL.test(line.body)) score -= 10;
  if (SAYS_STATUS_ONLY.test(line.body)) score -= 4;
  if ((line.level === 'info' || line.level === 'debug') && ORDERLY_END.test(line.body)) score -= 60;
  if (rule !== undefined && SQL_ECHO.test(line.body) && !isException) score -= 40;
  if (!INFORMATIVE.test(line.body)) score -= 1;
  if (!isException && ENDED_WELL.test(line.body)) score -= 60;
  if (BARE_CODE.test(line.body)) score -= 20;
  if (STATUS_ALONE.test(line.body)) score -= 18;
  if (ONLY_NAMED.test(line.body)) score -= 4;
  if (BARE_CLASS.test(line.body) && !place.message) score -= 10;
  return score <= 0 ? undefined : { at, ...(rule === undefined ? {} : { rule }), score };
}

/**
 * A share of the score. What a logger tells below the level of an error has mostly passed; it counts where nothing else tells a cause.
 * dbt tells the database's words at the level of debugging, so those cost little.
 */
function levelCost({ level, body }: LogLine): number {
  if (level === 'info' || level === 'warn') return 0.45;
  if (level === 'debug') return DATABASE_WORDS.test(body) ? 0 : 0.07;
  return 0;
}

const DATABASE_WORDS = /adapter: .* error\b/i;

/** High when the line names a cause and no other line names a different one nearly as well. */
function confidenceOf(best: Candidate, all: readonly Candidate[]): number {
  if (best.rule === undefined) return 0.1;
  const rival = all.reduce(
    (highest, other) =>
      other.rule !== undefined && other.rule.category !== best.rule?.category
        ? Math.max(highest, other.score)
        : highest,
    0,
  );
  const strength = Math.min(1, best.score / 95);
  const margin = Math.min(1, Math.max(0, (best.score - rival) / 30));
  return Math.round((0.25 + 0.5 * strength + 0.24 * margin) * 100) / 100;
}
