import { createHash } from 'node:crypto';
import type { LogLine } from './log-line';

/**
 * What stays the same when the same thing goes wrong again: the cause in lower case, with everything that changes from run to run
 * replaced. Names of things to fix (tables, columns, modules, keys, settings, hosts) stay.
 * The patterns run on one line of bounded length and have no nested repeats.
 */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\[redacted:\w+\]/g, '<secret>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8,12}/gi, '<id>'],
  // What a product calls one run: a number of its own, a name that it makes up, the machine that it ran on.
  [
    /\b(?:run|query|request|job|step|trace|session|statement|execution|instance|pod|container|operation|correlation|invocation|topology|message)?[_ ]?id['"]?\s*[:=]\s*['"]?(?=[\w-]{0,80}\d)[\w-]{4,80}/gi,
    '<id>',
  ],
  [/\bflow run ['"][^'"]{1,80}['"]/gi, 'flow run'],
  [/\b(task run ['"][^'"]{1,80}?)-[0-9a-f]{1,8}(?:-\d{1,5})?['"]/gi, '$1'],
  [/\bhostname['"]: ['"][^'"]{1,120}['"]/gi, 'hostname'],
  [/\b\d{4}-\d\d-\d\d(?:[T_ ]\d\d[:_]?\d\d[:_]?\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?/g, '<time>'],
  [/\b\d{4}\/\d\d\/\d\d\b/g, '<time>'],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g, '<time>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '<ip>'],
  [/\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b/gi, '<ip>'],
  [/\bip-\d+-\d+-\d+-\d+\b/g, '<ip>'],
  // Trino's and Presto's name of a query.
  [/\b\d{8}_\d{6}_\d{5}_[0-9a-z]{5}\b/g, '<id>'],
  // What Kubernetes puts behind the name of a job, a deployment and their pods.
  [/\b([a-z][a-z0-9-]{1,60}?)-(?:\d{7,10}|[0-9a-f]{8,10})-[a-z0-9]{5}\b/g, '$1'],
  [/(\bpod[s/: "']{1,4}[a-z][a-z0-9-]{1,60})-(?=[a-z]{0,9}\d)[a-z0-9]{5,10}\b/gi, '$1'],
  [/0x[0-9a-f]+/gi, '<id>'],
  [
    /\b\d+(?:[.,]\d+)?\s?(?:[KMGTP]i?B|bytes?|ms|millis\w*|secs?|seconds?|s|mins?|minutes?|m|hours?|h|days?|rows?)\b/gi,
    '<size>',
  ],
  // Spark's column ids and object hashes: qty#12, Object@1f2e3d
  [/#\d+L?\b/g, ''],
  [/@[0-9a-f]{5,}\b/gi, '@<id>'],
  // A folder changes with the machine, the file's name is what is missing; the host of an address stays.
  [
    /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\\/\s'"`]+)|(?:[A-Za-z]:)?(?:[\\/]{1,2}[^\\/\s'"`:;,)(\]}<>|]+)+[\\/]{1,2}(?=[^\\/\s'"`]+)/g,
    '$1/',
  ],
  [/\b(?:[a-z]+[-_])?(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{12,}\b/gi, '<id>'],
  [/\b[0-9a-f]{7,}\b/gi, '<id>'],
];
/**
 * Numbers that name the fault and so stay: `ERROR 1045`, `ORA-00942`, `Errno 111`, `HTTP 403`, `exit code 137`, `(503)`, and the
 * port of a service (not one that the system picks for a client, from 32768 up).
 */
const CODE =
  /\b(?:ORA-|Errno |WinError |AADSTS|SQLSTATE[ :=]*|HTTP\/?[\d.]* ?|(?:exit|return|error|status|response)(?:ed)?(?: with)?[ _]?(?:code|status)?[ :=]*|Code: |ERROR |\((?=[45]\d\d\)))(\d{3,6})\b|(?:\bport[ :="']{1,3}|(?<!\.(?:py|java|scala|kt|js|ts|sql|R|cc|go|c)|line|\bpid|\btid|\bid|\brow|\bjob|\btask|\bprocess|\bstep|\battempt)(?<=[\w>\]]):)(\d{4,5})\b/gi;
/** `orders_v2`, `col7`: in a name that is quoted, or told as one, one or two digits after a letter belong to the name. */
const QUOTED_NAME =
  /[`'"“‘]([A-Za-z_][\w.]*)[`'"”’]|\b(?:table|column|relation|view|schema|model|dataset|object|field|topic|index|database|module) [A-Za-z_][\w.]{0,120}/gi;
const NAME_DIGITS = /(?<=[A-Za-z_])\d{1,2}(?!\d)/g;
const DIGIT_LETTERS = 'ghijklmnop';
const WRAPPINGS = [
  /^.*\bmost recent failure: .*?executor [\w-]+\): /i,
  /^\s*(?:\*\*)?(?:caused by:? |exception in thread "[^"]*" |uncaught exception: |root cause: )/i,
  /^(?:[\w$]+\.)*(?:ExecutionException|CompletionException|UndeclaredThrowableException|InvocationTargetException|RuntimeException|AirflowException|SparkException): (?=[\w$.]+(?:Exception|Error): )/,
  /^(?:[\w$]+\.)*\w+(?:Error|Exception): (?=\([\w.]{1,200}\) )/,
  // SQLAlchemy and others put the driver's class in brackets before its words.
  /^\((?:[a-z_]\w*\.){1,6}[A-Z]\w*\) (?=.{12})/,
  // What py4j puts before what the JVM raised.
  /^: (?=[\w$.]{1,200}(?:Exception|Error): )/,
  // A row of Kubernetes' events: its age, its kind and who tells it.
  /^\s*(?:\d+[smhd]\w*\s+)?(?:Warning|Normal)\s+[A-Z]\w+\s+(?:(?:\d+[smhd]\w*|<\w+>)(?: \(x\d+ over \w+\))?\s+)?(?:[a-z][\w-]*(?:, [\w.-]+)?|\w+\/[\w.-]+)\s+/,
];
/** The class of what was raised is left out where its words are enough; the same words come with it and without it. */
const CLASS = /^(?:[\w$]+\.)*\w+(?:Error|Exception|Warning|Failure|Fault|Timeout|Denied|NotFound|Violation): (?=.{30})/;
/** What a database driver raises is told by the database's own words. */
const DRIVER_CLASS =
  /^(?:(?:psycopg\w*|asyncpg|pymysql|MySQLdb|mysql|sqlite3|cx_Oracle|oracledb|pyodbc|duckdb|snowflake|redshift_connector|trino|pg8000)\.(?:\w+\.)*\w+|Undefined\w+|Duplicate\w+|Invalid[A-Z]\w+|NotNullViolation|DeadlockDetected|BadCopyFileFormat): (?=.{12})/;
const TEXT_MAX = 600;
/** Systems give these to the client’s end of a connection. */
const CLIENT_PORTS = 32_768;

/** @param cause one redacted line; @param context what tells two poor causes apart, e.g. the innermost place in the code */
export function fingerprintOf(cause: string, context = ''): string {
  return createHash('sha256')
    .update(`${normalised(cause)}\n${normalised(context)}`)
    .digest('hex')
    .slice(0, 16);
}

function normalised(cause: string): string {
  let text = cause.slice(0, 4 * TEXT_MAX);
  for (let round = 0; round < 3; round++) for (const wrapping of WRAPPINGS) text = text.replace(wrapping, '');
  text = text.replace(DRIVER_CLASS, '').replace(CLASS, '');
  const codes: string[] = [];
  for (const [pattern, instead] of VOLATILE) text = text.replace(pattern, instead);
  text = text.replace(CODE, (whole, code: string | undefined, port: string | undefined) => {
    if (port !== undefined && Number(port) >= CLIENT_PORTS) return whole;
    codes.push(code ?? port ?? '');
    return `${whole.slice(0, whole.length - (code ?? port ?? '').length)}<code>`;
  });
  // Written as letters, so that what takes the other digits out leaves them.
  text = text.replace(QUOTED_NAME, (name) =>
    name.replace(NAME_DIGITS, (digits) => `~${[...digits].map((digit) => DIGIT_LETTERS[Number(digit)]).join('')}`),
  );
  text = text.replace(/\d+(?:[.,]\d+)*/g, '#');
  return `${text
    .toLowerCase()
    .replace(/[*`'"“”‘’]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, TEXT_MAX)} ${codes.join(' ')}`.trim();
}

/** A cause whose words name nothing: `list index out of range` in two programs is two things to fix. */
const POOR_WORDS_MAX = 6;
const NAMES_SOMETHING = /[`'"“‘][\w./:-]{2,}[`'"”’]|[\w-]+\.[\w-]+\.[\w.-]+:\S|\/[\w-]+|[a-z0-9]+_[a-z0-9_]+/i;
const OUR_FRAME = /^\s*File "([^"]+)", line \d+(?:, in (\S+))?/;
const LIBRARY =
  /site-packages|dist-packages|\/lib\/python|<frozen|<string>|importlib|\bairflow\/(?:models|utils|operators|providers|task)/;
const FRAMES_BACK = 40;

/** dbt tells how many rows failed; which test it was stands in the heading above. */
const ROWS_FAILED = /^\s*Got \d+ results?, configured to/;
const TEST_HEADING = /(?:Failure|Warning|Error) in (?:unit_)?test (\S{1,300})/i;
const HEADING_LINES = 3;

/** The innermost place of the person's own code above a poor cause; empty where the cause speaks for itself. */
export function contextOf(lines: readonly LogLine[], at: number): string {
  const cause = (lines[at]?.body ?? '').slice(0, TEXT_MAX);
  if (ROWS_FAILED.test(cause)) {
    const above = lines.slice(Math.max(0, at - HEADING_LINES), at).map(({ body }) => TEST_HEADING.exec(body)?.[1]);
    return above.findLast((name) => name !== undefined) ?? '';
  }
  const message = cause.slice(cause.indexOf(':') + 1);
  const isSyntax = /\b(?:SyntaxError|IndentationError|TabError)\b/.test(cause);
  if (!isSyntax && (NAMES_SOMETHING.test(message) || message.split(/\s+/).length > POOR_WORDS_MAX)) return '';
  for (let back = at - 1; back >= 0 && back > at - FRAMES_BACK; back--) {
    const frame = OUR_FRAME.exec(lines[back]?.body ?? '');
    if (frame === null || LIBRARY.test(frame[1] ?? '')) continue;
    return `${(frame[1] ?? '').split(/[\\/]/).at(-1)} ${frame[2] ?? ''}`;
  }
  return '';
}
