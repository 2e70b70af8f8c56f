import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CatalogueEntry, SettingsFile } from '../../src/domain/settings';
import { readCloudEvent } from '../../src/ingest/cloud-events';
import { createMetrics } from '../../src/lib/metrics';
import { subcommands } from '../../src/slack/commands';

const read = (name: string) => readFileSync(join(__dirname, '..', '..', 'docs', name), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');

describe('docs/configuration.md', () => {
  const text = read('configuration.md');
  const examples = blocks(text, 'yaml').map((yaml) => {
    const value: unknown = parse(yaml);
    return { value, of: Array.isArray(value) ? 'a catalogue file' : Object.keys(value as object).join(', ') };
  });

  it.each(examples)('shows an example of $of that would be taken', ({ value }) => {
    const isCatalogue = Array.isArray(value);
    // Parts stand for themselves: what another part of the file names is named here.
    const whole = isCatalogue ? value : { teams: [{ name: 'enablement' }], ...(value as object) };
    const read = isCatalogue ? z.array(CatalogueEntry).safeParse(whole) : SettingsFile.safeParse(whole);
    expect(read.error?.issues).toBeUndefined();
  });

  it('shows every key of the file and of a catalogue entry', () => {
    const shown = new Set(examples.flatMap(({ value }) => (Array.isArray(value) ? [] : Object.keys(value as object))));
    expect(Object.keys(SettingsFile.parse({})).filter((key) => !shown.has(key) && key !== 'platformChannel')).toEqual(
      [],
    );
    expect(text).toContain('platformChannel:');
    const [entry] = examples.flatMap(({ value }) => (Array.isArray(value) ? [value[0] as object] : []));
    expect(Object.keys(entry ?? {}).sort()).toEqual(Object.keys(CatalogueEntry.shape).sort());
  });

  it('shows every variable of the example', () => {
    const example = readFileSync(join(__dirname, '..', '..', '.env.example'), 'utf8');
    const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] ?? '');
    const others = ['POSTGRES_PASSWORD', 'SSL_CERT_FILE'];
    expect(names.filter((name) => !others.includes(name) && !text.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('docs/machines-door.md', () => {
  const text = read('machines-door.md');
  const context = { receivedAt: new Date('2026-11-25T09:00:00Z'), connection: 'prod', redact: (said: string) => said };
  const events = [
    ...blocks(text, 'json').flatMap((json) => JSON.parse(json) as object | object[]),
    ...[...text.matchAll(/^body='(.*)'$/gm)].map((match) => JSON.parse(match[1] ?? '') as object),
  ];

  it.each(events)('shows an event that would be taken: $id', (event) => {
    expect(readCloudEvent(event, context)).toHaveProperty('fact');
  });

  it('names every type that is taken', () => {
    const refusal = readCloudEvent({ specversion: '1.0', id: '1', source: '/x', type: 'unknown' }, context);
    const types = /\{(.*)\}/.exec('message' in refusal ? refusal.message : '')?.[1]?.split(',') ?? [];
    expect(types.length).toBeGreaterThan(5);
    for (const type of types) expect(text).toContain(`io.pitcrew.run.${type}.v1`);
  });
});

describe('docs/commands.md', () => {
  it('has a line for every word that can be typed, and no other', () => {
    const lines = [...read('commands.md').matchAll(/^\| `\/pipeline ([a-z]+)/gm)].map((match) => match[1]);
    expect([...new Set(lines)].sort()).toEqual(subcommands.map(({ name }) => name).sort());
  });
});

describe('docs/operations.md', () => {
  it('explains every metric of ours, and none that is not there', async () => {
    const { registry } = createMetrics();
    const ours = registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => !/^pitcrew_(process|nodejs)_/.test(name));
    const explained = [...read('operations.md').matchAll(/`(pitcrew_[a-z_]+)(?:\{[a-z,]+\})?`/g)].map(
      (match) => match[1],
    );
    expect([...new Set(explained)].filter((name) => !name?.endsWith('_')).sort()).toEqual(ours.sort());
  });
});
