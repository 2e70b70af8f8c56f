import { createRedactor, secretKinds } from '../../../src/lib/redact';
import { expandExample } from './example';

const redactor = createRedactor();

describe('createRedactor', () => {
  it.each(secretKinds.map((kind) => ({ ...kind, title: `${kind.kind}: ${kind.example}` })))(
    'takes out $title',
    ({ kind, example }) => {
      const { text, made } = expandExample(example);
      const { text: clean, redactions } = redactor.redact(text);
      expect(clean).toContain('[redacted:');
      expect(Object.values(redactions).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
      if (kind !== 'email') expect(made.filter((value) => value.length >= 6 && clean.includes(value))).toEqual([]);
    },
  );
});
