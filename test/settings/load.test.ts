import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Environment } from '../../src/config';
import { loadSettings } from '../../src/settings/load';

const Own = z.strictObject({
  url: z.url(),
  headers: z.record(z.string(), z.string()).default({}),
  queue: z.string().optional(),
});
const kinds = [{ id: 'maestro', check: (keys: unknown) => Own.safeParse(keys), settings: Own }];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitcrew-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines);
}

function load(
  yaml: string | undefined,
  env: Environment = {},
  more: { defaultChannel?: string; ingestToken?: string } = {},
) {
  if (yaml !== undefined) write('pitcrew.yaml', yaml);
  const settingsFile = { path: join(folder, 'pitcrew.yaml'), isNamed: false };
  return loadSettings({ config: { settingsFile, ...more }, env, kinds });
}

async function taken(...args: Parameters<typeof load>) {
  const result = await load(...args);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

/** The faults as lines, without the folder's name. */
async function refused(...args: Parameters<typeof load>): Promise<string[]> {
  const result = await load(...args);
  return result.ok ? [] : result.faults.map(({ where, say }) => `${where.replace(`${folder}/`, '')}: ${say}`);
}

describe('loadSettings without a file', () => {
  it('takes the defaults and the channel of the environment', async () => {
    const settings = await taken(undefined, {}, { defaultChannel: '#alerts', ingestToken: 't-1' });
    expect(settings).toMatchObject({
      defaultChannel: '#alerts',
      orchestrators: [],
      catalogue: [],
      ingest: { sources: [{ name: 'default', token: 't-1' }] },
      digest: { at: { day: 'mon', time: '09:00' } },
    });
  });

  it('blames the variable for a channel that cannot be one', async () => {
    expect(await refused(undefined, {}, { defaultChannel: 'Not A Channel' })).toEqual([
      'PITCREW_DEFAULT_CHANNEL: must be a channel such as "#data-alerts", or a channel id',
    ]);
  });

  it('refuses to go on without a file that PITCREW_CONFIG names', async () => {
    const settingsFile = { path: join(folder, 'gone.yaml'), isNamed: true };
    const result = await loadSettings({ config: { settingsFile }, env: {}, kinds });
    expect(result).toMatchObject({ ok: false, faults: [{ where: 'PITCREW_CONFIG' }] });
  });
});

describe('loadSettings', () => {
  it('takes an empty file for no file', async () => {
    expect(await taken('# nothing yet\n')).toEqual(await taken(undefined));
  });

  it('lets the file win over the environment', async () => {
    expect((await taken('defaultChannel: "#file"\n', {}, { defaultChannel: '#env' })).defaultChannel).toBe('#file');
  });

  it('adds the source of the environment to those of the file', async () => {
    const yaml = 'ingest: { sources: [{ name: ci, token: "${CI}" }] }\n';
    const settings = await taken(yaml, { CI: 'c-1' }, { ingestToken: 't-1' });
    expect(settings.ingest.sources).toEqual([
      { name: 'ci', token: 'c-1' },
      { name: 'default', token: 't-1' },
    ]);
  });

  it('refuses one token for two sources, without printing it', async () => {
    const yaml = 'ingest: { sources: [{ name: ci, token: "${CI}" }] }\n';
    expect(await refused(yaml, { CI: 't-1' }, { ingestToken: 't-1' })).toEqual([
      'PITCREW_INGEST_TOKEN: is also the token of `ci`',
    ]);
  });

  it('puts variables into strings and gives the adapter its own keys', async () => {
    const yaml = `
orchestrators:
  - name: prod
    kind: maestro
    url: https://\${HOST}/api
    headers: { Authorization: "Bearer \${MAESTRO_TOKEN}" }
    queue: fast
    actAs: { U123: dana }
`;
    const [entry] = (await taken(yaml, { HOST: 'maestro.example', MAESTRO_TOKEN: 'm-1' })).orchestrators;
    const shared = { url: 'https://maestro.example/api', headers: { Authorization: 'Bearer m-1' } };
    expect(entry).toEqual({
      name: 'prod',
      kind: 'maestro',
      ...shared,
      poll: undefined,
      actAs: { U123: 'dana' },
      settings: { ...shared, queue: 'fast' },
    });
  });

  it('follows anchors and merges', async () => {
    const yaml = `
routes:
  - &first { match: { pipeline: "a*" }, channel: "#a" }
  - { <<: *first, match: { pipeline: "b*" } }
`;
    expect((await taken(yaml)).routes.map(({ channel }) => channel)).toEqual(['#a', '#a']);
  });

  it.each([
    {
      title: 'an unknown key, with the nearest known one',
      yaml: 'routes:\n  - match: {}\n    chanel: "#x"\n    channel: "#x"\n',
      says: ['pitcrew.yaml:3 routes[0].chanel: unknown key `chanel`, did you mean `channel`?'],
    },
    {
      title: 'an unknown key at the top',
      yaml: 'team: []\n',
      says: ['pitcrew.yaml:1 team: unknown key `team`, did you mean `teams`?'],
    },
    {
      title: 'an unknown key like nothing known, with what is known',
      yaml: 'commands: { zebra: /z }\n',
      says: ['pitcrew.yaml:1 commands.zebra: unknown key `zebra`; known here: pipeline, support'],
    },
    {
      title: 'a role that is not there, with the nearest one',
      yaml: 'policies:\n  roles: { operator: { usergroup: S012OPS } }\n  rules:\n    - { allow: [retry], who: opertor }\n',
      says: [
        'pitcrew.yaml:4 policies.rules[0].who: `opertor` is neither `owningTeam` nor a role nor a team of this file, nor the id or e-mail address of a person, nor the id of a user group; did you mean `operator`?',
      ],
    },
    {
      title: "an unknown key of the adapter's",
      yaml: 'orchestrators:\n  - name: prod\n    kind: maestro\n    url: http://m\n    queu: x\n',
      says: ['pitcrew.yaml:5 orchestrators[0].queu: unknown key `queu`, did you mean `queue`?'],
    },
    {
      title: 'an unknown kind',
      yaml: 'orchestrators:\n  - { name: prod, kind: maestrro, url: "http://m" }\n',
      says: ['pitcrew.yaml:2 orchestrators[0].kind: unknown kind `maestrro`, did you mean `maestro`?'],
    },
    {
      title: 'what the adapter misses',
      yaml: 'orchestrators: [{ name: prod, kind: maestro }]\n',
      says: ['pitcrew.yaml:1 orchestrators[0].url: is missing: must be a text'],
    },
    {
      title: 'an unquoted channel',
      yaml: 'defaultChannel: #alerts\n',
      says: [
        'pitcrew.yaml:1 defaultChannel: is empty: YAML takes an unquoted # for a comment, so write the name in quotes, such as "#data-alerts"',
      ],
    },
    {
      title: 'an empty list',
      yaml: '\nroutes:\n',
      says: ['pitcrew.yaml:2 routes: is empty: give it a list, or leave the key out'],
    },
    {
      title: 'a number for a text',
      yaml: 'routes: [{ match: { pipeline: 7 }, channel: "#x" }]\n',
      says: ['pitcrew.yaml:1 routes[0].match.pipeline: must be a text: put it in quotes'],
    },
    {
      title: 'a word that is none of the known',
      yaml: 'routes: [{ match: {}, channel: "#x", mention: all }]\n',
      says: ['pitcrew.yaml:1 routes[0].mention: must be one of onCall, none'],
    },
    {
      title: 'every missing variable, by name',
      yaml: 'orchestrators: [{ name: prod, kind: maestro, url: "${BASE}/${PATH_OF_IT}" }]\n',
      says: [
        'pitcrew.yaml:1 orchestrators[0].url: wants the variable BASE, which is not set',
        'pitcrew.yaml:1 orchestrators[0].url: wants the variable PATH_OF_IT, which is not set',
      ],
    },
    {
      title: 'a reference that is none',
      yaml: 'platformChannel: "#${X:-y}"\n',
      says: ['pitcrew.yaml:1 platformChannel: holds a ${…} that is not the name of a variable'],
    },
    {
      title: 'bad YAML, at its line',
      yaml: 'a: 1\nb: "x\n',
      says: ['pitcrew.yaml:3: is not good YAML: a quote, colon, comma or bracket is missing'],
    },
    {
      title: 'a key given twice',
      yaml: 'routes: []\nroutes: []\n',
      says: ['pitcrew.yaml:2: is not good YAML: a key is given twice'],
    },
    {
      title: 'several things at once',
      yaml: 'noise: { reminders: 5 }\ndigest: { at: never }\norchestrators: [{ name: a, kind: x, url: "${U}" }]\n',
      says: [
        'pitcrew.yaml:3 orchestrators[0].url: wants the variable U, which is not set',
        'pitcrew.yaml:1 noise.reminders: must be a list',
        'pitcrew.yaml:2 digest.at: must be a weekday and a time such as "mon 09:00"',
        'pitcrew.yaml:3 orchestrators[0].kind: unknown kind `x`, known: maestro',
      ],
    },
  ])('refuses $title', async ({ yaml, says }) => {
    expect(await refused(yaml)).toEqual(says);
  });

  it.each([
    ['ingest: { sources: [{ name: ci, token: s3cr3t }] }', 'ingest.sources[0].token'],
    ['ingest: { sources: [{ name: ci, hmac: { secret: s3cr3t, header: x } }] }', 'ingest.sources[0].hmac.secret'],
    [
      'orchestrators: [{ name: p, kind: maestro, url: "http://m", headers: { Authorization: Bearer s3cr3t } }]',
      'orchestrators[0].headers.Authorization',
    ],
    [
      'orchestrators: [{ name: p, kind: maestro, url: "http://m", headers: { X-Api-Key: s3cr3t } }]',
      'orchestrators[0].headers.X-Api-Key',
    ],
    [
      'orchestrators: [{ name: p, kind: maestro, url: "http://m", headers: { Cookie: "s3cr3t=${A}" } }]',
      'orchestrators[0].headers.Cookie',
    ],
    ['orchestrators: [{ name: p, kind: maestro, url: "http://u:s3cr3t@m" }]', 'orchestrators[0].url'],
  ])('refuses a secret that is written out, and does not repeat it: %s', async (yaml, key) => {
    const lines = await refused(`${yaml}\n`, { A: 'a' });
    expect(lines).toEqual([
      `pitcrew.yaml:1 ${key}: is a secret written out: name a variable instead, as in \${SOME_NAME}`,
    ]);
    expect(lines.join()).not.toContain('s3cr3t');
  });
});

describe('the catalogue', () => {
  const yaml = 'catalogue: ["catalogue/**/*.yaml"]\nteams: [{ name: orders }]\n';

  it('is every entry of every file that fits, by the names of the files', async () => {
    write('catalogue/b.yaml', '- { pipeline: orders_daily, team: orders, tier: 1, deadline: "07:00", tests: true }\n');
    write('catalogue/a/one.yaml', '- pipeline: stock\n  feeds: [orders_daily]\n');
    write('catalogue/empty.yaml', '# later\n');
    write('catalogue/readme.md', 'not one of them');
    expect((await taken(yaml)).catalogue).toEqual([
      { pipeline: 'stock', feeds: ['orders_daily'] },
      { pipeline: 'orders_daily', team: 'orders', tier: 1, deadline: '07:00', tests: true },
    ]);
  });

  it('may be empty under a pattern, but not under a name', async () => {
    expect((await taken(yaml)).catalogue).toEqual([]);
    expect(await refused('catalogue: [all.yaml]\n')).toEqual(['all.yaml: is not there']);
  });

  it('tells every fault of every file with its line', async () => {
    write('catalogue/a.yaml', '- pipeline: stock\n  teem: orders\n- pipeline: orders_daily\n  deadline: 7am\n');
    write('catalogue/b.yaml', '- pipeline: late\n  timeZone: Moon/Base\n');
    write('catalogue/c.yaml', '- pipeline: x\n  team: nobody\n- pipeline: x\n');
    expect(await refused(yaml)).toEqual([
      'catalogue/a.yaml:2 [0].teem: unknown key `teem`, did you mean `team`?',
      'catalogue/a.yaml:4 [1].deadline: must be a time of day such as "09:00"',
      'catalogue/b.yaml:2 [0].timeZone: must be an IANA time zone such as Europe/Berlin',
      'catalogue/c.yaml:2 [0].team: `nobody` is not in pitcrew.yaml',
      expect.stringMatching(/^catalogue\/c.yaml:3 \[1\]: `x` is also described at .*catalogue\/c.yaml:1/),
    ]);
  });
});
