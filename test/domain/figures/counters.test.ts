import { countersOf } from '../../../src/domain/figures/counters';

const line = (more: object) =>
  JSON.stringify({ tool: 'notebooks', week: '2026-W47', monthly: 210, weekly: 120, daily: 60.4, ...more });

it.each([
  {
    title: 'one week of it, the last line of each tool',
    text: [line({}), line({ week: '2026-W46' }), line({ weekly: 121 })],
    tools: ['notebooks 121'],
    faults: [],
  },
  { title: 'blank lines and windows line ends', text: ['', `${line({})}\r`, ''], tools: ['notebooks 120'], faults: [] },
  {
    title: 'what is no counter as a fault with its line',
    text: ['{', line({ weekly: -1 }), '[]', line({ tool: '' }), line({ tool: 'forms' })],
    tools: ['forms 120'],
    faults: [1, 2, 3, 4],
  },
])('a counter file is read: $title', ({ text, tools, faults }) => {
  const read = countersOf(text.join('\n'), '2026-W47');
  expect(read.counters.map(({ tool, weekly }) => `${tool} ${weekly}`)).toEqual(tools);
  expect(read.faults).toEqual(faults);
});
