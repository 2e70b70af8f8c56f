import { createRedactor } from '../../src/lib/redact';
import { readTail } from '../../src/pipelines/log-tail';

const redactor = createRedactor();

async function* chunksOf(...chunks: (string | Buffer)[]): AsyncIterable<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

const read = (stream: AsyncIterable<Buffer>, signal = new AbortController().signal) =>
  readTail(stream, { redactor, signal });

describe('readTail', () => {
  it.each([
    { title: 'an empty log', chunks: [], lines: [], fromLine: 1, totalLines: 0 },
    { title: 'a last line without an end', chunks: ['a\nb'], lines: ['a', 'b'], fromLine: 1, totalLines: 2 },
    { title: 'a last line with an end', chunks: ['a\nb\n'], lines: ['a', 'b'], fromLine: 1, totalLines: 2 },
    { title: 'lines over chunks', chunks: ['on', 'e\ntw', 'o'], lines: ['one', 'two'], fromLine: 1, totalLines: 2 },
    { title: 'line ends of another system', chunks: ['a\r\nb\r\n'], lines: ['a', 'b'], fromLine: 1, totalLines: 2 },
    { title: 'a progress line', chunks: ['1 %\r50 %\r100 %\n'], lines: ['100 %'], fromLine: 1, totalLines: 1 },
    { title: 'colours', chunks: ['\u001b[31mred\u001b[0m'], lines: ['red'], fromLine: 1, totalLines: 1 },
  ])('reads $title', async ({ chunks, lines, fromLine, totalLines }) => {
    expect(await read(chunksOf(...chunks))).toEqual({ lines, fromLine, totalLines });
  });

  it('joins a letter that two chunks share', async () => {
    const bytes = Buffer.from('größer');
    expect((await read(chunksOf(bytes.subarray(0, 3), bytes.subarray(3))))?.lines).toEqual(['größer']);
  });

  it('keeps the last 40 lines with their numbers', async () => {
    const log = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}\n`);
    const tail = await read(chunksOf(...log));
    expect(tail?.lines).toHaveLength(40);
    expect(tail).toMatchObject({ fromLine: 9_961, totalLines: 10_000 });
    expect(tail?.lines.at(0)).toBe('line 9961');
    expect(tail?.lines.at(-1)).toBe('line 10000');
  });

  it('keeps fewer lines when they are long, at most 2,500 characters', async () => {
    const tail = await read(
      chunksOf(Array.from({ length: 60 }, (_, index) => `${index}`.padStart(500, 'x')).join('\n')),
    );
    expect(tail?.lines.length).toBe(4);
    expect(tail?.fromLine).toBe(57);
    expect(tail?.lines.join('\n').length).toBeLessThanOrEqual(2_500);
  });

  it('cuts one endless line and says how much is gone', async () => {
    const tail = await read(chunksOf(...Array.from({ length: 1_000 }, () => 'y'.repeat(1_000))));
    expect(tail?.totalLines).toBe(1);
    expect(tail?.lines).toEqual([`${'y'.repeat(600)}… (999,400 more characters)`]);
  });

  it('removes secrets, also from a key whose beginning lies before the shown lines', async () => {
    const password = 'hunter2isnotgood!';
    const body = Array.from({ length: 60 }, (_, index) =>
      `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${index}abc`.padEnd(64, 'A'),
    );
    const key = ['-----BEGIN PRIVATE KEY-----', ...body].join('\n');
    const tail = await read(chunksOf(`${key}\npassword=${password}\n`));
    const text = tail?.lines.join('\n') ?? '';
    expect(text).not.toContain(password);
    expect(text).not.toContain('MIIEvQIBADAN');
    expect(text).toContain('[redacted:private_key]');
  });

  it('never shows half a secret at the place where a long line was cut', async () => {
    const secret = (letter: string) => `password=${letter.repeat(1_200)}9!`;
    const line = ['b', 'c', 'd', 'e'].map(secret).join(' ');
    const shown = (await read(chunksOf(line)))?.lines.join('') ?? '';
    expect(shown.match(/\[redacted:password\]/g)).toHaveLength(3);
    expect(shown).not.toContain('ee');
  });

  it('gives up when it is told to, also on a stream that hangs', async () => {
    const stop = new AbortController();
    let ended = false;
    const hanging: AsyncIterable<Buffer> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          queueMicrotask(() => stop.abort());
          return new Promise(() => undefined);
        },
        async return() {
          ended = true;
          return { done: true, value: undefined };
        },
      }),
    };
    expect(await read(hanging, stop.signal)).toBeUndefined();
    expect(ended).toBe(true);
  });
});
