import { Failure } from '../../domain/failure';
import type { Http } from '../http';
import { Data, valueAt } from './expression';
import type { Paging } from './settings';
import { fillPath, type Values } from './template';

/** Of one list. A list that goes on for longer is taken for one that never ends. */
const mostPages = 200;
const mostItems = 20_000;
/** In JMESPath: or else an empty list. */
const orNone = '|| `[]`';

export interface ListWish {
  /** The key of the configuration, for faults. */
  key: string;
  path: string;
  items: string;
  paging?: Paging;
}

/** What asks for a page: an offset, or what the page before said. */
type PageStart = string | number;

/** One page of a list. @param at left out = the first. @returns what asks for the next, absent on the last. @throws Failure `bad-response` where it holds no list */
export async function readPage(
  http: Http,
  wish: ListWish,
  values: Values,
  at?: PageStart,
): Promise<{ items: Data[]; next?: PageStart }> {
  const { key, paging } = wish;
  const { where } = http;
  const answer = await http.get(fillPath(where, wish.path, { ...values, ...askFor(paging, at) }), Data);
  const items = valueAt(where, `${key}.items`, wish.items, answer);
  if (items === undefined)
    throw new Failure('bad-response', where, {
      detail: `\`${key}.items\` finds nothing. Where an empty list is left out of an answer, add ${orNone} to it.`,
    });
  if (!Array.isArray(items))
    throw new Failure('bad-response', where, { detail: `\`${key}.items\` is no list in the answer.` });
  if (paging?.by === 'next') {
    const told = valueAt(where, `${key}.paging.next`, paging.next, answer);
    const isLast = told === undefined || told === '' || told === false;
    return { items, ...(isLast ? {} : { next: String(told) }) };
  }
  // A server may give fewer than were asked for only on its last page.
  if (!paging || items.length < paging.size) return { items };
  return { items, next: Number(at ?? 0) + items.length };
}

function askFor(paging: Paging | undefined, at: PageStart | undefined): Values {
  if (!paging) return {};
  const { size } = paging;
  if (paging.by === 'next') return { next: at, size };
  const offset = Number(at ?? 0);
  return paging.by === 'page' ? { page: paging.first + Math.floor(offset / size), size } : { offset, size };
}

/** The items of a list, page by page. @throws Failure `bad-response` where the pages do not end, or hold no list */
export async function* readList(http: Http, wish: ListWish, values: Values): AsyncIterable<Data> {
  const seen = new Set<PageStart>();
  let at: PageStart | undefined;
  let count = 0;
  for (let pages = 1; ; pages += 1) {
    const { items, next } = await readPage(http, wish, values, at);
    yield* items;
    count += items.length;
    if (next === undefined) return;
    if (pages >= mostPages || count > mostItems || seen.has(next))
      throw new Failure('bad-response', http.where, {
        detail: `The list of \`${wish.key}\` does not end: after ${pages} pages there were ${count} entries.`,
      });
    seen.add(next);
    at = next;
  }
}
