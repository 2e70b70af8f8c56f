import type { StormLine } from '../../src/domain/storm';
import { sizeOf } from '../../src/slack/message';
import { renderStorm, renderStormFile, renderStormList } from '../../src/slack/storm';

const openedAt = new Date('2026-11-25T10:00:00Z');
const incident = (nth: number) => `11111111-1111-4111-8111-${String(nth).padStart(12, '0')}`;
const lines = (count: number, more: Partial<StormLine> = {}): StormLine[] =>
  Array.from({ length: count }, (_, index) => ({
    incidentId: incident(index),
    title: 'Missing table or column',
    line: `relation "raw_${index}" does not exist <!channel>`,
    lead: `orders_${index}`,
    count: 3,
    live: 3,
    retriable: 3,
    posted: false,
    ...more,
  }));
const view = (all: StormLine[]) => ({ openedAt, lines: all, timeZone: 'UTC' });
const drawn = (message: { blocks: unknown[] }): string => JSON.stringify(message.blocks);

describe('the card of a storm', () => {
  it('says how much is hit, by cause, since when, and that alerts follow', () => {
    const { text, blocks } = renderStorm(view(lines(2)));
    expect(text).toContain('🔴 Storm: 6 pipelines hit, 2 problems. Since');
    expect(text).toContain('3 pipelines failing: Missing table or column: relation "raw_1" does not exist');
    expect(text).toContain('2 alerts of their own will follow');
    expect(drawn({ blocks })).toContain('6 failing');
    expect(drawn({ blocks })).not.toContain('<!channel>');
  });

  it('names ten problems and counts the others, with their pipelines', () => {
    const { blocks } = renderStorm(view(lines(60)));
    expect(drawn({ blocks })).toContain('and 50 more problems with 150 pipelines: see the thread');
    expect(blocks.length).toBeLessThanOrEqual(6);
  });

  it('offers the plan of a retry beside the three largest causes that hit many, each named by its button', () => {
    const one = lines(1, { count: 1, live: 1, retriable: 1, line: 'alone' });
    const [first, ...others] = lines(6);
    if (!first) throw new Error('there is none');
    const { blocks } = renderStorm(view([first, ...one, ...others]));
    const sections = blocks.filter((block) => block.type === 'section');
    const offers = sections.flatMap(({ accessory }) => (accessory?.type === 'button' ? [accessory] : []));
    expect(offers.map(({ action_id, text, value }) => [action_id, text.text, value])).toEqual(
      [0, 1, 2].map((nth) => [
        'retry-all.v1',
        expect.stringMatching(/^Retry all 3: Missing table/),
        expect.stringContaining(incident(nth)),
      ]),
    );
    expect(offers.every(({ accessibility_label: label }) => label?.includes('3 runs, Missing table or column'))).toBe(
      true,
    );
    expect(sections[0]?.text?.text).toMatch(/^Since .*\n🔴 3 pipelines: `relation/);
    expect(
      sections
        .map(({ text }) => text?.text)
        .join('\n')
        .match(/🔴/g),
    ).toHaveLength(7);
    expect(blocks.length).toBeLessThanOrEqual(7);
  });

  it('offers no retry where none is possible', () => {
    expect(drawn(renderStorm(view(lines(4, { retriable: 0 }))))).not.toContain('retry-all');
  });

  it('says what is over, and in the end that all is', () => {
    const half = renderStorm(view([...lines(1, { live: 1 }), ...lines(1, { live: 0 })]));
    expect(half.text).toContain('1 still failing, 5 over it');
    expect(renderStorm(view(lines(2, { live: 0 }))).text).toContain('🟢 Storm over: 6 pipelines hit, 2 problems');
  });
});

describe('the list under the card', () => {
  it.each([1, 100, 1_000])('holds or counts each of %d problems within the limits of one message', (count) => {
    const message = renderStormList(view(lines(count, { line: 'x'.repeat(400) })));
    expect(JSON.stringify(message.blocks).length).toBeLessThanOrEqual(13_000);
    expect(sizeOf(message.blocks)).toBeLessThanOrEqual(12_000);
    const named = drawn(message).match(/3 pipelines: /g)?.length ?? 0;
    const counted = Number(/and (\d+) more problems? with (\d+) pipelines?/.exec(drawn(message))?.[1] ?? 0);
    expect(named + counted).toBe(count);
  });

  it('leads to the file', () => {
    expect(drawn(renderStormFile({ count: 812, url: 'https://files.example/F1' }))).toContain(
      'All 812 pipelines of this storm, with run and cause: <https://files.example/F1|one file>',
    );
  });
});
