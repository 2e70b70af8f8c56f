import { createRedactor, secretKinds } from '../../../src/lib/redact';
import { assignedExamples } from '../../../src/lib/redact/assigned-secret';
import { expandExample } from './example';

const redactor = createRedactor();

describe('createRedactor', () => {
  const examples = [...secretKinds, ...assignedExamples.map((example) => ({ kind: 'password', example }))];
  it.each(examples.map((kind) => ({ ...kind, title: `${kind.kind}: ${kind.example}` })))(
    'takes out $title',
    ({ kind, example }) => {
      const { text, made } = expandExample(example);
      const { text: clean, redactions } = redactor.redact(text);
      expect(clean).toContain('[redacted:');
      expect(Object.values(redactions).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
      if (kind !== 'email') expect(made.filter((value) => value.length >= 6 && clean.includes(value))).toEqual([]);
    },
  );

  it.each<[string, (text: string) => string]>([
    ['a log line', (text) => `[2026-03-09T04:00:00.000+0000] {subprocess.py:93} INFO - ${text}`],
    ['a sentence', (text) => `Failed to connect with ${text} (attempt 2 of 3): access denied`],
    ['JSON', (text) => JSON.stringify({ level: 'error', message: text })],
    ['JSON within JSON', (text) => JSON.stringify({ log: JSON.stringify({ message: text }) })],
    ['a very long line', (text) => `${'x'.repeat(16_200)} ${text} ${'y'.repeat(9_000)}`],
  ])('takes out every kind of secret that is planted in %s', (_, plant) => {
    const leaks = examples.flatMap(({ kind, example }) => {
      const { text, made } = expandExample(example);
      if (text.includes('\n') || kind === 'email') return [];
      const clean = redactor.redact(plant(text)).text;
      return made.some((value) => value.length >= 8 && clean.includes(value)) ? [`${kind}: ${example}`] : [];
    });
    expect(new Set(examples.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(60);
    expect(leaks).toEqual([]);
  });

  it.each([
    "ERROR 1045 (28000): Access denied for user 'etl'@'db.example' (using password: YES)",
    'FATAL:  password authentication failed for user "etl"',
    "KeyError: 'password'",
    'google.auth.exceptions.RefreshError: Token has been expired or revoked.',
    "load.sh: line 4: syntax error near unexpected token `fi'",
    "jinja2.exceptions.TemplateSyntaxError: expected token 'end of print statement', got 'orders'",
    'Done. PASS=128 WARN=0 ERROR=1 SKIP=0 TOTAL=129',
    'ERROR:  duplicate key value violates unique constraint "orders_pkey"',
    'DETAIL:  Key (order_id)=(77120) already exists.',
    'primary_key=order_id, sort_key: created_at, partition_key=day',
    'next_token: 1234567890abcdef, max_tokens=4096',
    'password=***, token=${API_TOKEN}, secret={{ var.value.secret }}, api_key=os.environ["API_KEY"]',
    '    credential = parse_connection(text, credential)',
    'akka.tcp://driver@ip-10-0-0-7.compute.internal:4040 is gone',
    'git@git.example:acme/etl.git: Permission denied (publickey).',
    'npm ERR! acme-tools@1.2.3: not found',
    'PWD=/srv/airflow OLDPWD=/ SHLVL=1',
    'com.acme.Loader$Task@1f2e3d4c[Not completed]',
    'Secret "dwh-credentials" not found',
    'invalid token: expected a string',
    'SSH key: not set',
    "ValueError: could not read the token: 'it was issued for a tenant that is not known here'",
    "ExpiredToken: 'The security token included in the request is expired'",
    "JsonParseException: Unrecognized token 'PX7712': was expecting ('true', 'false' or 'null')",
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 is not the digest',
    'commit 3f2a9c1d7e5b4a60f1c2d3e4b5a697887766554433 is on main',
    'org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment. Call: describeTopics',
  ])('leaves alone: %s', (line) => {
    expect(redactor.redact(line)).toEqual({ text: line, redactions: {} });
  });

  it.each(['secret', 'password', '123', 'token'])('takes %s for a password where an address has one', (word) => {
    expect(redactor.redact(`no answer of postgres://etl:${word}@db.example/dwh`).text).toBe(
      'no answer of postgres://etl:[redacted:url_password]@db.example/dwh',
    );
  });

  it.each(['${DB_PASSWORD}', '***', '{{ conn.password }}'])('leaves %s in an address', (hidden) => {
    const line = `no answer of postgres://etl:${hidden}@db.example/dwh`;
    expect(redactor.redact(line)).toEqual({ text: line, redactions: {} });
  });

  it.each([
    'password: "my dog sleeps in the house of a friend"',
    '{"token": "the horse is not in the house"}',
    'passphrase="it is not to be told"',
    "Invalid password: 'tea4two&2four'",
  ])('takes out a sentence that may be a passphrase: %s', (line) => {
    expect(redactor.redact(line).text).toContain('[redacted:password]');
  });

  it('takes out a private key over many lines, and keeps the number of lines', () => {
    const body = Array.from({ length: 5 }, () => expandExample('<s64>').text);
    const text = [
      'before',
      '-----BEGIN RSA PRIVATE KEY-----',
      'Proc-Type: 4,ENCRYPTED',
      '',
      ...body,
      '-----END RSA PRIVATE KEY-----',
      'after',
    ].join('\n');
    const { text: clean } = redactor.redact(text);
    expect(clean.split('\n')).toHaveLength(text.split('\n').length);
    for (const line of body) expect(clean).not.toContain(line);
    expect(clean.startsWith('before\n')).toBe(true);
    expect(clean.endsWith('\nafter')).toBe(true);
  });

  it('goes on after a private key whose end was cut off', () => {
    const { text } = redactor.redact(
      `-----BEGIN PRIVATE KEY-----\n${expandExample('<s64>').text}\nthe next line of the log says more`,
    );
    expect(text).toContain('the next line of the log says more');
  });

  it('takes out what a rule of one’s own names, by its first group', () => {
    const own = createRedactor([{ kind: 'employee', pattern: 'employee=(\\d+)' }]);
    expect(own.redact('row employee=77120 failed')).toEqual({
      text: 'row employee=[redacted:employee] failed',
      redactions: { employee: 1 },
    });
  });

  it('says which pattern of one’s own is not valid', () => {
    expect(() => createRedactor([{ kind: 'x', pattern: '(?<=a)b' }])).toThrow('not a valid RE2 pattern: (?<=a)b');
  });

  it('counts by kind', () => {
    const { text } = expandExample('user=a password=<a12> and password=<a14>, mail dana.lee@data.example');
    expect(redactor.redact(text).redactions).toEqual({ password: 2, email: 1 });
  });

  it('finds a secret anywhere in a line of a megabyte, in bounded time', () => {
    const { text, made } = expandExample('ghp_<a36>');
    const line = `${'x '.repeat(300_000)}${text} ${'y '.repeat(300_000)}`;
    const began = performance.now();
    expect(redactor.redact(line).text).not.toContain(made[0]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
