import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { SettingsFile } from '../../src/domain/settings';
import { keysAt } from '../../src/settings/faults-of';
import { settingsJsonSchema } from '../../src/settings/json-schema';
import { loadSettings } from '../../src/settings/load';

const root = join(__dirname, '..', '..');
const example = join(root, 'pitcrew.example.yaml');

describe('pitcrew.example.yaml', () => {
  it('is taken without a fault', async () => {
    const text = readFileSync(example, 'utf8');
    const env = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name ?? '', 'secret']));
    const kinds = ['airflow', 'dagster', 'dbt', 'generic-http', 'maestro', 'prefect'].map((id) => ({
      id,
      check: (keys: unknown) => z.unknown().safeParse(keys),
    }));
    const config = { settingsFile: { path: example, isNamed: true } };
    expect(await loadSettings({ config, env, kinds })).toMatchObject({ ok: true });
  });

  it('is what the schema for editors calls good', () => {
    const validate = new Ajv({ strict: false }).compile(settingsJsonSchema());
    validate(parse(readFileSync(example, 'utf8')));
    expect(validate.errors).toBeNull();
  });

  it('shows every key', () => {
    expect(missingKeys(parse(readFileSync(example, 'utf8')), [])).toEqual([]);
  });
});

describe('docs/pitcrew.schema.json', () => {
  it('is up to date (npm run schema writes it)', () => {
    const written: unknown = JSON.parse(readFileSync(join(root, 'docs', 'pitcrew.schema.json'), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(settingsJsonSchema())));
  });
});

/** Known keys that no entry of the example uses; entries of one list stand for each other. */
function missingKeys(value: unknown, path: PropertyKey[]): string[] {
  const all = Array.isArray(value) ? value : [value];
  const groups = all.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
  const known = keysAt(SettingsFile, Array.isArray(value) ? [...path, 0] : path);
  const used = new Set(groups.flatMap((group) => Object.keys(group)));
  const missing = known.filter((key) => !used.has(key)).map((key) => [...path, key].join('.'));
  const deeper = [...used].flatMap((key) => {
    const values = groups.map((group) => group[key]).filter((item) => item !== undefined);
    const step = Array.isArray(value) ? [...path, 0, key] : [...path, key];
    return missingKeys(values.length === 1 ? values[0] : values.flat(), step);
  });
  return [...missing, ...deeper];
}
