import { createDiagnosis } from '../../src/diagnosis';
import { createLogKeeper } from '../../src/diagnosis/keep-log';
import { createRuleSet } from '../../src/diagnosis/rule-set';
import { rules } from '../../src/diagnosis/rules';

const diagnoser = createDiagnosis();
/** Made once: its patterns compile when they are first needed. */
const ruleSet = createRuleSet(rules);
const MEGABYTE = 1_000_000;
/** How often a literal may have its line looked at, and how many literals a hostile line has at most. */
const LOOKS_PER_LITERAL = 64;
const LITERALS_OF_A_LINE = 20;
/** Head, tail and what lies between, in bytes; the bench reads a gigabyte in the same room. */
const KEPT_MAX = 5 * MEGABYTE;

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* repeated(text: string, bytes: number, last = ''): AsyncGenerator<Buffer> {
  const chunk = Buffer.from(text.repeat(Math.ceil(262_144 / text.length)));
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
  if (last !== '') yield Buffer.from(last);
}

const log = 'step 1 stored\nstep 2 stored\nERROR:  relation "stage.örders" does not exist\nstep 3 left out\n';

describe('a log is read the same', () => {
  it.each([1, 2, 3, 7, 64, 4096])('in chunks of %i bytes', async (size) => {
    const { causeLine, causeLineNo, excerpt } = await diagnoser.diagnoseStream(chunksOf(Buffer.from(log), size));
    expect({ causeLineNo, causeLine }).toEqual({
      causeLineNo: 3,
      causeLine: 'relation "stage.örders" does not exist',
    });
    expect(excerpt.split('\n')).toHaveLength(4);
  });

  it.each<[string, Buffer]>([
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(log)])],
    ['UTF-16, low byte first, with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(log, 'utf16le')])],
    ['UTF-16, low byte first, without a mark', Buffer.from(log, 'utf16le')],
    ['UTF-16, high byte first', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(log, 'utf16le').swap16()])],
    ['Windows-1252', Buffer.from(log, 'latin1')],
    ['Windows line ends', Buffer.from(log.replaceAll('\n', '\r\n'))],
    ['no last line end', Buffer.from(log.trimEnd())],
    ['colour codes', Buffer.from(log.replace('ERROR', '\u001b[31;1mERROR\u001b[0m'))],
    ['a window title and cursor moves', Buffer.from(log.replace('ERROR', '\u001b]0;title\u0007\u001b[2KERROR'))],
    ['a stream of text', Buffer.from(log)],
  ])('in %s', async (_, bytes) => {
    const { causeLine, causeLineNo } = await diagnoser.diagnoseStream(chunksOf(bytes, 10));
    expect({ causeLineNo, causeLine }).toEqual({
      causeLineNo: 3,
      causeLine: 'relation "stage.örders" does not exist',
    });
  });
});

