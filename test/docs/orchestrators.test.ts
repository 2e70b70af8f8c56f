import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProofs, renderProofs } from '../../scripts/live/proven';
import { kinds } from '../../src/orchestrators/registry';

describe('docs/orchestrators.md', () => {
  it('says what the tests against real products wrote, and nothing else', () => {
    const written = readFileSync(join(__dirname, '..', '..', 'docs', 'orchestrators.md'), 'utf8');
    expect(written).toBe(renderProofs(readProofs()));
  });

  it('tells of no kind that there is not', () => {
    const known = kinds.map(({ id }) => id);
    for (const { kind } of Object.values(readProofs())) expect(known).toContain(kind);
  });
});
