import { createLiteralMatcher } from '../lib/literal-matcher';

/**
 * A log line without what the logger put before it. All patterns here are anchored, have no nested repeats and run on lines of
 * bounded length, so JavaScript's own engine is linear on them (docs/decisions/0011-pattern-engines.md).
 */
export interface LineShape {
  /** The message, with its indentation. */
  body: string;
  level?: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /** The logger only passes on what another program printed, so its level says nothing about the message. */
  relayed: boolean;
  /** Whose line it is where several are interleaved: a pod, a container, a thread. Empty where one cannot tell. */
  source: string;
  /** A logger's prefix was there: a new message starts here. */
  logged: boolean;
}

const STAMP =
  /^\[?\(?(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.]\d\d(?:\d\d)?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:(?:\d\d )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* {1,2}\d{1,2},?(?: \d{4})?,?)?[T ,]{0,2}\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?(?: ?(?:Z|UTC|GMT|[AP]M|(?!INFO|WARN|NOTE|LOG)[A-Z]{3,4}(?=[\s\]),])|[+-]\d\d(?::?\d\d)?(?!\d)))?(?: \d{4}(?![-/]))?\)?\]?[ \t:|,-]{0,3}/;
const LEVEL =
  /^(?:\[ ?|\(|<|\| ?)?(TRACE|DEBUG|INFO|NOTICE|NOTE|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|PANIC|EMERG|LOG)(?: *\]|\)|>| *\|)?(?=$|[\s:|[\]\-(])[ \t]*[:|-]{0,2} ?/i;
const LEVELS: Record<string, NonNullable<LineShape['level']>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  NOTICE: 'info',
  NOTE: 'info',
  LOG: 'info',
  WARN: 'warn',
  WARNING: 'warn',
  ERROR: 'error',
  ERR: 'error',
  SEVERE: 'error',
  FATAL: 'fatal',
  CRITICAL: 'fatal',
  PANIC: 'fatal',
  EMERG: 'fatal',
};
/** `[thread-1]`, `{taskinstance.py:1150}`, `(Logging.scala:98)`: where the message came from. */
const ORIGIN = /^(?:\[[^\]]{1,120}\]|\{\{?[^}]{1,120}\}?\}|\([\w$.-]{1,80}:\d{1,6}\)) ?[:-]{0,2} ?/;
/** A logger's name after the level: `org.acme.Load:`, `TaskSetManager:`, `root -`, `prefect.flow_runs |`. */
const LOGGER = /^([A-Za-z_$][\w$.-]{1,120}(?:\[[^\]]{0,60}\]|\([^)]{0,80}\))?)(?: ?: | {1,20}- | ?\| | {2,}|\t)/;
const NAMES_ERROR =
  /(?:Error|Exception|Failure|Fault|Interrupt|Warning|Exit|Errors?)$|^(?:Error|Caused|Exception|FATAL|fatal|Failed|E|Reason|Message|DETAIL|HINT)$/;
