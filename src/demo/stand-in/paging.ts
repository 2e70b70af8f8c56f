import { badRequest, invalid } from './refusal';
import type { JsonObject } from './wire';

export interface PageQuery {
  first?: number;
  last?: number;
  cursor?: string;
}

/** Exactly one of `first` or `last`, 1 to 200. */
export function pageQueryOf(query: URLSearchParams): PageQuery {
  const first = limitOf(query, 'first');
  const last = limitOf(query, 'last');
  if (first !== undefined && last !== undefined)
    throw badRequest('Either first or last need to be provided, but not both');
  if (first === undefined && last === undefined) {
    throw badRequest('Either first or last need to be provided, both cannot be null');
  }
  const cursor = query.get('cursor') || undefined;
  if (cursor !== undefined && !/^\d+$/.test(cursor)) throw badRequest(`For input string: "${cursor}"`);
  return {
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(cursor ? { cursor } : {}),
  };
}

function limitOf(query: URLSearchParams, name: 'first' | 'last'): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    throw invalid();
  }
  return limit;
}

/** One page of numbered things, newest first. Cursors are exclusive ids; `total_count` is the span of ids. */
export function pageOf(query: PageQuery, ids: number[], render: (id: number) => JsonObject): JsonObject {
  const earliest = Math.min(...ids);
  const latest = Math.max(...ids);
  if (ids.length === 0) return emptyPage(0);

  let low: number;
  let high: number;
  if (query.first !== undefined) {
    high = query.cursor === undefined ? latest : Number(query.cursor) - 1;
    low = Math.max(earliest, high + 1 - query.first);
  } else {
    const limit = query.last ?? 1;
    low = query.cursor === undefined ? earliest : Number(query.cursor) + 1;
    high = Math.min(latest, low - 1 + limit);
  }
  const page = ids.filter((id) => id >= low && id <= high).sort((a, b) => b - a);
  const start = page[0];
  const end = page.at(-1);
  if (start === undefined || end === undefined) return emptyPage(latest);
  return {
    page_info: {
      start_cursor: String(start),
      end_cursor: String(end),
      has_previous_page: start < latest,
      has_next_page: end > earliest,
      start_index: latest + 1 - start,
    },
    total_count: latest - earliest + 1,
    elements: page.map(render),
  };
}

const emptyPage = (total: number): JsonObject => ({
  page_info: {
    start_cursor: null,
    end_cursor: null,
    has_previous_page: false,
    has_next_page: false,
    start_index: null,
  },
  total_count: total,
  elements: [],
});
