import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, type Workspace } from '../../src/workspace';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database';
import { appToken, botToken, everyScope, town } from '../workspace/town';
import { runPitcrew } from './run-pitcrew';

const healthy = `
defaultChannel: "#data-alerts"
teams:
  - { name: orders, channel: CALERTS, members: { usergroup: SORDERS } }
`;
const faulty = `
defaultChannel: "#data-alarms"
platformChannel: "#random"
routes:
  - { match: { pipeline: "*" }, channel: "#old" }
teams:
  - { name: orders, members: { usergroup: SNOBODY } }
policies:
  rules:
    - { allow: [retry], who: UDANA }
    - { allow: [retry], who: UNOBODY }
    - { allow: [stop], who: gone@acme.example }
    - { approve: [backfill], by: otto@acme.example }
`;

let folder: string;
let database: TestDatabase;
let workspace: Workspace;
let apiUrl: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitcrew-doctor-'));
  database = await createTestDatabase();
  workspace = createWorkspace(town({ app: { scopes: [...everyScope, 'chat:write.public'] } }));
  ({ apiUrl } = await workspace.start());
});
afterAll(async () => {
  await workspace.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function doctor(yaml: string, env: Record<string, string | undefined> = {}, ...words: string[]) {
  const file = join(folder, 'pitcrew.yaml');
  writeFileSync(file, yaml);
  return runPitcrew(['doctor', ...words], {
    PITCREW_CONFIG: file,
    DATABASE_URL: database.url,
    SLACK_API_URL: apiUrl,
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    ...env,
  });
}

interface Finding {
  ok: boolean;
  say: string;
  fix?: string;
}
function faultsIn(out: string): string[] {
  const { sections } = JSON.parse(out) as { sections: { findings: Finding[] }[] };
  const faults = sections.flatMap(({ findings }) => findings).filter(({ ok }) => !ok);
  expect(faults.every(({ fix }) => fix)).toBe(true);
  return faults.map(({ say }) => say);
}

describe('pitcrew doctor', () => {
  it('finds everything in order, in words', async () => {
    const { code, out, err } = await doctor(healthy, {}, '--deep');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'Storage',
        '  ok     The database answers.',
        '  ok     The schema is up to date.',
        '',
        'Slack',
        '  ok     The bot token belongs to Acme.',
        '  ok     The app has all rights.',
        '  ok     The app token is good.',
        '  ok     The app token may open a Socket Mode connection.',
        '  ok     The clock agrees with Slack.',
        '  ok     #data-alerts is there, and Pitcrew is in it.',
        '  ok     The user group SORDERS (teams[0].members) has 2 members.',
        '',
        'Orchestrators',
        '  ok     None is configured: Pitcrew knows what events tell it, and cannot retry.',
        '',
        '',
      ].join('\n'),
    );
  });

  it('says what is wrong with channels and groups, each with how to mend it', async () => {
    const { code, out, err } = await doctor(faulty, {}, '--json');
    expect({ code, err }).toEqual({ code: 1, err: '7 faults were found.\n' });
    expect(faultsIn(out)).toEqual([
      'There is no channel #data-alarms that Pitcrew can see.',
      'Pitcrew is not in #random.',
      '#old is archived.',
      'There is no user group SNOBODY.',
      'policies.rules names UNOBODY, who is not in this workspace.',
      'policies.rules names gone@acme.example, who is not in this workspace.',
      expect.stringMatching(/^policies.rules names .*otto@acme.example.*deactivated|who is not in this workspace/),
    ]);
  });

  it.each([
    {
      title: 'a wrong bot token',
      env: { SLACK_BOT_TOKEN: 'xoxb-wrong' },
      faults: [/^Slack does not take the bot token\..*invalid_auth/],
    },
    {
      title: 'a wrong app token',
      env: { SLACK_APP_TOKEN: 'xapp-wrong' },
      faults: [/^Slack does not take the app token.*invalid_auth/],
    },
    {
      title: 'a Slack that cannot be reached',
      env: { SLACK_API_URL: 'http://127.0.0.1:1/api/' },
      faults: [/^Slack does not take the bot token\. Slack did not answer/, /^Slack does not take the app token/],
    },
    {
      title: 'a database that is not there',
      env: { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      faults: [/^The database did not answer/],
    },
    {
      title: 'a Redis that is not there',
      env: { REDIS_URL: 'redis://127.0.0.1:1' },
      faults: [/^Redis does not answer \(ECONNREFUSED\)/],
    },
  ])('tells of $title', async ({ env, faults }) => {
    const { code, out } = await doctor(healthy, env, '--json');
    const found = faultsIn(out);
    expect(code).toBe(1);
    expect(found).toEqual(faults.map((fault) => expect.stringMatching(fault)));
    expect(out).not.toContain('xoxb-');
  });

  it('tells of a schema that is behind', async () => {
    const empty = await createEmptyDatabase();
    try {
      const { out } = await doctor(healthy, { DATABASE_URL: empty.url }, '--json');
      expect(faultsIn(out)).toEqual(['The schema lacks 0001_house.']);
    } finally {
      await empty.drop();
    }
  });

  it('tells of rights that the app lacks', async () => {
    const poor = createWorkspace(town());
    const { apiUrl: url } = await poor.start();
    try {
      const { out } = await doctor(healthy, { SLACK_API_URL: url }, '--json');
      expect(faultsIn(out)).toEqual(['The app lacks rights: chat:write.public.']);
    } finally {
      await poor.stop();
    }
  });

  it('asks the orchestrators', async () => {
    const yaml = `${healthy}orchestrators:\n  - { name: prod, kind: maestro, url: "http://127.0.0.1:1" }\n`;
    const { code, out } = await doctor(yaml);
    expect(code).toBe(1);
    expect(out).toMatch(/^Maestro \(prod\)\n {2}FAULT {2}Maestro \(prod\) did not answer/m);
    expect(out).toMatch(/It can: .*open log.*retry/);
  });

  it('looks at the rest and ends with 78 when the credentials of Slack are missing', async () => {
    const { code, out, err } = await doctor(healthy, { SLACK_BOT_TOKEN: undefined, SLACK_APP_TOKEN: undefined });
    expect(code).toBe(78);
    expect(out).toMatch(/The schema is up to date/);
    expect(err).toMatch(/SLACK_BOT_TOKEN: is missing/);
  });
});
