import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { abilities, readProofs, renderProofs } from '../../scripts/live/proven';
import { sourceOf } from '../../scripts/live/sources';
import type { Ability } from '../../src/domain/ability';
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

  it('says of each thing that a product lacks what that rests on', () => {
    for (const { id, lacks } of kinds.filter((kind) => kind.id !== 'generic-http')) {
      const told = abilities.filter(([name]) => lacks[name as Ability] !== undefined).map(([name]) => name);
      expect([id, told.filter((name) => sourceOf(id, name) === undefined)]).toEqual([id, []]);
    }
  });

  it('has a column for each kind', () => {
    const shown = new Set(Object.values(readProofs()).map(({ kind }) => kind));
    expect([...shown].sort()).toEqual(kinds.map(({ id }) => id).sort());
  });
});