/** Loggers that relay: Airflow's subprocess and pod logs, Spark's submit hook, Dagster's and others' captured output. */
const RELAYS = createLiteralMatcher([
  'subprocess',
  'logging_mixin',
  'pod_manager',
  'spark_submit',
  'docker',
  'ssh',
  'kubernetes_pod',
  'bash',
  'log_reader',
  'dataproc',
  'databricks',
  'glue',
  'ecs',
  'cloudwatch',
  'stdout',
  'stderr',
  'beam',
  'process_utils',
  'log_hook',
  'logs_hook',
  'batch',
  'container',
  'livy',
  'remote',
  'base_executor',
  'compute',
]);
const KUBERNETES_STREAM = /^(std(?:out|err)) [FP] /;
const POD = /^\[(?:pod\/)?([\w./-]{1,120})\] (?=\S)/;
const COMPOSE = /^([A-Za-z][\w.-]{0,60}) +\| ?/;
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+:\d+\] /;
const PYTHON_BASIC = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL):([\w.$-]{1,80}):/;
const R_LOGGER = /^(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL) \[\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^\]]{0,12}\] ?/;
const DAGSTER = /^- dagster(?:\.[\w.]+)? - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - /;
/** Spring Boot: the process, dashes, the application, the thread and the logger, between the level and the message. */
const SPRING = /^\d{1,7} --- (?:\[[^\]]{0,80}\] ?){1,3}[\w.$[\]/-]{1,120} *: /;
/** BuildKit tells the step and the seconds since it began: `#9 7.312 `; in its summary the seconds alone. */
const BUILDKIT = /^(?:#\d{1,4} )\d{1,5}\.\d{1,3} |^\d{1,5}\.\d{2,3} (?=[A-Za-z×╰│*>[ ])/;
/** GitHub's and Azure's runners mark what a step tells them: `##[error]`, `::error file=x::`. */
const RUNNER = /^(?:##\[(error|warning|debug|command|section)\]|::(error|warning|notice|debug)(?: [^:]{0,200})?::)/;
/** `gh run view --log`: the job, the step, and then the line as the runner wrote it. */
const RUNNER_STEP = /^[^\t]{1,120}\t[^\t]{1,120}\t(?=\d{4}-\d\d-\d\dT)/;
/** `aws logs tail` names the stream after the time. */
const LAMBDA_STREAM = /^\d{4}\/\d\d\/\d\d\/\[[^\]]{1,40}\][0-9a-f]{32}\s+/;
/** Dataflow's service passes its own level on inside the message. */
const DATAFLOW = /^JOB_MESSAGE_(DEBUG|BASIC|DETAILED|WARNING|ERROR): /;
const LOGFMT_LEVEL = /(?:^|\s)(?:level|lvl|severity)="?(trace|debug|info|warn|warning|error|fatal|critical|panic)"?/i;
const LOGFMT_MESSAGE = /(?:^|\s)(?:msg|message|error|err)="((?:[^"\\]|\\.){1,2000})"/g;
/** `host program[pid]: `, as syslog and journald put it after the time. */
const SYSLOG = /^[\w.-]{1,80} [\w./@-]{1,80}(?:\[\d{1,8}\])?: /;
/** Of a key=value line so much is read, in characters. */
const LOGFMT_MAX = 8_000;
const POSTGRES =
  /^(?:UTC |[A-Z]{3} )?(?:\[\d+\]|\(\d+\)):?(?: (?!\[)[^:\s]{1,60}){0,4}? (?=(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?|DETAIL|HINT|STATEMENT|CONTEXT|QUERY): )/;
/** What is passed on keeps its own prefix, with a blank before it. */
const RELAYED_STAMP = /^ \d{4}-\d\d-\d\d[ T]\d\d:/;
/** Celery: `[2026-03-09 10:00:00,000: ERROR/ForkPoolWorker-1] `, after its time. */
const CELERY = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL)\/([\w.-]{1,60})(?:\(\d{1,8}\))?\] /;
/** Python's usual format names the logger before the level: `acme.load - ERROR - `. */
const NAMED = /^([A-Za-z_][\w.$-]{0,80}) [-|] (DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL) ?[-|:] /;
/** Heroku's router names the app and the dyno after the time: `app[worker.1]: `. */
const DYNO = /^[a-z][\w-]{0,40}\[([\w-]{1,40}\.[\w.-]{1,40})\]: /;
const ORCHESTRATOR = /^(?:Flow run|Task run) '[^']{1,200}' - /;
const PREFIX_STEPS_MAX = 4;

