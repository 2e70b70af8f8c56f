import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { runCli } from '../../src/cli/main';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitcrew-diagnose-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function diagnose(words: string[], stdin = '', env: Record<string, string> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const said = Promise.all([text(stdout), text(stderr)]);
  const io = {
    env: { PITCREW_CONFIG: devNull, LOG_LEVEL: 'silent', ...env },
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
  };
  const code = await runCli(['diagnose', ...words], io);
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { code, out, err };
}

const log =
  'row 1 stored\nERROR:  relation "stage.orders" does not exist, asked with password=hunter2hunter2\nrow 2 left out\n';

describe('pitcrew diagnose', () => {
  it('tells a person the cause, its line, what to do and what was taken out', async () => {
    const { code, out, err } = await diagnose([], log);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Missing table or column');
    expect(out).toContain(
      '▶  2 │ ERROR:  relation "stage.orders" does not exist, asked with password=[redacted:password]',
    );
    expect(out).toContain('Next step');
    expect(out).toContain('1 × password');
    expect(out).not.toContain('hunter2');
    expect(out).not.toContain('\u001b');
  });

  it('reads files, and names each where there are several', async () => {
    writeFileSync(join(folder, 'a.log'), log);
    writeFileSync(join(folder, 'b.log'), 'OSError: [Errno 28] No space left on device');
    const { code, out } = await diagnose([join(folder, 'a.log'), join(folder, 'b.log')]);
    expect(code).toBe(0);
    expect(out).toMatch(/Missing table or column {2}\S+a\.log[\s\S]+Disk full {2}\S+b\.log/);
  });

  it('reads a gzip file as it is, and says when its packing is broken', async () => {
    const packed = gzipSync(log);
    writeFileSync(join(folder, 'c.log.gz'), packed);
    writeFileSync(join(folder, 'broken.gz'), packed.subarray(0, packed.length - 12));
    expect((await diagnose([join(folder, 'c.log.gz')])).out).toContain('Missing table or column');
    const broken = await diagnose([join(folder, 'broken.gz')]);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain('its gzip packing is broken');
  });

  it('says that there is nothing in an empty log', async () => {
    expect(await diagnose([], '')).toEqual({ code: 0, out: 'There is nothing in this log.\n', err: '' });
  });

  it('says of a program or a packed file that it is not a text log, and shows nothing of it', async () => {
    writeFileSync(
      join(folder, 'program.bin'),
      Buffer.from(Array.from({ length: 9_000 }, (_, at) => (at * 89 + 7) % 256)),
    );
    const { code, out } = await diagnose([join(folder, 'program.bin')]);
    expect([code, out]).toEqual([
      0,
      'This is not a text log. Give the log as text: what was read is a program, a picture or a packed file.\n',
    ]);
    const [answer] = (await diagnose(['--json', join(folder, 'program.bin')])).out.split('\n');
    expect(JSON.parse(answer ?? '')).toMatchObject({ category: 'unknown', retryable: 'maybe', root_cause_line: '' });
  });

  it('answers lines of JSON in their order, with exactly the agreed keys', async () => {
    const lines = [
      { id: 'a', log },
      { id: 7, log: 'the sun rose' },
    ];
    const { code, out } = await diagnose(['--jsonl'], lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(code).toBe(0);
    const [first, second] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toEqual({
      id: 'a',
      category: 'missing_table_or_column',
      retryable: 'after_change',
      owner_side: 'user_code',
      root_cause_line: 'ERROR:  relation "stage.orders" does not exist, asked with password=[redacted:password]',
      root_cause_line_no: 2,
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      excerpt: expect.stringContaining('row 1 stored\nERROR:'),
      redactions: { password: 1 },
      confidence: expect.any(Number),
    });
    expect(second).toMatchObject({
      id: 7,
      category: 'unknown',
      retryable: 'maybe',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('answers the other lines when one is no question, and ends with 1', async () => {
    const { code, out, err } = await diagnose(
      ['--jsonl'],
      `{"id":"a","log":"Connection refused"}\nnot json\n{"id":"b"}\n{"id":"c","log":"x"}\n`,
    );
    expect(code).toBe(1);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual(['a', 'c']);
    expect(err).toContain('line 2: not JSON');
    expect(err).toContain('line 3: needs "id" (text or number) and "log" (text)');
  });

  it('says which file is not there, and ends with 1', async () => {
    const { code, err } = await diagnose([join(folder, 'none.log')]);
    expect(code).toBe(1);
    expect(err).toContain('none.log: there is no such file');
  });

  it('ends with 2 when it is asked wrongly', async () => {
    expect((await diagnose(['--jsnl'])).code).toBe(2);
  });

  it('prints the patterns of its rules', async () => {
    const { code, out } = await diagnose(['--print-patterns']);
    expect(code).toBe(0);
    expect(out.trim().split('\n').length).toBeGreaterThan(150);
    expect(out).toContain('connection refused');
  });

  it('uses the rules and secrets of the configuration', async () => {
    const config = join(folder, 'pitcrew.yaml');
    writeFileSync(
      config,
      `diagnosis:
  rules: [{ name: billing-window, pattern: billing window closed, category: timeout, nextStep: Ask billing to open it. }]
  redact: [{ kind: badge, pattern: 'badge=(\\d+)' }]
`,
    );
    const { out } = await diagnose(['--json'], 'ERROR billing window closed for badge=77120', {
      PITCREW_CONFIG: config,
    });
    expect(JSON.parse(out)).toMatchObject({
      category: 'timeout',
      redactions: { badge: 1 },
      root_cause_line: 'ERROR billing window closed for badge=[redacted:badge]',
    });
  });
});
