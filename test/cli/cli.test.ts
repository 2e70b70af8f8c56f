import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../../src/cli/main';

/** An empty file, so that a pitcrew.yaml of whoever runs this plays no part. */
const noSettings = { PITCREW_CONFIG: devNull };

async function run(words: string[], env: Record<string, string> = noSettings) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await runCli(words, { env, stdin: Readable.from([]), stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

describe('pitcrew', () => {
  it.each([
    { title: 'shows its help', words: ['--help'], code: 0, out: /Usage: pitcrew/ },
    { title: 'shows the help of a command', words: ['manifest', '--help'], code: 0, out: /Usage: pitcrew manifest/ },
    {
      title: 'shows the help of a command in the other order',
      words: ['help', 'manifest'],
      code: 0,
      out: /Usage: pitcrew manifest/,
    },
    { title: 'tells its version', words: ['--version'], code: 0, out: /^\d+\.\d+\.\d+\n$/ },
    { title: 'wants a command', words: [], code: 2, err: /Usage: pitcrew/ },
    {
      title: 'knows what an unknown command was meant to be',
      words: ['manifst'],
      code: 2,
      err: /Did you mean manifest\?/,
    },
    {
      title: 'knows what an unknown option was meant to be',
      words: ['manifest', '--htp'],
      code: 2,
      err: /Did you mean --http\?/,
    },
    { title: 'refuses a missing value', words: ['manifest', '--http'], code: 2, err: /argument missing/ },
    { title: 'refuses a wrong value', words: ['manifest', '--without', 'lunch'], code: 2, err: /not "lunch"/ },
  ])('$title', async ({ words, code, out = /^$/, err = /^$/ }) => {
    const result = await run(words);
    expect(result.code).toBe(code);
    expect(result.out).toMatch(out);
    expect(result.err).toMatch(err);
  });

  it('ends with 78 on a bad configuration, naming every fault and no value', async () => {
    const result = await run(['manifest'], { PORT: 'sesame', PITCREW_ROLE: 'web' });
    expect(result.code).toBe(78);
    expect(result.err).toMatch(/2 faults:\n {2}PORT: .*\n {2}DATABASE_URL: /);
    expect(result.err).not.toContain('sesame');
    expect(result.out).toBe('');
  });

  it('ends with 78 on a configuration file that is not there', async () => {
    const result = await run(['manifest'], { PITCREW_CONFIG: '/nowhere/pitcrew.yaml' });
    expect(result).toMatchObject({ code: 78, err: expect.stringContaining('PITCREW_CONFIG') });
  });
});

describe('pitcrew manifest', () => {
  it('prints the committed manifest for the default configuration', async () => {
    const result = await run(['manifest']);
    expect(result).toEqual({
      code: 0,
      out: readFileSync(join(__dirname, '..', '..', 'manifest.json'), 'utf8'),
      err: '',
    });
  });

  it('prints that of an app that is called over HTTP', async () => {
    const { out } = await run(['manifest', '--http', 'https://pitcrew.example.com']);
    expect(JSON.parse(out)).toMatchObject({ settings: { socket_mode_enabled: false } });
  });
});
