import { pageOf, pageQueryOf } from '../../../src/demo/stand-in/paging';

const page = (query: string, ids: number[]) => pageOf(pageQueryOf(new URLSearchParams(query)), ids, (id) => ({ id }));
const ids = Array.from({ length: 118 }, (_, index) => index + 1);
const idsOf = (answer: ReturnType<typeof page>) => JSON.stringify(answer.elements).match(/\d+/g)?.map(Number);

describe('pages', () => {
  it('begin with the newest', () => {
    const answer = page('first=10', ids);
    expect(answer.page_info).toEqual({
      start_cursor: '118',
      end_cursor: '109',
      has_previous_page: false,
      has_next_page: true,
      start_index: 1,
    });
    expect(answer.total_count).toBe(118);
    expect(idsOf(answer)).toEqual([118, 117, 116, 115, 114, 113, 112, 111, 110, 109]);
  });

  it.each([
    { query: 'first=3&cursor=109', elements: [108, 107, 106] },
    { query: 'last=3', elements: [3, 2, 1] },
    { query: 'last=3&cursor=3', elements: [6, 5, 4] },
    { query: 'first=5&cursor=3', elements: [2, 1] },
    { query: 'last=5&cursor=116', elements: [118, 117] },
  ])('$query gives $elements', ({ query, elements }) => {
    expect(idsOf(page(query, ids))).toEqual(elements);
  });

  it('count the span of ids, holes included', () => {
    const answer = page('first=10', [2, 5, 9]);
    expect(answer.total_count).toBe(8);
    expect(idsOf(answer)).toEqual([9, 5, 2]);
  });

  it('are empty without anything to show', () => {
    expect(page('first=10', [])).toEqual({
      page_info: {
        start_cursor: null,
        end_cursor: null,
        has_previous_page: false,
        has_next_page: false,
        start_index: null,
      },
      total_count: 0,
      elements: [],
    });
  });

  it('cover everything, walked from cursor to cursor', () => {
    const seen: number[] = [];
    let cursor = '';
    for (;;) {
      const answer = page(`first=25${cursor}`, ids);
      seen.push(...(idsOf(answer) ?? []));
      const { has_next_page, end_cursor } = Object(answer.page_info);
      if (!has_next_page) break;
      cursor = `&cursor=${end_cursor}`;
    }
    expect(seen).toEqual([...ids].reverse());
  });

  it.each(['', 'first=1&last=1', 'first=0', 'first=201', 'last=x', 'first=5&cursor=abc'])('refuse "%s"', (query) => {
    expect(() => pageQueryOf(new URLSearchParams(query))).toThrow();
  });
});
