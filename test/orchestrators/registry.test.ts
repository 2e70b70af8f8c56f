import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { Ability } from '../../src/domain/ability';
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
    expect(connected.get('lab')?.abilities.retry).toBe(true);
    for (const { close } of connected.values()) await close();
  });

  it('refuses a kind that it does not know', () => {
    expect(() => connectAll([{ name: 'x', kind: 'abacus', settings: {} }], deps)).toThrow(/abacus/);
  });
});

describe('what a kind cannot do', () => {
  const settings: Record<string, object> = {
    dbt: { account: 7, token: 't' },
    'generic-http': {
      run: { path: '/runs/{run}', fields: { run: 'id', status: 's', pipeline: 'p' } },
      statuses: { running: ['r'], succeeded: ['s'], failed: ['f'] },
    },
    airflow: { username: 'a', password: 'b' },
  };

  it.each(kinds.map((kind) => [kind.id, kind] as const))(
    '%s says of each ability that it has it, or why not',
    async (id, kind) => {
      const checked = kind.check({ url: 'http://127.0.0.1:9', ...settings[id] });
      expect(checked.error?.issues).toBeUndefined();
      const connected = connectAll([{ name: id, kind: id, settings: checked.data }], deps).get(id);
      const told = Object.entries(connected?.abilities ?? {}).filter(([, why]) => why !== true);
      for (const [ability, why] of told) expect([ability, why]).toEqual([ability, kind.lacks[ability as Ability]]);
      for (const [, why] of told) expect(why).toMatch(/^(\p{Lu}|dbt Cloud|Pitcrew)[^\n]{20,300}\.$/u);
      await connected?.close();
    },
  );
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