export function shapeOf(line: string): LineShape {
  const shape: LineShape = { body: line, relayed: false, source: '', logged: false };
  if (line.includes('\t')) take(shape, RUNNER_STEP);
  for (let step = 0; step < PREFIX_STEPS_MAX; step++) if (!stripOnce(shape)) break;
  const dataflow = take(shape, DATAFLOW);
  if (dataflow !== null) shape.level = LEVELS[dataflow[1] ?? ''] ?? 'info';
  const logfmt = shape.body.includes('level=') || shape.body.includes('lvl=') ? LOGFMT_LEVEL.exec(shape.body) : null;
  if (logfmt !== null) {
    shape.level = LEVELS[(logfmt[1] ?? '').toUpperCase()] ?? shape.level;
    shape.logged = true;
    shape.body =
      [...shape.body.slice(0, LOGFMT_MAX).matchAll(LOGFMT_MESSAGE)]
        .map((found) => found[1]?.replaceAll('\\"', '"'))
        .join(': ') || shape.body;
  }
  return shape;
}

/** Takes off what the pattern, which is anchored, finds at the start. */
function take(shape: LineShape, pattern: RegExp): RegExpExecArray | null {
  const found = pattern.exec(shape.body);
  if (found !== null) shape.body = shape.body.slice(found[0].length);
  return found;
}

/** What a prefix can begin with, by the code of its first character, so that a line is asked only for those that it may have. */
function openingOf(first: number): 'letter' | 'digit' | 'bracket' | 'hash' | 'sign' | 'none' {
  if ((first >= 97 && first <= 122) || (first >= 65 && first <= 90)) return 'letter';
  if (first >= 48 && first <= 57) return 'digit';
  if (first === 91 /* [ */) return 'bracket';
  if (first === 35 /* # */ || first === 58 /* : */) return 'hash';
  return first === 40 /* ( */ || first === 60 /* < */ || first === 124 /* | */ || first === 44 /* , */
    ? 'sign'
    : 'none';
}

