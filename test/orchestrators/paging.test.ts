import { linesOf } from '../../src/orchestrators/lines';
import { byLast, byOffset, fromTheEnd, type ReadPage } from '../../src/orchestrators/paging';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A list of so many numbers; `most` = what the server gives at once, whatever is asked for. */
function listOf(
  count: number,
  options: { most?: number; tells?: boolean } = {},
): { read: ReadPage<number>; asked: number[] } {
  const { most = 1_000, tells = true } = options;
  const asked: number[] = [];
  return {
    asked,
    read: async (offset, limit) => {
      asked.push(offset);
      const items = numbers(count).slice(offset, offset + Math.min(limit, most));
      return { items, total: tells ? count : undefined };
    },
  };
}

describe('a list by offset', () => {
  it('that never ends is left after a thousand pages', async () => {
    const read: ReadPage<number> = async (_, limit) => ({ items: numbers(limit) });
    await expect(all(byOffset(read, 10))).rejects.toMatchObject({
      kind: 'bad-response',
      detail: expect.stringContaining('does not end'),
    });
  });

  it.each<[string, number, { most?: number; tells?: boolean }, number[]]>([
    ['is read to its end', 250, {}, [0, 100, 200]],
    ['is read in the pages that the server is willing to give', 120, { most: 50 }, [0, 50, 100]],
    ['ends at a short page where no total is told', 250, { tells: false }, [0, 100, 200]],
    ['of nothing is asked for once', 0, {}, [0]],
  ])('%s', async (_title, count, options, offsets) => {
    const { read, asked } = listOf(count, options);
    await expect(all(byOffset(read, 100))).resolves.toEqual(numbers(count));
    expect(asked).toEqual(offsets);
  });

  it('may be left at any time', async () => {
    const { read, asked } = listOf(1_000);
    for await (const item of byOffset(read, 100)) if (item === 120) break;
    expect(asked).toEqual([0, 100]);
  });
});

describe('a list whose pages begin behind the item before', () => {
  it.each<[string, number, (number | undefined)[]]>([
    ['is read to its end', 25, [undefined, 9, 19]],
    ['is asked once more where its last page is full', 20, [undefined, 9, 19]],
    ['of nothing is asked for once', 0, [undefined]],
  ])('%s', async (_title, count, askedBehind) => {
    const asked: (number | undefined)[] = [];
    const read = async (after: number | undefined, limit: number) => {
      asked.push(after);
      return numbers(count).slice((after ?? -1) + 1, (after ?? -1) + 1 + limit);
    };
    await expect(all(byLast(read, 10))).resolves.toEqual(numbers(count));
    expect(asked).toEqual(askedBehind);
  });

  it('that never ends is left after a thousand pages', async () => {
    await expect(all(byLast(async (_, limit) => numbers(limit), 10))).rejects.toMatchObject({
      kind: 'bad-response',
      detail: expect.stringContaining('does not end'),
    });
  });
});

describe('a list that shrinks while it is read', () => {
  it('is not read at all where more entries are told than any list has', async () => {
    const { read, asked } = listOf(5);
    await expect(all(fromTheEnd(read, 1_000_000_000_000))).rejects.toMatchObject({ kind: 'bad-response' });
    expect(asked).toEqual([]);
  });

  it('is read from its end, so that nothing that stays is missed', async () => {
    let list = numbers(250);
    const read: ReadPage<number> = async (offset, limit) => {
      const items = list.slice(offset, offset + limit);
      list = list.filter((item) => item % 50 !== offset / 100);
      return { items };
    };
    const seen = new Set(await all(fromTheEnd(read, 250, 100)));
    for (const item of list) expect(seen).toContain(item);
  });
});

describe('the lines of a stream', () => {
  it.each<[string, string[], string[]]>([
    ['are put together over chunks', ['ab', 'c\nd', 'e\n'], ['abc', 'de']],
    ['may lack the last end', ['a\nb'], ['a', 'b']],
    ['may end as Windows ends them', ['a\r\nb\r\n'], ['a', 'b']],
    ['may be none', [], []],
  ])('%s', async (_title, chunks, lines) => {
    async function* stream() {
      for (const chunk of chunks) yield Buffer.from(chunk);
    }
    await expect(all(linesOf(stream()))).resolves.toEqual(lines);
  });

  it('keep letters whole that are cut by a chunk', async () => {
    const bytes = Buffer.from('Größe\n');
    async function* stream() {
      for (const byte of bytes) yield Buffer.from([byte]);
    }
    await expect(all(linesOf(stream()))).resolves.toEqual(['Größe']);
  });
});
