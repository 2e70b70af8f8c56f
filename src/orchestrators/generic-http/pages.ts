import { Failure } from '../../domain/failure';
import type { Http } from '../http';
import { byOffset } from '../paging';
import { Data, valueAt } from './expression';
import type { Paging } from './settings';
import { fillPath, type Values } from './template';

/** Of one list. A list that goes on for longer is taken for one that never ends. */
const mostPages = 200;
const mostItems = 20_000;

export interface ListWish {
  /** The key of the configuration, for faults. */
  key: string;
  path: string;
  items: string;
  paging?: Paging;
}

/** The items of a list, page by page. @throws Failure `bad-response` where the pages do not end, or hold no list */
export async function* readList(http: Http, wish: ListWish, values: Values): AsyncIterable<Data> {
  const { key, paging } = wish;
  const { where } = http;
  let pages = 0;
  let count = 0;

  async function read(more: Values): Promise<{ items: Data[]; answer: Data }> {
    pages += 1;
    if (pages > mostPages || count > mostItems) throw endless();
    const answer = await http.get(fillPath(where, wish.path, { ...values, ...more }), Data);
    const items = valueAt(where, `${key}.items`, wish.items, answer);
    if (items !== undefined && !Array.isArray(items))
      throw new Failure('bad-response', where, { detail: `\`${key}.items\` is no list in the answer.` });
    const list: Data[] = items ?? [];
    count += list.length;
    return { items: list, answer };
  }

  const endless = () =>
    new Failure('bad-response', where, {
      detail: `The list of \`${key}\` does not end: after ${pages - 1} pages there were ${count} entries.`,
    });

  if (paging?.by === 'next') {
    let next: string | undefined;
    const seen = new Set<string>();
    do {
      const { items, answer } = await read({ next, size: paging.size });
      yield* items;
      const told = valueAt(where, `${key}.paging.next`, paging.next, answer);
      next = told === undefined || told === '' || told === false ? undefined : String(told);
      if (next !== undefined && seen.has(next)) throw endless();
      if (next !== undefined) seen.add(next);
    } while (next !== undefined);
  } else if (paging) {
    const numbered = (offset: number, limit: number): Values =>
      paging.by === 'page' ? { page: paging.first + Math.floor(offset / limit), size: limit } : { offset, size: limit };
    yield* byOffset(async (offset, limit) => ({ items: (await read(numbered(offset, limit))).items }), paging.size);
  } else {
    yield* (await read({})).items;
  }
}
