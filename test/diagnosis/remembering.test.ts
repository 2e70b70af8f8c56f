import { createDiagnosis, remembering } from '../../src/diagnosis';

function counting() {
  const read: string[] = [];
  const diagnoser = createDiagnosis({ rules: [], redact: [] });
  const remembers = remembering({
    ...diagnoser,
    diagnoseText(text) {
      read.push(text);
      return diagnoser.diagnoseText(text);
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

  it('forgets, so that it never grows beyond its bounds', () => {
    const { read, remembers } = counting();
    for (let index = 0; index < 251; index += 1) remembers.diagnoseText(`code ${index}`);
    remembers.diagnoseText('code 0');
    expect(read.at(-1)).toBe('code 0');
  });
});
