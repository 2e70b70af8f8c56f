import { suggestTheme } from '../../src/domain/feedback';

const themes = [
  { id: '1', name: 'Backfill', sorted: ['let me run only some days again', 'days of last week at once'] },
  { id: '2', name: 'Noisy alerts', sorted: ['too many messages at night'] },
  { id: '3', name: 'Docs', sorted: [] },
];

describe('the theme that words suggest', () => {
  it.each([
    { words: 'Please let me backfill from the phone', theme: 'Backfill' },
    { words: 'BACKFILLS take long', theme: 'Backfill' },
    { words: 'I got twelve alerts for one thing', theme: 'Noisy alerts' },
    { words: 'could you run the days of last week again', theme: 'Backfill' },
    { words: 'the docs are out of date', theme: 'Docs' },
    { words: 'only at night', theme: undefined },
    { words: 'please make it good', theme: undefined },
    { words: '', theme: undefined },
    { words: '🙂 ???', theme: undefined },
  ])('of "$words" is $theme', ({ words, theme }) => {
    expect(suggestTheme(words, themes)?.name).toBe(theme);
  });

  it('is the first by name where two are as near', () => {
    const twins = [
      { id: 'b', name: 'Retry wishes', sorted: [] },
      { id: 'a', name: 'Retry faults', sorted: [] },
    ];
    expect(suggestTheme('retry is slow', twins)?.name).toBe('Retry faults');
  });
});
