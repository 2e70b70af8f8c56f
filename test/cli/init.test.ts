import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pick } from '../../src/cli/init/ask';
import { likelyChannel, likelyTeam } from '../../src/cli/init/draft';
import { readEnvironment } from '../../src/config';
import { orThrow } from '../../src/lib/configuration-fault';
import { kinds } from '../../src/orchestrators/registry';
import { loadSettings } from '../../src/settings/load';
import { createWorkspace, type Workspace } from '../../src/workspace';
import { type Airflow, startAirflow } from '../orchestrators/airflow/server';
import { appToken, botToken, town } from '../workspace/town';
import { runPitcrew } from './run-pitcrew';

let folder: string;
let workspace: Workspace;
let airflow: Airflow;
let env: Record<string, string | undefined>;
beforeAll(async () => {
  const orders = { id: 'CORDERS', name: 'orders-data', members: ['UDANA'] };
  workspace = createWorkspace({ ...town(), channels: [...town().channels, orders] });
  airflow = await startAirflow({
    major: 3,
    pipelines: [
      { id: 'orders_daily', tasks: [{ id: 'load' }] },
      { id: 'stock', tasks: [{ id: 'load' }] },
    ],
  });
  const { apiUrl } = await workspace.start();
  env = { SLACK_API_URL: apiUrl };
});
afterAll(async () => {
  await airflow.close();
  await workspace.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitcrew-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const init = (input: string[], more: Record<string, string> = {}, ...words: string[]) =>
  runPitcrew(['init', ...words], { ...env, PITCREW_CONFIG: join(folder, 'pitcrew.yaml'), ...more }, input);
const settingsWith = async (more: Record<string, string>) => {
  const given = { PITCREW_CONFIG: join(folder, 'pitcrew.yaml'), ...more };
  return orThrow(await loadSettings({ config: orThrow(readEnvironment(given)), env: given, kinds }));
};

const noMore = '';
const answers = {
  zone: 'Europe/Berlin',
  channels: ['', 'none', 'random', 'none', 'none'],
  groups: ['1', '', 'orders-team'],
};

describe('pitcrew init', () => {
  it('asks for tokens, finds channels, groups and pipelines, and writes a configuration that is taken', async () => {
    const password = 'op-pw';
    const ofAirflow = ['airflow', '', airflow.url, '', 'op', password, 'y'];
    const { code, out, err } = await init([
      botToken,
      appToken,
      answers.zone,
      ...answers.channels,
      ...answers.groups,
      ...ofAirflow,
      noMore,
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('✓ The bot token belongs to Acme.');
    expect(out).toContain('✓ 2 pipelines: orders_daily, stock');
    expect(out).toContain(
      'Set these where Pitcrew runs; they stand in no file: SLACK_BOT_TOKEN, SLACK_APP_TOKEN, PROD_PASSWORD',
    );
    expect(out).toContain('Type /invite @Pitcrew in #orders-data, #random.');

    const settings = await settingsWith({ PROD_PASSWORD: password });
    expect(settings).toMatchObject({
      workspace: { timeZone: 'Europe/Berlin' },
      defaultChannel: '#data-alerts',
      teams: [{ name: 'orders-team', channel: '#orders-data', members: { usergroup: 'SORDERS' } }],
      policies: { roles: { admin: { usergroup: 'SORDERS' } } },
      support: { channels: ['#random'] },
      orchestrators: [{ name: 'prod', kind: 'airflow' }],
    });
    expect(JSON.parse(fileOf('manifest.json')).oauth_config.scopes.bot).toContain('chat:write');
    const files = ['pitcrew.yaml', 'manifest.json', join('catalogue', 'prod.yaml')].map(fileOf).join('\n');
    for (const secret of [botToken, appToken, password]) expect(files).not.toContain(secret);
    expect(fileOf(join('catalogue', 'prod.yaml'))).toContain('# - { pipeline: stock');
  });

  it('does not ask for tokens that the environment has, and prints JSON', async () => {
    const { code, out, err } = await init(
      [answers.zone, ...answers.channels, 'none', 'none', noMore],
      { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken },
      '--json',
    );
    expect(code).toBe(0);
    expect(err).not.toContain('Bot token,');
    expect(JSON.parse(out)).toEqual({
      written: [join(folder, 'pitcrew.yaml'), join(folder, 'manifest.json')],
      variables: [],
      invite: ['#random'],
    });
  });

  it('says what is wrong with a token and asks again', async () => {
    const { code, out } = await init([
      'xapp-1',
      'xoxb-not-that',
      botToken,
      appToken,
      answers.zone,
      ...answers.channels,
      'none',
      'none',
      noMore,
    ]);
    expect(code).toBe(0);
    expect(out).toContain('It starts with xoxb-.');
    expect(out).toContain('✗ That did not work.');
    expect(out).not.toContain('xoxb-not-that');
  });

  it('goes on without Slack: then channels are typed', async () => {
    const { code } = await init(['', answers.zone, 'data-alerts', 'No Channel', '', '', '', noMore]);
    expect(code).toBe(0);
    expect((await settingsWith({})).defaultChannel).toBe('#data-alerts');
  });

  it('keeps an orchestrator that does not answer when that is wished, and says why it does not', async () => {
    const { code, out } = await init([
      '',
      answers.zone,
      '',
      '',
      '',
      '',
      'maestro',
      '',
      'http://127.0.0.1:9',
      '',
      'y',
      noMore,
    ]);
    expect(code).toBe(0);
    expect(out).toContain('✗ ');
    expect((await settingsWith({})).orchestrators).toMatchObject([{ name: 'prod', kind: 'maestro' }]);
  });

  it('writes nothing when it is left in the middle', async () => {
    const { code, err } = await init(['', answers.zone]);
    expect([code, err]).toEqual([1, 'The questions were not answered to the end. Nothing was written.\n']);
    expect(existsSync(join(folder, 'pitcrew.yaml'))).toBe(false);
  });

  it('leaves a pitcrew.yaml alone that is there, and with --force keeps it beside the new one', async () => {
    writeFileSync(join(folder, 'pitcrew.yaml'), 'defaultChannel: "#old"\n');
    const refused = await init([]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('is there already');
    expect((await init(['', answers.zone, '', '', '', '', noMore], {}, '--force')).code).toBe(0);
    expect(fileOf('pitcrew.yaml.bak')).toContain('#old');
  });
});

describe('what is meant', () => {
  const choices = ['#data-alerts', '#data', '#ask-data'].map((name) => ({ name }));
  it.each([
    ['2', ['#data']],
    ['data', ['#data']],
    ['#ASK-data', ['#ask-data']],
    ['alert', ['#data-alerts']],
    ['ata', ['#data-alerts', '#data', '#ask-data']],
    ['9', []],
  ])('by "%s" is %j', (said, names) => {
    expect(pick(said, choices).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    [{ key: 'orders_daily' }, 'orders'],
    [{ key: 'reorders' }, undefined],
    [{ key: 'x', owner: 'Orders' }, 'orders'],
    [{ key: 'x', tags: ['tier1', 'stock'] }, 'stock'],
    [{ key: 'orders_stock' }, undefined],
  ])('%j belongs to %s', (facts, team) => {
    expect(likelyTeam(facts, ['orders', 'stock'])).toBe(team);
  });

  it.each([
    ['orders', '#orders'],
    ['stock', '#data-stock'],
    ['stock-team', '#data-stock'],
    ['sales', undefined],
  ])('the channel of %s is %s', (team, name) => {
    const channels = ['#orders-data', '#orders', '#data-stock-alerts', '#data-stock'].map((name) => ({ name }));
    expect(likelyChannel(team, channels)?.name).toBe(name);
  });
});
