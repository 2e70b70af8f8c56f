import { Failure } from '../domain/failure';

/** Of one list: 100,000 items and more. One that goes on for longer never ends. */
const mostPages = 1_000;

/** One page of a list that is read by offset. `total` counts the whole list where the product tells it. */
export interface Page<T> {
  items: T[];
  total?: number;
}

export type ReadPage<T> = (offset: number, limit: number) => Promise<Page<T>>;

/**
 * Items of a list from its first to its last, page by page; whoever reads may stop at any time.
 *
 * @throws Failure `bad-response` where the pages do not end
 */
export async function* byOffset<T>(read: ReadPage<T>, limit = 100): AsyncIterable<T> {
  let offset = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const { items, total } = await read(offset, limit);
    yield* items;
    offset += items.length;
    // A server may give fewer than were asked for.
    const isLast = total === undefined ? items.length < limit : offset >= total;
    if (items.length === 0 || isLast) return;
  }
  throw endless(`after ${mostPages} pages there were ${offset} entries`);
}

/**
 * The same for a list whose next page begins behind an item of the one before; a page that is not full is the last.
 *
 * @param read  `after` is the last item so far
 * @throws Failure `bad-response` where the pages do not end
 */
export async function* byLast<T>(
  read: (after: T | undefined, limit: number) => Promise<T[]>,
  limit: number,
): AsyncIterable<T> {
  let last: T | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const items = await read(last, limit);
    yield* items;
    if (items.length < limit) return;
    last = items.at(-1);
  }
  throw endless(`after ${mostPages} pages there was one more`);
}

/** Of a list that goes on for longer than any can. @param how  what was seen of it */
export function endless(how: string): Failure {
  return new Failure('bad-response', 'the orchestrator', { detail: `Its list does not end: ${how}.` });
}

/**
 * A list in full, read from its last page to its first, while things may leave it: what leaves moves the rest towards the front,
 * so that a page read later holds an item twice and none is missed.
 *
 * @param total  how many items there are
 * @throws Failure `bad-response` where they are more than any list has
 */
export async function* fromTheEnd<T>(read: ReadPage<T>, total: number, limit = 100): AsyncIterable<T> {
  if (total > mostPages * limit) throw endless(`there are said to be ${total} entries`);
  for (let offset = Math.floor(Math.max(total - 1, 0) / limit) * limit; offset >= 0; offset -= limit)
    yield* (await read(offset, limit)).items;
}
