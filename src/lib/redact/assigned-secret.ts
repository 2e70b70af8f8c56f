/**
 * Finds values that a line assigns to a name which says "secret": `password=…`, `"api_key": "…"`, `--token …`, `<Pwd>…</Pwd>`.
 * Reads the line by hand, forwards, from the places where a part of such a name stands, so its time is linear in the line.
 */
export interface Assigned {
  start: number;
  end: number;
}

/** Parts of names to look for; every name in {@link SECRET_NAMES} has one. */
export const NAME_PARTS = ['pass', 'pwd', 'pswd', 'secret', 'token', 'key', 'credential'] as const;

/** What a name ends with, lower case, letters and digits only: `AIRFLOW__CORE__FERNET_KEY` ends with `fernetkey`. */
// biome-ignore format: a list of words
const SECRET_NAMES = [
  'password', 'passwd', 'passphrase', 'passcode', 'pass', 'pwd', 'pswd', 'secret', 'secrets', 'token', 'credential', 'credentials',
  'apikey', 'accesskey', 'accountkey', 'secretkey', 'privatekey', 'signingkey', 'encryptionkey', 'encryptkey', 'fernetkey', 'masterkey',
  'authkey', 'clientkey', 'storagekey', 'subscriptionkey', 'licensekey', 'consumerkey', 'sharedaccesskey', 'sshkey', 'passkey', 'secretid',
  'apitoken', 'sastoken', 'sharedkey', 'webhookkey', 'servicekey', 'appkey', 'routingkey', 'integrationkey', 'deploykey', 'hmackey', 'jwtkey',
  'keypassword', 'secretvalue', 'passwordvalue', 'apikeys', 'passwort',
];
/** Names that end like a secret's and are none. */
const HARMLESS_NAMES =
  /^(?:primary|foreign|partition|sort|cluster|surrogate|unique|natural|business|idempotency|public|dedup)\w*key$|^(?:by|no)?pass$|askpass$/;
/** A page's, a count's, a parser's token, and nobody's secret; read with `_` between the words. */
const OTHER_TOKEN =
  /(?:^|[^a-z])(?:next|page|continuation|max|num|n|total|prompt|completion|unexpected|invalid|stop|pad|eos|bos|sync|resume|cancellation|eof|end|start)_?token$/;
const NAME_MAX = 80;
const VALUE_MAX = 2_000;

