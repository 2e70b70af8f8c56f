import { compileLinear } from '../../src/lib/linear-pattern';
import { createLiteralMatcher } from '../../src/lib/literal-matcher';
import { alternativesOf, requiredLiterals, requiredSets } from '../../src/lib/required-literals';
import fc, { tries } from '../support/fast-check';

describe('createLiteralMatcher', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', ':'), minLength: 1, maxLength: 5 });

  it('finds exactly the literals that are in a text, whatever their case', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 12 }),
        fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'C', 'c', ' ', ':', 'x', 'é') }),
        (literals, text) => {
          const matcher = createLiteralMatcher(literals);
          const expected = literals.flatMap((literal, id) => (text.toLowerCase().includes(literal) ? [id] : []));
          expect([...matcher.idsIn(text)].sort((a, b) => a - b)).toEqual(expected);
        },
      ),
    );
  });

  it('finds a literal that lies across two chunks of bytes', () => {
    const matcher = createLiteralMatcher(['refused', '\n']);
    const found: [number, number][] = [];
    const state = matcher.scan(Buffer.from('x\nConnection REF'), 0, (id, end) => found.push([id, end]));
    matcher.scan(Buffer.from('used: no'), state, (id, end) => found.push([id, end]));
    expect(found).toEqual([
      [1, 2],
      [0, 4],
    ]);
  });

  it('refuses an empty literal', () => {
    expect(() => createLiteralMatcher([''])).toThrow('must not be empty');
  });
});

describe('requiredLiterals', () => {
  it.each<[string, string[] | undefined]>([
    ['connection refused', ['connection refused']],
    ['Connection (?:refused|reset)', ['connection refused', 'connection reset']],
    ['relation "[^"]+" does not exist', [' does not exist'.replace(/^/, '"')]],
    ['\\bquota ?exceeded', ['quotaexceeded', 'quota exceeded']],
    ['colou?r(?:ed)?', ['color', 'colored', 'colour', 'coloured']],
    ['(?:a|b)+', undefined],
    ['.*', undefined],
    ['no[tw] found', ['not found', 'now found']],
    ['x{0,3}abc', ['abc']],
    ['(?i)ABC|def', ['abc', 'def']],
    ['ab|cdef', undefined],
  ])('of %s', (pattern, literals) => {
    expect(requiredLiterals(pattern)).toEqual(literals);
  });

  it('are in every text that the pattern matches', () => {
    const part = fc.constantFrom('ab', 'c', 'd?', '(?:ef|gh)', '[ij]', '.', 'k+', '\\b', 'lm*', '(?:no)?');
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), texts, (parts, letters) => {
        const pattern = parts.join('');
        const text = letters.join('');
        const literals = requiredLiterals(pattern, 1);
        const isMatch = compileLinear(pattern).test(text);
        if (literals !== undefined && isMatch) expect(literals.some((literal) => text.includes(literal))).toBe(true);
        for (const set of isMatch ? requiredSets(pattern) : [])
          expect(set.some((needed) => text.includes(needed))).toBe(true);
      }),
      { numRuns: tries(500) },
    );
  });

  it.each<[string, string[][]]>([
    ['total size .* is bigger than', [['total size '], [' is bigger than']]],
    [
      '(?:401\\b.*(?:error|refused)|code 401)',
      [
        ['error', 'refused', 'code 401'],
        ['401', 'code 401'],
      ],
    ],
    ['Fehler: (?:Zeitüberschreitung|连接超时)', [['fehler: zeitüberschreitung', 'fehler: 连接超时']]],
    ['.*', []],
  ])('gives all the sets that %s needs', (pattern, sets) => {
    expect(requiredSets(pattern)).toEqual(sets);
  });

  it.each<[string, string[]]>([
    ['a|b', ['a', 'b']],
    ['a(?:b|c)|d', ['a(?:b|c)', 'd']],
    ['[|]a|[]|]b|[^]|]c|\\|d', ['[|]a', '[]|]b', '[^]|]c', '\\|d']],
    ['(?-i)a|b', ['(?-i)a|b']],
  ])('are sought apart for the alternatives of %s', (pattern, alternatives) => {
    expect(alternativesOf(pattern)).toEqual(alternatives);
  });
});