describe('a log is read', () => {
  const trace =
    'Traceback (most recent call last):\n  File "/srv/load.py", line 3, in load\n    import acme\nModuleNotFoundError: No module named \'acme\'';
  it.each<[string, string]>([
    ['a field', JSON.stringify({ level: 'error', message: trace })],
    [
      'a field with a dot in its name',
      JSON.stringify({ 'log.level': 'ERROR', 'error.stack_trace': trace, message: 'oh' }),
    ],
    ['a list of lines', JSON.stringify({ levelname: 'ERROR', message: 'oh', exc_info: trace.split('\n') })],
    ['JSON within JSON', JSON.stringify({ log: JSON.stringify({ level: 'error', msg: trace }), stream: 'stderr' })],
    ['a list of objects', JSON.stringify([{ level: 'error', message: trace }])],
    ['JSON after a stamp', `2026-03-09T04:00:00Z stderr F ${JSON.stringify({ level: 'error', message: trace })}`],
    ['JSON printed for people', JSON.stringify({ level: 'error', message: trace }, undefined, 2)],
    [
      'the cause that a state machine tells',
      JSON.stringify({ Error: 'States.TaskFailed', Cause: JSON.stringify({ errorMessage: trace }) }),
    ],
  ])('in %s', (_, text) => {
    expect(diagnoser.diagnoseText(text).causeLine).toBe("ModuleNotFoundError: No module named 'acme'");
  });

  it('with sixty thousand blanks in a line', () => {
    const blanks = ' '.repeat(60_000);
    const { category } = diagnoser.diagnoseText(`${blanks}x\nx${blanks}y\n${`${blanks}\n`.repeat(20)}${log}`);
    expect(category).toBe('missing_table_or_column');
  });

  it('after a progress bar that wrote over itself', () => {
    const bar = Array.from({ length: 100 }, (_, at) => `\rloading ${at} %`).join('');
    const { causeLineNo, causeLine } = diagnoser.diagnoseText(
      `start\n${bar}\rOSError: [Errno 28] No space left on device\nend`,
    );
    expect({ causeLineNo, causeLine }).toEqual({
      causeLineNo: 2,
      causeLine: 'OSError: [Errno 28] No space left on device',
    });
  });

  it('with a cause at the end of a line of ten megabytes', () => {
    const line = `{"rows": [${'1, '.repeat(3_500_000)}]} java.lang.OutOfMemoryError: Java heap space`;
    const { category, causeLineNo, causeLine, causeLineInFull, excerpt } = diagnoser.diagnoseText(
      `start\n${line}\nend`,
    );
    expect({ category, causeLineNo }).toEqual({ category: 'out_of_memory', causeLineNo: 2 });
    expect(causeLine.length).toBeLessThanOrEqual(500);
    expect(causeLineInFull.length).toBeLessThanOrEqual(4_000);
    expect(excerpt.length).toBeLessThan(10_000);
  });

  it('with a cause in the middle of many megabytes, under its true number', async () => {
    const filler = '2026-03-09 04:00:01,000 INFO acme.load: stored a batch of orders\n';
    const before = 30_000;
    const bytes = Buffer.from(`${filler.repeat(before)}Traceback (most recent call last):
  File "/srv/acme/load.py", line 9, in <module>
    load()
psycopg2.errors.UndefinedTable: relation "stage.orders" does not exist
${filler.repeat(30_000)}`);
    const { category, causeLineNo, excerpt, excerptFromLineNo } = await diagnoser.diagnoseStream(
      chunksOf(bytes, 65_536),
    );
    expect({ category, causeLineNo }).toEqual({ category: 'missing_table_or_column', causeLineNo: before + 4 });
    expect(excerpt.split('\n')[causeLineNo - excerptFromLineNo]).toContain('UndefinedTable');
  });

  it('with a cause at its very end, under its true number', async () => {
    const lines = 60_000;
    const { causeLineNo, causeLine } = await diagnoser.diagnoseStream(
      chunksOf(
        Buffer.from(`${'all is well with the load of today and so on\n'.repeat(lines)}ERROR:  deadlock detected`),
        65_536,
      ),
    );
    expect({ causeLineNo, causeLine }).toEqual({ causeLineNo: lines + 1, causeLine: 'deadlock detected' });
  });
});

describe('a hostile log costs bounded work and memory', () => {
  const hostile: [string, string][] = [
    ['without a line end', 'x'],
    ['of one error after the other, without a line end', 'Error: connection refused, no such table x '],
    [
      'of pattern bombs',
      `${'a'.repeat(4000)}!${'error '.repeat(500)}${'('.repeat(2000)}${'"=\' password=: '.repeat(100)}\n`,
    ],
    ['of terminal escapes', '\u001b]0;title\u0007\u001b[2J\u001b[31mERROR\u001b[0m\u001b[9999;9999H failed\u0008\r\n'],
    ['of traces that never end', '  File "/a.py", line 1, in f\n'],
    ['of causes within causes', 'Caused by: a.b.CException: Connection refused\n'],
    ['of private keys that never end', '-----BEGIN PRIVATE KEY-----\n'],
    ['of line ends alone', '\n'],
    ['of zero bytes', '\u0000'],
  ];

  it.each(hostile)('%s: a short answer, without a control character', async (_, text) => {
    const diagnosis = await diagnoser.diagnoseStream(repeated(text, 3 * MEGABYTE));
    expect(diagnosis.excerpt.split('\n').length).toBeLessThanOrEqual(15);
    expect(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(diagnosis.excerpt + diagnosis.causeLine)).toBe(false);
  });

  it.each(hostile)('%s: of twice as much, no more lines are looked at and no more is kept', async (_, text) => {
    const work = async (bytes: number) => {
      let looks = 0;
      const keeper = createLogKeeper(ruleSet.matcher, (line) => {
        looks++;
        return ruleSet.bestFor(line) !== undefined;
      });
      for await (const chunk of repeated(text, bytes)) keeper.add(chunk);
      return { looks, kept: keeper.finish().reduce((sum, stretch) => sum + stretch.bytes.length, 0) };
    };
    const [once, twice] = [await work(3 * MEGABYTE), await work(6 * MEGABYTE)];
    expect(twice.looks).toBeLessThanOrEqual(once.looks + LOOKS_PER_LITERAL * LITERALS_OF_A_LINE);
    expect(twice.kept).toBeLessThanOrEqual(KEPT_MAX);
  });
});