/** What stands where a secret would, and is none. */
const HARMLESS_WORDS = new Set(
  (
    'yes no true false none null nil undefined unset empty missing invalid expired required optional redacted hidden masked string str int bytes nan set not is was has and or ' +
    'the a an for in of to from with by on at must should cannot could may provided specified found error authentication failed wrong incorrect unknown default env self value ' +
    'values file type name id key password token secret secrets credentials object list dict class function method unexpected unauthorized denied required. optional. default.'
  ).split(' '),
);
const MASK = /^[*x•.#_-]+$|\*{3}/i;
const REFERENCE =
  /^(?:\$|%[({]|[<({[]|\{\{|(?:os|process|config|settings|self|env|secrets|conf|args|kwargs|params|creds?|options|var|dbutils|vault|ssm|request|kubernetes)[.[])|^[A-Za-z_][\w.]*\(/;

const bareOf = (value: string): string => value.replace(/^["']|["',;.]+$/g, '');

/** Whether a value is a mask or a reference, so that the secret itself does not stand there. */
export function isHidden(value: string): boolean {
  const bare = bareOf(value);
  return bare.length < 3 || MASK.test(bare) || REFERENCE.test(bare) || bare.startsWith('[redacted');
}

/** Whether a value is a placeholder, a mask or a reference, and so may stay. */
export function isHarmless(value: string): boolean {
  const bare = bareOf(value);
  return isHidden(value) || HARMLESS_WORDS.has(bare.toLowerCase()) || /^\d{1,3}$/.test(bare);
}

/** What a parser calls a token is a word that it met, and nobody's secret. */
const PARSED_TOKEN = /\b(?:un)?(?:expected|recogni[sz]ed|known) $|\b(?:illegal|near|offending) $/i;

/** The name of a secret, which AWS puts after the word: `arn:aws:secretsmanager:eu-west-1:4242:secret:dwh-Ab12Cd`. */
const OF_AN_ARN = /\barn:[\w-]*:secretsmanager:[\w-]*:\d*:$/i;

/** `ExpiredToken: "…"`, `validating token: "…"`: the name of an error, or a word within a sentence. */
const OF_AN_ERROR = /^(?:[\w.]*\.)?(?:invalid|expired|malformed|missing|unknown|wrong|bad|revoked)\w*$/i;
/** Words that hold a sentence together; a passphrase has few of them. */
const SENTENCE_WORDS =
  /^(?:the|a|an|is|are|was|were|be|been|has|have|had|not|no|to|of|for|in|on|by|at|it|this|that|your|and|or|could|can|cannot|must|should|does|did|before|after|from|with|please)$/i;
const SENTENCE_WORDS_MIN = 4;

/** Whether what is quoted after a colon is a sentence about the secret. After a key at the start of a line it may be a passphrase. */
function isSentence(line: string, name: Assigned, { start, end }: Assigned): boolean {
  const isQuoted = QUOTES.includes(line[start - 1] ?? ' ');
  if (!isQuoted || line[name.end] !== ':') return false;
  if (/^[\s"'-]*$/.test(line.slice(0, name.start)) && !OF_AN_ERROR.test(line.slice(name.start, name.end))) return false;
  const words = line.slice(start, end).split(' ');
  const isWord = (word: string) => /^[A-Za-z'’(-]{1,24}[),.;:!?]?$/.test(word);
  return (
    words.length >= SENTENCE_WORDS_MIN &&
    words.every(isWord) &&
    words.filter((word) => SENTENCE_WORDS.test(word)).length >= 2
  );
}

/** @param partEnds for every place where one of {@link NAME_PARTS} ends: the offset after it */
export function assignedSecrets(line: string, partEnds: readonly number[]): Assigned[] {
  const found: Assigned[] = [];
  let from = 0;
  for (const partEnd of partEnds) {
    if (partEnd <= from) continue;
    const name = nameAround(line, partEnd);
    if (name === undefined) continue;
    from = name.end;
    const word = line.slice(name.start, name.end);
    const isNamed = isSecretName(word) || isTwoWords(line, name);
    if (!isNamed && !/key$/i.test(word)) continue;
    if (/token$/i.test(word) && PARSED_TOKEN.test(line.slice(Math.max(0, name.start - 16), name.start))) continue;
    if (/^secret$/i.test(word) && OF_AN_ARN.test(line.slice(Math.max(0, name.start - 80), name.start))) continue;
    const value = valueAfter(line, name);
    if (value === undefined || isSentence(line, name, value)) continue;
    // Any other key (`cache_key`, `x-functions-key`) is one only by the look of its value.
    if (!isNamed && !LOOKS_RANDOM.test(line.slice(value.start, value.end))) continue;
    const text = line.slice(value.start, value.end);
    if (
      isHarmless(text) ||
      text.toLowerCase() === word.toLowerCase() ||
      isCall(line, value) ||
      (/pwd$/i.test(line.slice(name.start, name.end)) && text.startsWith('/'))
    )
      continue;
    found.push(value);
    from = value.end;
  }
  return found;
}

function isNameChar(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 45 ||
    code === 46
  );
}

function nameAround(line: string, partEnd: number): Assigned | undefined {
  let start = partEnd;
  while (start > 0 && partEnd - start < NAME_MAX && isNameChar(line.charCodeAt(start - 1))) start--;
  let end = partEnd;
  while (end < line.length && end - partEnd < NAME_MAX && isNameChar(line.charCodeAt(end))) end++;
  return end - start > NAME_MAX ? undefined : { start, end };
}

/** `api key`, `Account Key`: the last word alone says nothing. */
function isTwoWords(line: string, name: Assigned): boolean {
  if (!/^key$/i.test(line.slice(name.start, name.end))) return false;
  return /(?:^|[^a-z])(?:api|access|secret|account|private|encryption|auth|storage|licen[cs]e|signing|shared|admin) $/i.test(
    line.slice(Math.max(0, name.start - 12), name.start),
  );
}

const LOOKS_RANDOM = /^(?:[a-f0-9]{32,}|(?=[^\s]*\d)(?=[^\s]*[a-z])(?=[^\s]*[A-Z])[A-Za-z0-9+/=_-]{24,200})$/;

export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (plain.endsWith('token') && OTHER_TOKEN.test(inWords(name))) return false;
  return SECRET_NAMES.some((secret) => plain.endsWith(secret)) && (!HARMLESS_NAMES.test(plain) || plain === 'pass');
}

/** `nextPageToken`, `NEXT-PAGE-TOKEN`: `next_page_token`. */
function inWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/** `token = fetch_token(…)`: code, which names no secret. The shell's `PWD=/srv` is a folder. */
function isCall(line: string, { start, end }: Assigned): boolean {
  return line[end] === '(' && /^[A-Za-z_][\w.]*$/.test(line.slice(start, end));
}

const QUOTES = `"'\``;
/** Ends a value that has no quotes: it stands in a URL's query, a JDBC or ODBC string, a list of arguments, a log line. */
const BARE_END = /[\s&;,"'<>(){}|`\\]/g;

function valueAfter(line: string, name: Assigned): Assigned | undefined {
  const isFlag = line.slice(Math.max(0, name.start - 2), name.start + 2).includes('--');
  let at = name.end;
  // The name's own closing quote or bracket, in JSON (maybe escaped), Python and `conf["x"]`.
  while (at < line.length && at - name.end < 8 && `\\"'\`])`.includes(line[at] ?? '')) at++;
  const quotedName = at > name.end;
  const spaces = skipSpaces(line, at);
  const sign = /^(?:=>|->|:=|==?|:|>)/.exec(line.slice(spaces, spaces + 2))?.[0];
  if (sign === undefined) {
    if (isFlag && spaces > at) return bareValue(line, spaces);
    return quotedName || spaces === at ? undefined : spokenValue(line, spaces);
  }
  if (sign === '==' || (sign === '>' && line[name.start - 1] !== '<')) return undefined;
  at = skipSpaces(line, spaces + sign.length);
  // A prefix of a Python string: b'…', u"…".
  if (/^[urbf]{1,2}["']/i.test(line.slice(at, at + 3))) at += line.slice(at).search(/["']/);
  while (line[at] === '\\') at++;
  const quote = line[at];
  if (quote !== undefined && QUOTES.includes(quote)) return quotedValue(line, at + 1, quote);
  const value = bareValue(line, at);
  if (value === undefined) return undefined;
  if (sign !== ':' && sign !== '->') return value;
  return quotedName || isFlag || isPlainlySecret(line, name, value) ? value : undefined;
}

/** `password "…"`, `password is …`: prose, so only what cannot be a word. */
function spokenValue(line: string, from: number): Assigned | undefined {
  let start = /^(?:is|was) /i.test(line.slice(from, from + 4)) ? from + line.slice(from).indexOf(' ') + 1 : from;
  while (line[start] === '\\') start++;
  const quote = line[start] ?? '';
  if (quote !== '' && `"'\``.includes(quote)) {
    const value = quotedValue(line, start + 1, quote);
    return value !== undefined && looksMade(line.slice(value.start, value.end)) ? value : undefined;
  }
  const value = start > from && line[from] !== '\\' ? bareValue(line, start) : undefined;
  return value !== undefined && looksMade(line.slice(value.start, value.end)) ? value : undefined;
}

function looksMade(value: string): boolean {
  return value.length >= 6 && /[0-9!@#$%^&*+~]/.test(value) && /[A-Za-z]/.test(value) && !/[\s/.]/.test(value);
}

function skipSpaces(line: string, from: number): number {
  let at = from;
  while (at < line.length && at - from < 8 && (line[at] === ' ' || line[at] === '\t')) at++;
  return at;
}

function quotedValue(line: string, start: number, quote: string): Assigned | undefined {
  let end = start;
  while (end < line.length && end - start < VALUE_MAX) {
    // An escaped quote may close a value in JSON within JSON, or be part of it: the secret ends no earlier than the next quote.
    if (line[end] === quote && (line[end - 1] !== '\\' || line[start - 2] === '\\')) break;
    end++;
  }
  if (line[end - 1] === '\\' && line[start - 2] === '\\') end--;
  return end > start ? { start, end } : undefined;
}

function bareValue(line: string, start: number): Assigned | undefined {
  BARE_END.lastIndex = start;
  const end = BARE_END.exec(line)?.index ?? line.length;
  return end - start >= 3 ? { start, end: Math.min(end, start + VALUE_MAX) } : undefined;
}

/** After a colon without quotes there may be prose: only what cannot be a word, or what is all that the line says, is a secret. */
function isPlainlySecret(line: string, name: Assigned, { start, end }: Assigned): boolean {
  const value = line.slice(start, end);
  if (/[0-9!@#$%^*+~=]/.test(value) && /[A-Za-z]/.test(value) && value.length >= 5) return true;
  return line.slice(end).trim() === '' && /^[\s"'-]*$/.test(line.slice(0, name.start)) && value.length >= 4;
}

/** For the tests: lines that must lose the part in `<…>` (see secret-kinds.ts for how to read it). */
export const assignedExamples: readonly string[] = [
  '"db_password": "<a4> <a6>!"',
  "connect(user='etl', password='<a10>')",
  'jdbc:sqlserver://db.example:1433;databaseName=dwh;user=etl;password=<a12>;encrypt=true',
  'jdbc:postgresql://db.example/dwh?user=etl&password=<a12>&ssl=true',
  'Driver={ODBC Driver 18};Server=db.example;UID=etl;PWD=<a12>;',
  'AIRFLOW__CORE__FERNET_KEY=<s43>=',
  'sasl.jaas.config=org.acme.Login required username="etl" password="<a12>";',
  'sasl.password = <a16>',
  'SNOWFLAKE_PASSWORD: Tr<d2>a<a8>',
  '  password: <a12>',
  'spark-submit --password <a10> job.py',
  '{\\"client_secret\\": \\"<a24>\\"}',
  'PGPASSWORD=<a10> psql -h db.example',
  '<Password><a12></Password>',
  'conf["api_key"] = "<a24>"',
  'Dagster-Cloud-Api-Token: <h32>',
  'client_secret=<a20>&grant_type=client_credentials',
  'login with the api key: <a32>',
  'x-functions-key: <a52>==',
  'could not sign in with password "<a12>"',
  'the password is <a12> for now',
  'fs.acme.secret.key -> <s40>',
  'Passwort: <a12>',
];
