import { Failure } from '../domain/failure';

/** Of one list: 100,000 items. One that goes on for longer never ends. */
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
  throw new Failure('bad-response', 'the orchestrator', {
    detail: `Its list does not end: after ${mostPages} pages there were ${offset} entries.`,
  });
}

/**
 * A list in full, read from its last page to its first, while things may leave it: what leaves moves the rest towards the front,
 * so that a page read later holds an item twice and none is missed.
 *
 * @param total  how many items there are
 */
export async function* fromTheEnd<T>(read: ReadPage<T>, total: number, limit = 100): AsyncIterable<T> {
  for (let offset = Math.floor(Math.max(total - 1, 0) / limit) * limit; offset >= 0; offset -= limit)
    yield* (await read(offset, limit)).items;
}
