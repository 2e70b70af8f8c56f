import { createDiagnosis, remembering } from '../../src/diagnosis';

function counting(how?: 'quickly') {
  const read: string[] = [];
  const diagnoser = createDiagnosis({ rules: [], redact: [] });
  const same = diagnoser.diagnoseText('');
  const remembers = remembering({
    ...diagnoser,
    diagnoseText(text) {
      read.push(text);
      return how === 'quickly' ? same : diagnoser.diagnoseText(text);
    },
  });
  return { read, remembers, diagnoser };
}

describe('a diagnoser that remembers', () => {
  it('reads the same words once, and says the same of them', () => {
    const { read, remembers, diagnoser } = counting();
    const error = 'relation "orders_raw" does not exist';
    const first = remembers.diagnoseText(error);
    expect(remembers.diagnoseText(error)).toEqual(first);
    expect(first).toEqual(diagnoser.diagnoseText(error));
    expect(read).toEqual([error]);
  });

  it('keeps no long text', () => {
    const { read, remembers } = counting();
    const log = 'no space left on device\n'.repeat(200);
    remembers.diagnoseText(log);
    remembers.diagnoseText(log);
    expect(read).toHaveLength(2);
  });

  it('reads a thousand causes that take turns once each', () => {
    const { read, remembers } = counting('quickly');
    for (const _round of [1, 2, 3])
      for (let cause = 0; cause < 1_000; cause += 1) remembers.diagnoseText(`cause ${cause}`);
    expect(read).toHaveLength(1_000);
  });

  it('forgets what was not asked for longest, so that it never grows beyond its bounds', () => {
    const { read, remembers } = counting('quickly');
    const text = (index: number) => `code ${index} `.padEnd(2_000, '.');
    for (let index = 0; index < 250; index += 1) remembers.diagnoseText(text(index));
    remembers.diagnoseText(text(0));
    remembers.diagnoseText(text(250));
    expect(read).toHaveLength(251);
    remembers.diagnoseText(text(0));
    remembers.diagnoseText(text(1));
    expect(read.slice(251)).toEqual([text(1)]);
  });
});