/** Takes one prefix off; false when there is none. */
function stripOnce(shape: LineShape): boolean {
  const before = shape.body;
  const first = before.charCodeAt(0);
  // An indented line is part of a message: a frame, a line of SQL, a detail.
  if (first === 32 && shape.relayed && RELAYED_STAMP.test(before)) shape.body = before.slice(1);
  else if (first === 32 || first === 9 || before === '') return false;
  const opening = openingOf(shape.body.charCodeAt(0));
  if (opening === 'none') return false;

  if ((opening === 'digit' || opening === 'hash') && take(shape, BUILDKIT) !== null) return true;
  if (opening === 'digit' && take(shape, LAMBDA_STREAM) !== null) return true;
  const runner = opening === 'hash' ? take(shape, RUNNER) : null;
  if (runner !== null) return found(shape, LEVELS[(runner[1] ?? runner[2] ?? '').toUpperCase()]);
  const klog = opening === 'letter' ? take(shape, KLOG) : null;
  if (klog !== null)
    return found(shape, { I: 'info', W: 'warn', E: 'error', F: 'fatal' }[klog[1] ?? 'E'] as LineShape['level']);
  const pod = opening === 'bracket' ? take(shape, POD) : null;
  if (pod !== null && /[a-z]-[\w]|\//.test(pod[1] ?? '')) {
    shape.source += pod[1];
    return true;
  }
  if (pod !== null) shape.body = before;
  const basic = opening === 'letter' ? (take(shape, PYTHON_BASIC) ?? take(shape, R_LOGGER)) : null;
  if (basic !== null) return found(shape, LEVELS[basic[1] ?? '']);

  const stamp = take(shape, STAMP);
  const stamped = stamp !== null && stamp[0].length >= 8;
  if (stamp !== null && !stamped) shape.body = before;
  if (stamped) {
    const stream = take(shape, KUBERNETES_STREAM);
    if (stream !== null) return true;
    const dyno = take(shape, DYNO);
    if (dyno !== null) {
      shape.source += dyno[1];
      shape.logged = true;
      return true;
    }
    const celery = take(shape, CELERY);
    if (celery !== null) {
      shape.source += celery[2];
      return found(shape, LEVELS[celery[1] ?? '']);
    }
    const named = take(shape, NAMED);
    if (named !== null) return found(shape, LEVELS[named[2] ?? '']);
    const dagster = take(shape, DAGSTER);
    if (dagster !== null) {
      stripDagster(shape);
      return found(shape, LEVELS[dagster[1] ?? '']);
    }
    if (/^[A-Z][a-z]{2} {1,2}\d{1,2} /.test(before)) take(shape, SYSLOG);
    take(shape, POSTGRES);
  }
  // The line's own indentation starts right here when nothing else was put before it.
  if (/^ {2}/.test(shape.body) && stamped) {
    shape.logged = true;
    return false;
  }
  let origin = '';
  let level: LineShape['level'];
  let strippedSomething = stamped;
  for (let part = 0; part < 4; part++) {
    if (level === undefined) {
      const found = LEVEL.exec(shape.body);
      if (found !== null && isPrefixLevel(shape.body, found, strippedSomething)) {
        level = LEVELS[(found[1] ?? '').toUpperCase()];
        shape.body = shape.body.slice(found[0].length);
        strippedSomething = true;
        if (shape.body.startsWith('- ')) shape.body = shape.body.slice(2);
        continue;
      }
    }
    const from = strippedSomething || level !== undefined ? ORIGIN.exec(shape.body) : null;
    if (from !== null && !/^\[(?:Errno|Err|SQL|SSL|[A-Z_]+(?:\.[A-Z_]+)*\] )/.test(from[0])) {
      origin += from[0];
      shape.body = shape.body.slice(from[0].length);
      if (shape.body.startsWith('- ')) shape.body = shape.body.slice(2);
      continue;
    }
    break;
  }
  if (level !== undefined || (stamped && origin !== '')) {
    if (/^\[[^\]]*\]/.test(origin)) shape.source += /^\[([^\]]*)\]/.exec(origin)?.[1] ?? '';
    take(shape, SPRING);
    const logger = LOGGER.exec(shape.body);
    if (logger !== null && level !== undefined && !isError(logger[1]?.replace(/[([].*$/, '') ?? '')) {
      origin += logger[1];
      shape.body = shape.body.slice(logger[0].length);
    }
    take(shape, ORCHESTRATOR);
    if (level === undefined) shape.logged = true;
    else found(shape, level);
    shape.relayed ||=
      RELAYS.has(origin) && (level === 'info' || level === undefined || /subprocess|mixin/.test(origin));
    return shape.relayed || shape.body.startsWith('[20');
  }
  if (stamped) {
    shape.logged = true;
    return true;
  }
  const compose = shape.body.includes('|') ? COMPOSE.exec(shape.body) : null;
  if (compose !== null && !/^(?:INFO|WARN|WARNING|ERROR|DEBUG|FATAL)$/i.test(compose[1] ?? '')) {
    shape.source += compose[1];
    shape.body = shape.body.slice(compose[0].length);
    return true;
  }
  return shape.body !== before;
}

/** Not a logger's name but the class of what was raised: `psycopg2.errors.UndefinedTable:`. */
function isError(name: string): boolean {
  return NAMES_ERROR.test(name) || /\.(?:errors?|exceptions?|exc)\./.test(name);
}

/** `ERROR:` before a message is a level only where a stamp stood before it or more of a prefix follows; "Error in x" is a message. */
function isPrefixLevel(body: string, found: RegExpExecArray, stamped: boolean): boolean {
  const word = found[1] ?? '';
  if (stamped)
    return (
      word === word.toUpperCase() ||
      /^\[?(?:debug|info|warn|warning|error|critical|fatal)/.test(body) ||
      /^(?:Info|Warning|Error|Debug)[ :]/.test(body)
    );
  return /^\[ ?(?:\w+) ?\]/.test(body) || (word === word.toUpperCase() && word.length > 3);
}

function found(shape: LineShape, level: LineShape['level']): true {
  shape.level = level ?? shape.level;
  shape.logged = true;
  return true;
}

/** `job - run id - process - STEP - EVENT - message`: the message is after the last of the known parts. */
function stripDagster(shape: LineShape): void {
  const event = /^(?:[\w.:[\], -]{1,300}? - )?(?:[A-Z_]{4,40}) - /.exec(shape.body);
  if (event !== null) shape.body = shape.body.slice(event[0].length);
}
