import { createDiagnosis } from '../../src/diagnosis';
import { Failure } from '../../src/domain/failure';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createIncidents } from '../../src/incidents';
import { createMembers } from '../../src/incidents/members';
import { createLogger } from '../../src/lib/logger';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(database.db, 'runs, pipelines, posts, incident_members, incident_places, incidents');
});

const log = createLogger('silent');
const settings: Settings = {
  ...SettingsFile.parse({
    defaultChannel: 'C0ALERTS',
    platformChannel: 'C0PLATFORM',
    routes: [{ match: { pipeline: 'shop_*' }, channel: 'C0SHOPS' }],
  }),
  orchestrators: [],
  catalogue: [],
};

/** One cause hits these pipelines; then some of them recover. */
async function hit(pipelines: string[], back: string[] = []) {
  const { db } = database;
  const clock = createSetClock();
  const diagnosis = createDiagnosis({ rules: [], redact: [] });
  const error = 'relation "src_raw" does not exist';
  const incidents = createIncidents({
    clock,
    log,
    settings: () => settings,
    channelId: async (channel) => channel,
    decided: () => undefined,
  });
  const about = (pipeline: string, kind: 'failed' | 'succeeded', attempt: number) => ({
    source: 'test',
    id: `${pipeline}:${kind}`,
    kind,
    occurredAt: clock.now(),
    connection: 'default',
    pipeline,
    run: `r-${pipeline}`,
    attempt,
    final: true,
    partition: '2026-11-25',
    ...(kind === 'failed' ? { error } : {}),
  });
  const [opened] = await db.transaction((tx) =>
    incidents.receive(
      tx,
      pipelines.map((pipeline) => ({ event: about(pipeline, 'failed', 1), cause: diagnosis.diagnoseText(error) })),
    ),
  );
  clock.pass(1_000);
  const recovered = back.map((pipeline) => ({ event: about(pipeline, 'succeeded', 2) }));
  if (recovered.length > 0) await db.transaction((tx) => incidents.receive(tx, recovered));
  const files: { title: string; content: string }[] = [];
  const members = createMembers({
    canRetry: (name) => name === 'default',
    clock,
    log,
    async uploadFile(file) {
      files.push(file);
      return { permalink: 'https://files.example/F1' };
    },
  });
  const list = (channel: string, of = members) =>
    db.transaction((tx) => of.list(tx, { incidentId: opened?.incidentId ?? '', channel, by: 'U0DANA' }));
  return { clock, files, list };
}

describe('the list behind a count', () => {
  it('names those hit here, what still fails before what is over it, and counts what can be retried anywhere', async () => {
    const { list, files } = await hit(['shop_a', 'orders', 'shop_b'], ['shop_a']);
    expect(await list('C0SHOPS')).toMatchObject({
      kind: 'members',
      by: 'U0DANA',
      count: 2,
      retriable: 2,
      members: [
        { pipeline: 'shop_b', partition: '2026-11-25', isOver: false },
        { pipeline: 'shop_a', partition: '2026-11-25', isOver: true },
      ],
    });
    expect(files).toEqual([]);
  });

  it('names all of them where none is hit, as in the platform channel', async () => {
    const { list } = await hit(['shop_a', 'orders']);
    expect(await list('C0PLATFORM')).toMatchObject({ count: 2 });
  });

  it('brings a file with all of them where a reply cannot name so many', async () => {
    const names = Array.from({ length: 400 }, (_each, index) => `shop_${String(index).padStart(4, '0')}`);
    const { list, files } = await hit(names);
    const notice = await list('C0SHOPS');
    expect(notice).toMatchObject({ count: 400, url: 'https://files.example/F1' });
    expect(notice?.kind === 'members' && notice.members.length).toBeLessThan(400);
    for (const name of names) expect(files[0]?.content).toContain(`${name}\t`);
  });

  it('names as many as it can where Slack takes no file', async () => {
    const names = Array.from({ length: 400 }, (_each, index) => `shop_${index}`);
    const { list, clock } = await hit(names);
    const uploadFile = async () => {
      throw new Failure('not-allowed', 'Slack', { detail: 'missing_scope' });
    };
    const notice = await list(
      'C0SHOPS',
      createMembers({ clock, log, canRetry: (name) => name === 'default', uploadFile }),
    );
    expect(notice).toMatchObject({ count: 400 });
    expect(notice).not.toHaveProperty('url');
  });

  it('is empty once the incident is gone', async () => {
    const { list } = await hit(['orders']);
    await emptyTables(database.db, 'incidents');
    expect(await list('C0ALERTS')).toBeUndefined();
  });
});
