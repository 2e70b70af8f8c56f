import { type LineShape, shapeOf } from './line-shape';

/** One line to read for a cause. A line of JSON, or one with carriage returns, gives several with the same number. */
export interface LogLine extends LineShape {
  /** Its number in the log, counted from 1. */
  no: number;
  kind: LineKind;
  /** The exception's class, on lines that begin with one. */
  exception?: string;
  /** In lower case the field whose text it is, where an object is printed over several lines. */
  field?: string;
}

export type LineKind =
  | 'blank'
  | 'traceback' // "Traceback (most recent call last):"
  | 'frame' // a place in the code
  | 'code' // a line of source under a frame
  | 'chain-inner' // "The above exception was caused by the following exception:", with the inner one after it
  | 'chain-direct' // "The above exception was the direct cause of the following exception:"
  | 'chain-handling' // "During handling of the above exception, another exception occurred:"
  | 'caused-by'
  | 'suppressed'
  | 'exception'
  | 'text';

/** What a terminal would do with it is nothing to us: colours, cursor moves, window titles, other control characters. */
const ESCAPES =
  /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)?|[()][A-Z0-9]|[@-Z\\^_=>78])|\u009b[0-9;?]*[@-~]/g;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
/** Colour codes whose escape character was lost on the way, as they stand in pasted logs: `[0m16:02:01`, `[31mFAIL`. */
const LOST_ESCAPES = /\[(?:\d{1,2}(?:;\d{1,3}){0,4})?m(?=\S|$|\s)/g;

export function withoutEscapes(line: string): string {
  let clean = line;
  if (/[^\t\n -~]/.test(clean)) clean = clean.replace(ESCAPES, '').replace(CONTROLS, '');
  if (clean.includes('m') && clean.includes('[')) clean = clean.replace(LOST_ESCAPES, '');
  return clean;
}

/** A line of an answer that was printed over several: what the field says is the line's text. */
const JSON_FIELD =
  /^\s*["']?(textPayload|(?:internal|external|error|status|state|failure|failed|output|exception)?_?(?:message|msg|reason|details?|description|cause)|errors?|exception|stack_?trace|traceback)["']?\s*:\s*u?["'](.{3,16000}?)["']?[,})\]\s]{0,6}$/i;

const FRAME =
  /^\s*(?:at (?:async )?(?:[\w$.<>/@\-[\] ]{1,300}\(|\S+:\d+:\d+|java\.|org\.|com\.|[\w.$]+\.[\w$<>]+$)|\.{3} \d+ (?:more|common frames)|File "[^"]{1,500}", line \d+|File \S{1,300}:\d+, in |--> \d+|\d+\. [\w.:]+\(|#\d+ +0x|goroutine \d+|Calls: \S.{0,400}->)/;
const TRACEBACK = /^\s*\+?\s*(?:\|\s*)?(?:Exception Group )?Traceback(?: \(most recent call last\))?:?\s*$/;
const CARETS = /^\s*[\^~-]*\^[\^~]*\s*$/;
const CAUSED_BY =
  /^\s*(?:Caused by:?|Root cause:?|Wrapped by:?|\[CIRCULAR REFERENCE:|---> ?(?:\(Inner Exception #\d{1,4}\))?) /;
const SUPPRESSED = /^\s*Suppressed: /;
const DIRECT = /^\s*The above exception was the direct cause of the following exception/;
const INNER =
  /^\s*The above exception (?:was caused by the following exception|occurred during handling of the following exception)/;
const HANDLING =
  /^\s*(?:During handling of the above exception, another exception occurred|During handling of the following exception, another exception occurred)/;
/** `pkg.mod.SomeError: text`, `**java.lang.X: text**`, `Exception in thread "main" a.b.CException: text`, `[LOG] SomeError`. */
const EXCEPTION =
  /^\s*(?:\*\*)?(?:Caused by: |---> (?:\(Inner Exception #\d{1,4}\) )?|Exception in thread "[^"]{1,200}" |Uncaught exception: |Unhandled exception: |Fatal error: |Root cause: |E {2,6}|\| |: )?((?:[A-Za-z_$][\w$]{0,80}\.){0,12}[A-Z_][\w$]{0,100}(?:Error|Exception|Failure|Fault|Interrupt|Exit|Timeout|Expired|Refused|NotFound|Denied|Signal|Missing|Invalid|Violation|Undefined\w{0,20}|Warning|NotAvailable|Available|Run|Aborted|Exceeded|Result)s?|Exception|Error(?= in |:))(?:\(| ?:|$|\s*$|\*\*| in )/;

/** @param text the line without escapes */
export function readLine(no: number, text: string): LogLine[] {
  const whole = fromJson(no, text);
  if (whole.length > 0) return whole;
  const shape = shapeOf(text);
  // A container's or a service's stamp before the JSON that the program wrote.
  const inner = shape.body === text ? [] : fromJson(no, shape.body);
  if (inner.length > 0) return inner.map((line) => ({ ...line, source: line.source || shape.source }));
  const isQuoted = shape.body.includes('"') || shape.body.includes("'");
  const [, field, said] = (isQuoted ? JSON_FIELD.exec(shape.body) : undefined) ?? [];
  if (said !== undefined) shape.body = said;
  if (shape.body.includes('\\n') && ESCAPED_TRACE.test(shape.body))
    return escapedLines(shape.body).map((body, at) => ({ ...shape, body, no, logged: at === 0, ...kindOf(body) }));
  const line = lineOf(shape, no);
  return [field === undefined ? line : { ...line, field: field.toLowerCase() }];
}

function lineOf({ body, level, relayed, source, logged }: LineShape, no: number): LogLine {
  const line: LogLine = { body, relayed, source, logged, no, kind: 'text' };
  if (level !== undefined) line.level = level;
  const { kind, exception } = kindOf(body);
  line.kind = kind;
  if (exception !== undefined) line.exception = exception;
  return line;
}

/** A whole trace in one line, its line ends written as `\\n`: a field of JSON printed for people, a repr, an event. */
const ESCAPED_TRACE = /Traceback \(most recent call last\):(?:\\r)?\\n|\\n\s{0,8}(?:\\t|\t)?at [\w$.]{3,200}\(/;

function escapedLines(text: string): string[] {
  return text
    .slice(0, ESCAPED_MAX)
    .split(/(?:\\r)?\\n/)
    .slice(0, JSON_LINES_MAX)
    .map((line) => line.replaceAll('\\t', '\t').replaceAll('\\"', '"').replaceAll("\\'", "'"));
}

/** Of an escaped trace so much is read, in characters. */
const ESCAPED_MAX = 40_000;

type Kind = Pick<LogLine, 'kind' | 'exception'>;
const BLANK: Kind = { kind: 'blank' };
const TEXT: Kind = { kind: 'text' };
/** What a line that is more than text begins with; most lines begin otherwise, and are asked no more. */
const MAY_BE_MORE = /^\s*(?:[A-Z_$*|:+.^~\-\d#[]|[a-z][\w$]{0,80}\.|at |goroutine )/;

function kindOf(body: string): Kind {
  // A logger that was asked for a traceback where there was none prints `NoneType: None`.
  const said = body.trim();
  if (said === '' || said === 'NoneType: None') return BLANK;
  if (!MAY_BE_MORE.test(body)) return TEXT;
  if (body.includes('raceback') && TRACEBACK.test(body)) return { kind: 'traceback' };
  if (FRAME.test(body)) return { kind: 'frame' };
  if (body.includes('^') && CARETS.test(body)) return { kind: 'code' };
  if (body.includes('following exception')) {
    if (DIRECT.test(body)) return { kind: 'chain-direct' };
    if (INNER.test(body)) return { kind: 'chain-inner' };
  }
  if (body.includes('another exception') && HANDLING.test(body)) return { kind: 'chain-handling' };
  if (SUPPRESSED.test(body)) return { kind: 'suppressed' };
  const exception = EXCEPTION.exec(body)?.[1];
  if (CAUSED_BY.test(body)) return exception === undefined ? { kind: 'caused-by' } : { kind: 'caused-by', exception };
  return exception === undefined ? { kind: 'text' } : { kind: 'exception', exception };
}

const MESSAGE_KEYS = [
  'message',
  'messages',
  'msg',
  'event',
  'log',
  'error',
  'err',
  'detail',
  'reason',
  'textpayload',
  '@message',
  'body',
  'exception',
  'exc_info',
  'stack',
  'stack_trace',
  'stacktrace',
  'traceback',
  'error_message',
  'errormessage',
  'error_detail',
  'error.message',
  'error.stack_trace',
  'exception.message',
  'exception.stacktrace',
  'cause',
];
const LEVEL_KEYS = ['level', 'severity', 'lvl', 'levelname', 'log_level', '@level', 'log.level', 'severitytext'];
const JSON_LINES_MAX = 400;
const JSON_DEPTH_MAX = 4;

/** `exc_type` and `exc_value` (structlog, Airflow 3), `type` and `message` (ECS): the class of what was raised, and its words. */
function raisedIn(node: object): string | undefined {
  for (const [type, value] of [
    ['exc_type', 'exc_value'],
    ['type', 'message'],
    ['errorType', 'errorMessage'],
    ['error.type', 'error.message'],
    ['exception.type', 'exception.message'],
  ] as const) {
    const found: unknown[] = [type, value].map((key) => Object.entries(node).find(([name]) => name === key)?.[1]);
    if (found.every((part) => typeof part === 'string') && /(?:Error|Exception)$/.test(String(found[0])))
      return found.join(': ');
  }
  return undefined;
}

/** What is JSON, an object or a list of them. */
function parsed(text: string): object | undefined {
  const first = text.charCodeAt(0);
  if (!(first === 123 /* { */ || (first === 91 /* [ */ && text.startsWith('[{'))) || !text.includes('":'))
    return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The texts of a line of JSON, each line of them a line of the log; none when it is not JSON or says nothing. */
function fromJson(no: number, text: string): LogLine[] {
  const value = parsed(text);
  if (value === undefined) return [];
  const texts: string[] = [];
  let level: string | undefined;
  const walk = (node: unknown, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > JSON_DEPTH_MAX) return;
    const raised = raisedIn(node);
    if (raised !== undefined) texts.push(raised);
    for (const [key, entry] of Object.entries(node)) {
      const name = key.toLowerCase();
      if (typeof entry === 'string') {
        if (LEVEL_KEYS.includes(name)) level ??= entry.toUpperCase();
        else if (MESSAGE_KEYS.includes(name) && entry !== '') {
          const nested = parsed(entry.trim());
          if (nested === undefined) texts.push(entry);
          else walk(nested, depth + 1);
        }
      } else if (MESSAGE_KEYS.includes(name) && Array.isArray(entry) && entry.every((item) => typeof item === 'string'))
        texts.push(...entry.slice(0, JSON_LINES_MAX));
      else if (Array.isArray(entry)) for (const item of entry.slice(0, 50)) walk(item, depth + 1);
      else walk(entry, depth + 1);
    }
  };
  walk(value, 0);
  const known = (
    {
      DEBUG: 'debug',
      TRACE: 'debug',
      INFO: 'info',
      WARN: 'warn',
      WARNING: 'warn',
      ERROR: 'error',
      FATAL: 'fatal',
      CRITICAL: 'fatal',
    } as const
  )[level ?? ''];
  return texts
    .flatMap((entry) => entry.split('\n'))
    .slice(0, JSON_LINES_MAX)
    .map((entry) => {
      const shape = shapeOf(entry);
      return {
        ...shape,
        ...(shape.level === undefined && known !== undefined ? { level: known } : {}),
        no,
        logged: true,
        ...kindOf(shape.body),
      };
    });
}
