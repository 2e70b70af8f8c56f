import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { connectAll, kinds } from '../../src/orchestrators/registry';

const deps = { log: pino({ level: 'silent' }), clock: { now: () => new Date() } };

describe('the registry', () => {
  it('lists exactly the folders beside it', () => {
    const entries = readdirSync(join(__dirname, '../../src/orchestrators'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(kinds.map((kind) => kind.id).sort()).toEqual(folders.sort());
  });

  it('connects each entry under its name, without calling anybody', async () => {
    const settings = { url: 'http://127.0.0.1:9' };
    const entries = [
      { name: 'prod', kind: 'maestro', settings, actAs: 'email' },
      { name: 'lab', kind: 'maestro', settings, actAs: 'emailName' },
    ];
    const connected = connectAll(entries, deps);
    expect([...connected.keys()]).toEqual(['prod', 'lab']);
    expect(connected.get('lab')).toMatchObject({ kind: { title: 'Maestro' }, entry: { actAs: 'emailName' } });
    expect(connected.get('lab')?.abilities).toContain('retry');
    for (const { close } of connected.values()) await close();
  });

  it('refuses a kind that it does not know', () => {
    expect(() => connectAll([{ name: 'x', kind: 'abacus', settings: {} }], deps)).toThrow(/abacus/);
  });
});

describe('the settings of Maestro', () => {
  const maestro = kinds.find(({ id }) => id === 'maestro');

  it('take baseUrl for url, and fill in what is left out', () => {
    expect(maestro?.check({ baseUrl: 'https://maestro.example' }).data).toMatchObject({
      url: 'https://maestro.example',
      user: 'pitcrew',
      partitionParam: 'TARGET_RUN_DATE',
      topicArn: [],
    });
  });

  it.each<[string, object]>([
    ['no address', {}],
    ['an address that is none', { url: 'maestro.example' }],
    ['an unknown key', { url: 'https://maestro.example', uiURL: 'x' }],
    ['an unknown key of poll', { url: 'https://maestro.example', poll: { every: 3 } }],
  ])('are refused with %s', (_title, keys) => {
    expect(maestro?.check(keys).success).toBe(false);
  });
});
